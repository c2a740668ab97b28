//! What the PSU needs to sign.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::mask::Hidden;

open_enum! {
    /// Which characters a one-time code has.
    pub enum OtpFormat {
        /// Any.
        Characters = "characters",
        /// Digits.
        Integer = "integer",
    }
}

/// What the PSU needs to sign: a token or a picture.
///
/// It can start a signature in the PSU's name, so it lives in memory only: not serialised, not shown in `Debug`,
/// wiped when dropped. What cannot be understood costs no answer: it is left out and named in
/// [`unreadable`](Self::unreadable).
#[derive(Clone)]
#[non_exhaustive]
pub struct ChallengeData {
    /// Tokens; the first one counts. Sent as text by some and as a list by others.
    pub data: Vec<SecretString>,
    /// A ready picture: base64, a data URI or a URL. [`picture`](Self::picture) tells which, and refuses all else.
    pub image: Option<SecretString>,
    /// Where a picture is; no bank is known to send it.
    pub image_link: Option<SecretString>,
    /// How long a one-time code may be.
    pub otp_max_length: Option<u32>,
    /// Which characters a one-time code has.
    pub otp_format: Option<OtpFormat>,
    /// Text that must be shown to the PSU.
    pub additional_information: Option<String>,
    /// Names of the members that had another shape than they may have.
    pub unreadable: Vec<&'static str>,
}

/// A picture that may be shown.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum ChallengeImage<'a> {
    /// A PNG, in base64 without anything before it.
    Png(&'a str),
    /// An `https` address.
    Url(&'a str),
}

impl fmt::Debug for ChallengeImage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Png(_) => "Png",
            Self::Url(_) => "Url",
        };
        write!(f, "{name}({Hidden:?})")
    }
}

/// What every PNG starts with, in base64.
const PNG: &str = "iVBORw0KGgo";
/// 512 KiB in base64.
const LARGEST_PNG: usize = 512 * 1024 / 3 * 4 + 4;

impl ChallengeData {
    /// The token that counts.
    pub fn token(&self) -> Option<&SecretString> {
        self.data.first().filter(|token| !token.expose_secret().is_empty())
    }

    /// The picture, when it is one that may be shown: a PNG of at most 512 KiB or an `https` address. Other kinds,
    /// such as SVG, can carry a script and are refused.
    pub fn picture(&self) -> Option<ChallengeImage<'_>> {
        let given = self.image.as_ref().or(self.image_link.as_ref())?.expose_secret();
        if given.starts_with("https://") && given.len() <= 2048 && given.bytes().all(|b| b.is_ascii_graphic())
        {
            return Some(ChallengeImage::Url(given));
        }
        let base64 = given.strip_prefix("data:image/png;base64,").unwrap_or(given);
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let shown = base64.starts_with(PNG) && base64.len() <= LARGEST_PNG && base64.bytes().all(alphabet);
        shown.then_some(ChallengeImage::Png(base64))
    }
}

impl fmt::Debug for ChallengeData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChallengeData({Hidden:?})")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    image: Value,
    #[serde(default)]
    image_link: Value,
    #[serde(default, deserialize_with = "crate::reading::whole_number_or_none")]
    otp_max_length: Option<u32>,
    #[serde(default, deserialize_with = "crate::reading::text_or_none")]
    otp_format: Option<String>,
    #[serde(default, deserialize_with = "crate::reading::text_or_none")]
    additional_information: Option<String>,
}

impl<'de> Deserialize<'de> for ChallengeData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let received = Received::deserialize(deserializer)?;
        let mut unreadable = Vec::new();
        let data = tokens(received.data).unwrap_or_else(|| {
            unreadable.push("data");
            Vec::new()
        });
        let mut secret = |name, value| match value {
            Value::Null => None,
            Value::String(text) => Some(SecretString::from(text)),
            _ => {
                unreadable.push(name);
                None
            }
        };
        let image = secret("image", received.image);
        let image_link = secret("imageLink", received.image_link);
        Ok(Self {
            data,
            image,
            image_link,
            otp_max_length: received.otp_max_length,
            otp_format: received.otp_format.as_deref().map(OtpFormat::from),
            additional_information: received.additional_information,
            unreadable,
        })
    }
}

/// A token is a line of text; a start token has 36 characters and a frame of an animated code some 150.
const LONGEST_TOKEN: usize = 16 * 1024;

fn tokens(value: Value) -> Option<Vec<SecretString>> {
    let token = |value| match value {
        Value::String(text) if text.len() <= LONGEST_TOKEN => Some(SecretString::from(text)),
        _ => None,
    };
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(list) => list.into_iter().map(token).collect(),
        one => Some(vec![token(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> ChallengeData {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn i072_a_challenge_comes_as_text_or_as_a_list() {
        for (json, count) in [
            (r#"{"data":"token"}"#, 1),
            (r#"{"data":["token","later"]}"#, 2),
            (r#"{"data":[]}"#, 0),
            (r#"{"data":null}"#, 0),
            ("{}", 0),
        ] {
            let challenge = read(json);
            assert_eq!(challenge.data.len(), count, "{json}");
            assert_eq!(challenge.token().is_some(), count > 0);
            assert!(challenge.unreadable.is_empty(), "{json}");
        }
    }

    #[test]
    fn i072_what_is_no_token_is_left_out_and_named() {
        let huge = format!(r#"{{"data":"{}"}}"#, "x".repeat(1024 * 1024));
        for json in [r#"{"data":[1,2]}"#, r#"{"data":{"a":1}}"#, r#"{"data":7}"#, &huge] {
            let challenge = read(json);
            assert!(challenge.token().is_none());
            assert_eq!(challenge.unreadable, ["data"]);
        }
    }

    #[test]
    fn i073_only_a_png_or_an_address_is_a_picture() {
        let picture = |image: &str| {
            let json = serde_json::json!({"image": image}).to_string();
            read(&json).picture().is_some()
        };
        assert!(picture("iVBORw0KGgoAAAANSUhEUg=="));
        assert!(picture("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="));
        assert!(picture("https://bank.example/qr.png"));
        for refused in [
            "",
            "not base64 at all!",
            "R0lGODlhAQABAIAAAAAAAP",
            "data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Lz48L3N2Zz4=",
            "http://bank.example/qr.png",
            "javascript:alert(1)",
            &format!("{PNG}{}", "A".repeat(LARGEST_PNG)),
        ] {
            assert!(!picture(refused), "{}", refused.get(..20).unwrap_or(refused));
        }
        assert_eq!(read(r#"{"image":[1]}"#).unreadable, ["image"]);
    }

    #[test]
    fn a_one_time_code_may_tell_its_length_as_text() {
        let challenge = read(r#"{"otpMaxLength":"6","otpFormat":"integer","additionalInformation":"Look"}"#);
        assert_eq!(challenge.otp_max_length, Some(6));
        assert_eq!(challenge.otp_format, Some(OtpFormat::Integer));
    }

    #[test]
    fn a8_a_challenge_prints_as_nothing() {
        let challenge = read(r#"{"data":"secret-token","image":"https://bank.example/secret"}"#);
        let shown = format!("{challenge:?} {:?}", challenge.picture());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
