//! IBAN, the international account number (ISO 13616).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::mask::Tail;
use crate::{InvalidValue, Rule};

/// An IBAN whose country, length and check digits are right. `Debug` shows the last four characters.
///
/// What a bank sends is not checked but kept: see [`AccountNumber`](crate::account::AccountNumber).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Iban(String);

impl Iban {
    /// Reads an IBAN in either case, with or without ASCII blanks between the groups.
    ///
    /// # Errors
    /// [`Rule::Character`] for other characters, [`Rule::Country`] for an unknown country or its wrong length,
    /// [`Rule::CheckDigits`] when a digit is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = |rule| InvalidValue::new("iban", rule);
        let compact: String = text.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_uppercase();
        if compact.is_empty() {
            return Err(refused(Rule::Empty));
        }
        if !compact.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(refused(Rule::Character));
        }
        match compact.parse::<iban::Iban>() {
            Ok(_) => Ok(Self(compact)),
            Err(iban::ParseIbanError::InvalidBaseIban {
                source: iban::ParseBaseIbanError::InvalidChecksum,
            }) => Err(refused(Rule::CheckDigits)),
            Err(iban::ParseIbanError::InvalidBaseIban { .. }) => {
                Err(refused(Rule::Form("SE4550000000058398257466")))
            }
            Err(_) => Err(refused(Rule::Country)),
        }
    }

    /// The IBAN without blanks, in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country's two letters.
    pub fn country(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }
}

impl FromStr for Iban {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({:?})", Tail(&self.0))
    }
}

impl Serialize for Iban {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        Iban::parse(text).unwrap_err().rule()
    }

    #[test]
    fn i001_i002_a_wrong_digit_is_found() {
        assert_eq!(rule("SE4650000000058398257466"), Rule::CheckDigits);
        assert_eq!(rule("SE4550000000058398257646"), Rule::CheckDigits);
    }

    #[test]
    fn i003_i006_country_and_length_go_together() {
        assert!(Iban::parse("SE455000000005839825746").is_err());
        assert!(Iban::parse("SE45500000000583982574660").is_err());
        for country in ["XX4550000000058398257466", "004550000000058398257466"] {
            assert!(Iban::parse(country).is_err(), "{country}");
        }
    }

    #[test]
    fn i004_blanks_and_case_are_normalised() {
        assert_eq!(
            Iban::parse("se45 5000 0000 0583 9825 7466").unwrap().as_str(),
            "SE4550000000058398257466"
        );
    }

    #[test]
    fn i005_nothing_but_ascii_blanks_is_cleaned_away() {
        for blank in ['\u{a0}', '\u{200b}', '\t', '-'] {
            assert_eq!(rule(&format!("SE45{blank}50000000058398257466")), Rule::Character);
        }
        assert_eq!(rule("ЅE4550000000058398257466"), Rule::Character);
        assert_eq!(rule("SE4５50000000058398257466"), Rule::Character);
    }

    #[test]
    fn every_single_wrong_digit_is_found() {
        let good = "SE4550000000058398257466";
        for at in 2..good.len() {
            for digit in '0'..='9' {
                let mut bad: Vec<char> = good.chars().collect();
                if bad[at] == digit {
                    continue;
                }
                bad[at] = digit;
                assert!(Iban::parse(&bad.iter().collect::<String>()).is_err());
            }
        }
    }
}
