//! Account numbers as one country writes them.

use std::fmt;

use super::check_digit::is_luhn;
use crate::mask::Tail;
use crate::{InvalidValue, Rule};

/// A domestic account number: 1 to 30 letters and digits. Its check digits differ by bank and are not checked here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bban(String);

impl Bban {
    /// Reads an account number; ASCII blanks and hyphens between groups are dropped.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::Character`] or [`Rule::TooLong`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        match compact.len() {
            0 => Err(InvalidValue::new("bban", Rule::Empty)),
            _ if !compact.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Err(InvalidValue::new("bban", Rule::Character))
            }
            31.. => Err(InvalidValue::new("bban", Rule::TooLong(30))),
            _ => Ok(Self(compact)),
        }
    }

    /// The number without blanks and hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bban({:?})", Tail(&self.0))
    }
}

/// A clearing number: 1 to 5 digits that name the bank or branch of a Swedish account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClearingNumber(String);

impl ClearingNumber {
    /// Reads 1 to 5 digits.
    ///
    /// # Errors
    /// [`Rule::Form`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if matches!(text.len(), 1..=5) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("clearingNumber", Rule::Form("1 to 5 digits")))
        }
    }

    /// Checks it as a Swedish one: 4 digits, or 5 that begin with 8 (Swedbank and the savings banks), of which the last
    /// is a check digit.
    ///
    /// # Errors
    /// [`Rule::Form`] for other numbers, [`Rule::CheckDigits`] for the fifth digit.
    pub fn check_swedish(&self) -> Result<(), InvalidValue> {
        let refused = |rule| Err(InvalidValue::new("clearingNumber", rule));
        match self.0.len() {
            4 if !self.0.starts_with('0') => Ok(()),
            5 if self.0.starts_with('8') && is_luhn(&self.0) => Ok(()),
            5 if self.0.starts_with('8') => refused(Rule::CheckDigits),
            _ => refused(Rule::Form("4 digits, or 5 that begin with 8")),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_hyphens_of_a_domestic_number_are_dropped() {
        assert_eq!(Bban::parse("4135-13 000 39").unwrap().as_str(), "41351300039");
        for text in ["", " - ", "41351300039é", &"1".repeat(31)] {
            assert!(Bban::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_swedish_clearing_number_has_four_digits_or_five_with_a_check_digit() {
        let check = |text| ClearingNumber::parse(text).unwrap().check_swedish();
        assert!(check("6000").is_ok());
        assert!(check("83279").is_ok());
        assert_eq!(check("83278").unwrap_err().rule(), Rule::CheckDigits);
        for text in ["1", "0123", "60000"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
