//! Links that open BankID's app.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// A link that opens BankID on the device it is opened on. It can start a signature in the PSU's name: show it to no
/// one else, log it nowhere. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct AppLink(SecretString);

impl AppLink {
    /// The link for a start token, or `None` if the token is not of the form BankID gives them: hexadecimal digits and
    /// hyphens, 64 at most.
    ///
    /// `https://app.bankid.com/?autostarttoken=…&redirect=null`: the universal link, which works on all platforms.
    pub(crate) fn new(base: &Url, token: &SecretString) -> Option<Self> {
        let token = token.expose_secret();
        let well_formed =
            (1..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !well_formed {
            return None;
        }
        let mut link = base.clone();
        link.set_query(Some(&format!("autostarttoken={token}&redirect=null")));
        Some(Self(SecretString::from(String::from(link))))
    }

    /// The link, to put into a button or a QR code.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AppLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppLink(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i100_only_a_token_of_bankids_form_makes_a_link() {
        let base: Url = "https://app.bankid.com/".parse().unwrap();
        let link = |token: &str| AppLink::new(&base, &SecretString::from(token));
        assert_eq!(
            link("131daac9-16c6-4618-beb0-365768f37288").unwrap().expose(),
            "https://app.bankid.com/?autostarttoken=131daac9-16c6-4618-beb0-365768f37288&redirect=null"
        );
        for hostile in ["", "x&redirect=javascript:alert(1)", "1 2", "g", &"a".repeat(65)] {
            assert!(link(hostile).is_none());
        }
    }
}
