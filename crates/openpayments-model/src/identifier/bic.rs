//! BIC, the bank identifier (ISO 9362).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{InvalidValue, Rule};

/// A BIC of 8 or 11 characters: four letters bank, two country, two location, three branch or none.
///
/// The platform selects the bank by it: header `X-BicFi` and the directory's `bicFi`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BicFi(String);

impl BicFi {
    /// Reads a BIC in capitals.
    ///
    /// # Errors
    /// [`Rule::Form`] when it does not match `[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?` as a whole.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let allowed = |(at, byte): (usize, u8)| match at {
            0..=5 => byte.is_ascii_uppercase(),
            6 => byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'9'),
            7 => (byte.is_ascii_uppercase() && byte != b'O') || byte.is_ascii_digit(),
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        };
        if matches!(text.len(), 8 | 11) && text.bytes().enumerate().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("bicFi", Rule::Form("ESSESESS")))
        }
    }

    /// The 8 or 11 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BicFi {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Display for BicFi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BicFi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BicFi {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BicFi {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(crate::reading::str(deserializer)?.trim()).map_err(|e| crate::reading::refused(&e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i010_only_whole_bics_in_capitals_are_read() {
        for text in ["SWEDSES", "swedsess", "SWEDSE00XXX", "SWEDSESSX", "", "SWEDSE1S", "SWEDSESO"] {
            assert!(BicFi::parse(text).is_err(), "{text}");
        }
        for text in ["ESSESESS", "NDEASESS", "SWEDSESSXXX"] {
            assert!(BicFi::parse(text).is_ok(), "{text}");
        }
    }
}
