//! Bankgiro and plusgiro, the Swedish numbers that invoices carry instead of an account.

use std::fmt;
use std::str::FromStr;

use super::check_digit::is_luhn;
use crate::mask::Tail;
use crate::{InvalidValue, Rule};

/// Digits of a number that may have hyphens and ASCII blanks between them.
pub(super) fn digits_of(field: &'static str, text: &str) -> Result<String, InvalidValue> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() {
        return Err(InvalidValue::new(field, Rule::Empty));
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidValue::new(field, Rule::Character));
    }
    Ok(digits)
}

/// A bankgiro number: 7 or 8 digits, the last one a check digit. `Display` writes it `5805-6201`; `Debug` shows the
/// last four characters.
///
/// ```
/// use openpayments_model::identifier::Bankgiro;
///
/// assert_eq!(Bankgiro::parse("58056201")?.to_string(), "5805-6201");
/// assert!(Bankgiro::parse("5805-6202").is_err());
/// # Ok::<(), openpayments_model::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bankgiro(String);

impl Bankgiro {
    /// Reads a number with or without hyphens and ASCII blanks.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::Character`], [`Rule::Form`] for another count of digits, [`Rule::CheckDigits`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits = digits_of("bankgiroNumber", text)?;
        if !matches!(digits.len(), 7 | 8) {
            return Err(InvalidValue::new("bankgiroNumber", Rule::Form("1234-5678 or 123-4567")));
        }
        if !is_luhn(&digits) {
            return Err(InvalidValue::new("bankgiroNumber", Rule::CheckDigits));
        }
        Ok(Self(digits))
    }

    /// The digits alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Bankgiro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = self.0.split_at(self.0.len() - 4);
        write!(f, "{head}-{tail}")
    }
}

/// A plusgiro number: 2 to 8 digits, the last one a check digit. `Display` writes it `948294-4`; `Debug` shows the last
/// four characters of longer ones.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Plusgiro(String);

impl Plusgiro {
    /// Reads a number with or without hyphens and ASCII blanks.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::Character`], [`Rule::Form`] for another count of digits, [`Rule::CheckDigits`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits = digits_of("plusgiroNumber", text)?;
        if !matches!(digits.len(), 2..=8) {
            return Err(InvalidValue::new("plusgiroNumber", Rule::Form("12345-6, 2 to 8 digits")));
        }
        if !is_luhn(&digits) {
            return Err(InvalidValue::new("plusgiroNumber", Rule::CheckDigits));
        }
        Ok(Self(digits))
    }

    /// The digits alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Plusgiro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, check) = self.0.split_at(self.0.len() - 1);
        write!(f, "{head}-{check}")
    }
}

impl fmt::Debug for Bankgiro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bankgiro({:?})", Tail(&self.0))
    }
}

impl fmt::Debug for Plusgiro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plusgiro({:?})", Tail(&self.0))
    }
}

impl FromStr for Bankgiro {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl FromStr for Plusgiro {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::check_digit::luhn_digit;
    use proptest::prelude::*;

    #[test]
    fn i009_hyphens_and_blanks_are_normalised_and_wrong_digits_found() {
        for text in ["524-7473", "5247473", "524 7473", " 524-74 73"] {
            assert_eq!(Bankgiro::parse(text).unwrap().to_string(), "524-7473", "{text}");
        }
        for text in ["948294-4", "9482944", "94 82 94-4"] {
            assert_eq!(Plusgiro::parse(text).unwrap().to_string(), "948294-4", "{text}");
        }
        assert_eq!(Bankgiro::parse("524-7474").unwrap_err().rule(), Rule::CheckDigits);
        assert_eq!(Plusgiro::parse("948294-5").unwrap_err().rule(), Rule::CheckDigits);
    }

    /// Published by the Swedish tax agency: 5050-1055 for tax accounts, and by the Red Cross: 90 08 00-4.
    #[test]
    fn published_numbers_are_right() {
        assert_eq!(Bankgiro::parse("50501055").unwrap().to_string(), "5050-1055");
        assert_eq!(Plusgiro::parse("90 08 00-4").unwrap().to_string(), "900800-4");
    }

    #[test]
    fn other_lengths_and_characters_are_refused_and_never_echoed() {
        for text in ["", "-", "12-3456", "123456789", "5805-620a", "５8056201", "5805–6201"] {
            let error = Bankgiro::parse(text).unwrap_err();
            assert!(text.len() < 2 || !error.to_string().contains(text), "{error}");
        }
        for text in ["", "0", "123456789", "9482x45"] {
            assert!(Plusgiro::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(digits in "[0-9]{6,7}") {
            let digits = format!("{digits}{}", luhn_digit(&digits));
            let bankgiro = Bankgiro::parse(&digits).unwrap();
            prop_assert_eq!(&Bankgiro::parse(&bankgiro.to_string()).unwrap(), &bankgiro);
            prop_assert_eq!(bankgiro.digits(), digits.as_str());
            let plusgiro = Plusgiro::parse(&digits).unwrap();
            prop_assert_eq!(Plusgiro::parse(&plusgiro.to_string()).unwrap(), plusgiro);
        }
    }
}
