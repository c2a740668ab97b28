//! Where ids, tokens and codes come from: a keyed hash over the seed and a counter, so that the same seed and the same
//! requests give the same transcript. Whoever knows the seed can foretell every token; this is a sandbox.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// Draws values from the seed.
#[derive(Clone, Debug)]
pub(crate) struct Mint {
    seed: [u8; 8],
    drawn: u64,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed: seed.to_be_bytes(), drawn: 0 }
    }

    /// A fresh UUID (version 4 in shape).
    pub(crate) fn uuid(&mut self) -> String {
        as_uuid(&self.draw())
    }

    /// A fresh opaque token of 256 bits.
    pub(crate) fn token(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.draw())
    }

    /// A value that depends on `parts` alone: the same parts always give the same value.
    pub(crate) fn derive(&self, parts: &[&str]) -> [u8; 32] {
        let mut message = Vec::new();
        for part in parts {
            message.extend_from_slice(part.as_bytes());
            message.push(0);
        }
        keyed_hash(&self.seed, &message)
    }

    /// A UUID that depends on `parts` alone.
    pub(crate) fn derived_uuid(&self, parts: &[&str]) -> String {
        as_uuid(&self.derive(parts))
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn = self.drawn.wrapping_add(1);
        self.derive(&["drawn", &self.drawn.to_string()])
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first eight bytes as a number.
pub(crate) fn number(bytes: &[u8; 32]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn as_uuid(bytes: &[u8; 32]) -> String {
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(bytes) {
        *to = *from;
    }
    uuid::Builder::from_random_bytes(first).into_uuid().to_string()
}

fn keyed_hash(key: &[u8], message: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of any length.
        Err(_) => [0; 32],
    }
}

/// Whether `text` is a UUID in its usual spelling.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b4_the_same_seed_draws_the_same_values_and_another_seed_others() {
        let (mut one, mut two, mut other) = (Mint::new(1), Mint::new(1), Mint::new(2));
        let (first, second) = (one.uuid(), one.uuid());
        assert_ne!(first, second);
        assert_eq!([first.clone(), second], [two.uuid(), two.uuid()]);
        assert_ne!(first, other.uuid());
        assert!(is_uuid(&first), "{first}");
    }
}
