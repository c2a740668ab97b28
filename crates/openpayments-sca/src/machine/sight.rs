//! What a challenge gives the PSU to see, checked before anyone shows it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openpayments_model::authorisation::ChallengeData;
use openpayments_model::identifier::ScaMethodId;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::event::Notice;

/// The largest picture a bank may send, decoded (NextGenPSD2 1.3.3, `image` of `challengeData`).
const LARGEST_PICTURE: usize = 512 * 1024;
/// What every PNG file begins with.
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// What the PSU gets to see. `Debug` shows nothing of it.
#[derive(Clone)]
#[non_exhaustive]
pub enum Sight {
    /// A start token, of the form BankID gives them, to make a link or a still code of.
    Token(SecretString),
    /// What a code says that changes every second, to the letter.
    Code(SecretString),
    /// A PNG picture of a code that changes every second.
    Picture(Vec<u8>),
}

impl fmt::Debug for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(…)",
            Self::Code(_) => "Code(…)",
            Self::Picture(_) => "Picture(…)",
        })
    }
}

/// Stands for a secret where two of them have to be told apart: the machine keeps no start token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) [u8; 32]);

impl Mark {
    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

/// A sight with what tells it from the one before.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) sight: Sight,
    /// Which order it starts.
    pub(super) order: Mark,
    /// Which picture of that order it is.
    pub(super) frame: Mark,
    /// The order's seconds, where the code tells them.
    pub(super) counter: Option<u64>,
}

impl Seen {
    /// Whether the bank feeds it, so that it is worth something only for a moment.
    pub(super) fn is_fed(&self) -> bool {
        !matches!(self.sight, Sight::Token(_))
    }
}

/// Whether this way to sign has codes that change every second.
pub(super) fn is_animated(method: Option<&ScaMethodId>) -> bool {
    method.is_some_and(|method| method.as_str().contains("animated_qr"))
}

/// What is to be seen of a challenge, or why nothing is.
pub(super) fn see(method: Option<&ScaMethodId>, challenge: &ChallengeData) -> Result<Option<Seen>, Notice> {
    let is_picture = method.is_some_and(|method| method.as_str() == "mbid_animated_qr_image");
    let token = challenge.token();
    match (&challenge.image, token) {
        (Some(image), None) => picture(image).map(Some),
        (Some(image), Some(_)) if is_picture => picture(image).map(Some),
        (_, Some(token)) if method.is_some_and(|method| method.as_str() == "mbid_animated_qr_token") => {
            Ok(Some(code(token)))
        }
        (_, Some(token)) if is_start_token(token) => {
            let mark = Mark::of(token.expose_secret().as_bytes());
            Ok(Some(Seen { sight: Sight::Token(token.clone()), order: mark, frame: mark, counter: None }))
        }
        (_, Some(_)) => Err(Notice::TokenDropped),
        (None, None) => Ok(None),
    }
}

/// A code to show to the letter. BankID's own reads `bankid.<order>.<seconds>.<check>`; one of another form tells
/// nothing about its order, so each new one counts as a new order.
fn code(payload: &SecretString) -> Seen {
    let text = payload.expose_secret();
    let frame = Mark::of(text.as_bytes());
    let mut parts = text.split('.');
    let known = match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("bankid"), Some(order), Some(seconds), Some(_), None) => {
            seconds.parse::<u64>().ok().map(|seconds| (Mark::of(order.as_bytes()), seconds))
        }
        _ => None,
    };
    Seen {
        sight: Sight::Code(payload.clone()),
        order: known.map_or(frame, |(order, _)| order),
        frame,
        counter: known.map(|(_, seconds)| seconds),
    }
}

/// A picture: base64 or a data URI of a PNG. An address would be fetched by the PSU's browser, and an SVG can hold a
/// script: neither is shown.
fn picture(image: &SecretString) -> Result<Seen, Notice> {
    let text = image.expose_secret().trim();
    let encoded = match text.strip_prefix("data:") {
        Some(rest) => rest.strip_prefix("image/png;base64,").ok_or(Notice::PictureDropped)?,
        None => text,
    };
    if encoded.len() > LARGEST_PICTURE.div_ceil(3) * 4 {
        return Err(Notice::PictureDropped);
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| Notice::PictureDropped)?;
    if bytes.len() > LARGEST_PICTURE || !bytes.starts_with(&PNG) {
        return Err(Notice::PictureDropped);
    }
    let mark = Mark::of(&bytes);
    Ok(Seen { sight: Sight::Picture(bytes), order: mark, frame: mark, counter: None })
}

/// Hexadecimal digits and hyphens, 64 at most: nothing that means anything in a link.
pub(crate) fn is_start_token(token: &SecretString) -> bool {
    let token = token.expose_secret();
    (1..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(method: &str, challenge: &serde_json::Value) -> Result<Option<Seen>, Notice> {
        let method = ScaMethodId::parse(method).unwrap();
        see(Some(&method), &serde_json::from_value(challenge.clone()).unwrap())
    }

    #[test]
    fn a7_only_a_png_within_its_limit_is_shown_as_a_picture() {
        let mut png = PNG.to_vec();
        png.extend([0; 100]);
        let base64 = STANDARD.encode(&png);
        for image in [base64.clone(), format!("data:image/png;base64,{base64}")] {
            let seen = seen("mbid_animated_qr_image", &serde_json::json!({ "image": image }));
            assert!(matches!(seen.unwrap().unwrap().sight, Sight::Picture(bytes) if bytes == png));
        }
        png.resize(LARGEST_PICTURE + 1, 0);
        for image in [
            "https://bank.example/qr.png".to_owned(),
            "//bank.example/qr.png".to_owned(),
            "data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Lz48L3N2Zz4=".to_owned(),
            "<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned(),
            STANDARD.encode(b"GIF89a"),
            "not base64".to_owned(),
            String::new(),
            STANDARD.encode(&png),
            "A".repeat(8 * 1024 * 1024),
        ] {
            let seen = seen("mbid_animated_qr_image", &serde_json::json!({ "image": image }));
            assert_eq!(seen.unwrap_err(), Notice::PictureDropped, "{}", image.get(..40).unwrap_or(&image));
        }
    }

    #[test]
    fn i100_a_token_of_another_form_is_not_shown() {
        for hostile in ["x&redirect=javascript:alert(1)", "1 2", "g", &"a".repeat(65)] {
            let seen = seen("mbid", &serde_json::json!({ "data": [hostile] }));
            assert_eq!(seen.unwrap_err(), Notice::TokenDropped);
        }
        assert!(seen("mbid", &serde_json::json!({ "data": ["131daac9-16c6"] })).unwrap().is_some());
        assert!(seen("mbid", &serde_json::json!({ "data": [""] })).unwrap().is_none());
    }

    #[test]
    fn the_order_and_the_seconds_are_read_from_bankids_own_code() {
        let read = |payload: &str| {
            seen("mbid_animated_qr_token", &serde_json::json!({ "data": payload })).unwrap().unwrap()
        };
        let (first, second) = (read("bankid.a.1.x"), read("bankid.a.2.y"));
        assert_eq!(first.order, second.order);
        assert_ne!(first.frame, second.frame);
        assert_eq!(second.counter, Some(2));
        assert_ne!(read("bankid.b.1.x").order, first.order);
        assert_eq!(read("some other words").counter, None);
    }
}
