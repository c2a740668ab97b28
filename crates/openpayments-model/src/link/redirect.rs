//! Where the PSU comes back to.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::is_loopback;
use crate::{InvalidValue, Rule};

/// An address of ours that the PSU comes back to from the bank. It has to be on the application's list in the
/// platform's portal, letter for letter.
///
/// It is `https`, or `http` on the machine itself, or a scheme of an app's own; without user, password, fragment and
/// wildcard.
///
/// ```
/// use openpayments_model::link::RedirectUri;
///
/// assert!(RedirectUri::parse("https://shop.example/back").is_ok());
/// assert!(RedirectUri::parse("http://127.0.0.1:8080/back").is_ok());
/// assert!(RedirectUri::parse("http://shop.example/back").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Rule::Form`] when it is none or may not be one the PSU is sent to, [`Rule::TooLong`] over 2,048 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = |rule| Err(InvalidValue::new("redirectUri", rule));
        if text.len() > 2048 {
            return refused(Rule::TooLong(2048));
        }
        let visible = text.bytes().all(|b| b.is_ascii_graphic() && b != b'*' && b != b'\\');
        match text.parse::<Url>() {
            Ok(url) if visible && is_allowed(&url) => Ok(Self(text.to_owned())),
            _ => refused(Rule::Form("https://shop.example/back")),
        }
    }

    /// The address, letter for letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(url: &Url) -> bool {
    let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    plain
        && match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(url),
            // Those a browser acts on itself. An app's own scheme has a dot, as RFC 8252 section 7.1 wants it.
            scheme => scheme.contains('.'),
        }
}

impl FromStr for RedirectUri {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i033_only_addresses_the_psu_may_be_sent_to_are_read() {
        for text in [
            "https://shop.example/back?order=1",
            "http://localhost:8080/back",
            "http://[::1]/back",
            "com.example.shop:/back",
        ] {
            assert_eq!(RedirectUri::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "back",
            "/back",
            "http://shop.example/back",
            "http://10.0.0.1/back",
            "https://shop.example/back#top",
            "https://anna@shop.example/back",
            "https://anna:x@shop.example/back",
            "https://*.shop.example/back",
            "https://shop.example/*",
            "https://shop.example\\@evil.example",
            "https://shöp.example/back",
            "https://shop.example/a b",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https:///",
            &format!("https://shop.example/{}", "x".repeat(2048)),
        ] {
            assert!(RedirectUri::parse(text).is_err(), "{text}");
        }
    }
}
