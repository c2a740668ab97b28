//! Links that open BankID's app.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::machine::is_start_token;

/// A link that opens BankID on the device it is opened on. It can start a signature in the PSU's name: show it to no
/// one else, log it nowhere. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct AppLink {
    base: Url,
    token: SecretString,
    link: SecretString,
    is_first: bool,
}

/// Where a BankID link is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// iPhone and iPad. The app does not come back by itself: give an address to return to.
    Ios,
    /// Android. The app comes back by itself; an address to return to is possible.
    Android,
    /// A computer with BankID on it.
    Desktop,
}

/// The scheme BankID's programs are registered for.
const OWN_SCHEME: &str = "bankid:///";

impl AppLink {
    /// The link for a start token, or `None` if the token is not of the form BankID gives them: hexadecimal digits and
    /// hyphens, 64 at most.
    pub(crate) fn new(base: &Url, token: &SecretString) -> Option<Self> {
        if !is_start_token(token) {
            return None;
        }
        Some(Self {
            base: base.clone(),
            link: SecretString::from(with_query(base.clone(), token, None)),
            token: token.clone(),
            is_first: true,
        })
    }

    pub(crate) fn again(mut self) -> Self {
        self.is_first = false;
        self
    }

    /// The link, to put into a button or a QR code: `https://app.bankid.com/?autostarttoken=…&redirect=null`, which
    /// works on all platforms and comes back to nowhere.
    pub fn expose(&self) -> &str {
        self.link.expose_secret()
    }

    /// Whether it may be opened without the PSU pressing anything: once per token, and no more.
    pub fn may_open_by_itself(&self) -> bool {
        self.is_first
    }

    /// The link for one platform, which comes back to `return_to`: `https://app.bankid.com/…` on phones,
    /// `bankid:///…` on a computer. `None` for an address that would run as a script or read a file.
    pub fn for_platform(&self, platform: Platform, return_to: Option<&Url>) -> Option<String> {
        let runs =
            |url: &Url| ["javascript", "data", "vbscript", "file", "blob", "about"].contains(&url.scheme());
        if return_to.is_some_and(runs) {
            return None;
        }
        let is_bankids = self.base.host_str() == Some("app.bankid.com");
        Some(match platform {
            // The page that stands in for the app has no scheme of its own.
            Platform::Desktop if is_bankids => {
                format!("{OWN_SCHEME}?{}", query(&self.token, return_to))
            }
            Platform::Ios | Platform::Android | Platform::Desktop => {
                with_query(self.base.clone(), &self.token, return_to)
            }
        })
    }
}

fn with_query(mut base: Url, token: &SecretString, return_to: Option<&Url>) -> String {
    base.set_query(Some(&query(token, return_to)));
    String::from(base)
}

/// The token is of a form that needs no escaping; the address to return to is escaped.
fn query(token: &SecretString, return_to: Option<&Url>) -> String {
    let redirect: String = match return_to {
        None => "null".to_owned(),
        Some(url) => url::form_urlencoded::byte_serialize(url.as_str().as_bytes()).collect(),
    };
    format!("autostarttoken={}&redirect={redirect}", token.expose_secret())
}

impl fmt::Debug for AppLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppLink(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "131daac9-16c6-4618-beb0-365768f37288";

    fn link(token: &str) -> Option<AppLink> {
        AppLink::new(&"https://app.bankid.com/".parse().unwrap(), &SecretString::from(token))
    }

    #[test]
    fn i100_only_a_token_of_bankids_form_makes_a_link() {
        assert_eq!(
            link(TOKEN).unwrap().expose(),
            format!("https://app.bankid.com/?autostarttoken={TOKEN}&redirect=null")
        );
        for hostile in ["", "x&redirect=javascript:alert(1)", "1 2", "g", &"a".repeat(65)] {
            assert!(link(hostile).is_none());
        }
    }

    #[test]
    fn a_link_for_each_platform_comes_back_to_an_escaped_address() {
        let link = link(TOKEN).unwrap();
        let back: Url = "https://tpp.example/done?a=1&b=ö#x".parse().unwrap();
        let escaped = "https%3A%2F%2Ftpp.example%2Fdone%3Fa%3D1%26b%3D%25C3%25B6%23x";
        for platform in [Platform::Ios, Platform::Android] {
            assert_eq!(
                link.for_platform(platform, Some(&back)).unwrap(),
                format!("https://app.bankid.com/?autostarttoken={TOKEN}&redirect={escaped}")
            );
        }
        assert_eq!(
            link.for_platform(Platform::Desktop, None).unwrap(),
            format!("bankid:///?autostarttoken={TOKEN}&redirect=null")
        );
        let desktop = link.for_platform(Platform::Desktop, Some(&back)).unwrap();
        assert_eq!(desktop, format!("bankid:///?autostarttoken={TOKEN}&redirect={escaped}"));
    }

    #[test]
    fn i100_no_link_comes_back_to_a_script_but_an_apps_own_scheme_is_fine() {
        let link = link(TOKEN).unwrap();
        for hostile in
            ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd"]
        {
            let hostile = hostile.parse().unwrap();
            assert_eq!(link.for_platform(Platform::Ios, Some(&hostile)), None);
        }
        assert!(link.for_platform(Platform::Ios, Some(&"myapp://back".parse().unwrap())).is_some());
    }
}
