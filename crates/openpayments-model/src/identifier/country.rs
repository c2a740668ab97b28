//! Countries by their two letters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{InvalidValue, Rule};

/// Two letters that stand for a country, by ISO 3166. The platform's directory says `UK` for the United Kingdom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Sweden.
    pub const SE: Self = Self(*b"SE");
    /// Finland.
    pub const FI: Self = Self(*b"FI");

    /// Reads two letters; small ones become capitals.
    ///
    /// # Errors
    /// [`Rule::Form`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.as_bytes() {
            &[a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(InvalidValue::new("isoCountryCode", Rule::Form("SE"))),
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CountryCode {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&crate::reading::str(deserializer)?).map_err(|e| crate::reading::refused(&e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters() {
        assert_eq!(CountryCode::parse("se").unwrap(), CountryCode::SE);
        for text in ["", "S", "SWE", "S1", "Sé"] {
            assert!(CountryCode::parse(text).is_err(), "{text}");
        }
    }
}
