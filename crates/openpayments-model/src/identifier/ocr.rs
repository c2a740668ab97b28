//! OCR references, by which Swedish invoices are matched.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::check_digit::{is_luhn, luhn_digit};
use super::giro::digits_of;
use crate::mask::Tail;
use crate::{InvalidValue, Rule};

/// An OCR reference: 5 to 25 digits, the last one a check digit. `Debug` shows the last four digits.
///
/// The platform's file allows 140 digits; Bankgirot, which carries them, allows 25. Creditors may also demand that the
/// last digit but one tells the length: [`OcrReference::has_length_digit`].
///
/// ```
/// use openpayments_model::identifier::OcrReference;
///
/// assert_eq!(OcrReference::parse("1234567897")?.as_str(), "1234567897");
/// let made = OcrReference::with_length_digit("1234567")?;
/// assert_eq!(made.as_str(), "123456790");
/// # Ok::<(), openpayments_model::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OcrReference(String);

const FIELD: &str = "ocrRef";
const FORM: Rule = Rule::Form("5 to 25 digits");

impl OcrReference {
    /// Reads a reference, with or without ASCII blanks and hyphens between the groups.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::Character`], [`Rule::Form`] outside 5 to 25 digits, [`Rule::CheckDigits`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits = digits_of(FIELD, text)?;
        if !matches!(digits.len(), 5..=25) {
            return Err(InvalidValue::new(FIELD, FORM));
        }
        if !is_luhn(&digits) {
            return Err(InvalidValue::new(FIELD, Rule::CheckDigits));
        }
        Ok(Self(digits))
    }

    /// Makes a reference of an invoice's number by adding the check digit.
    ///
    /// # Errors
    /// As [`OcrReference::parse`], for what comes out.
    pub fn with_check_digit(number: &str) -> Result<Self, InvalidValue> {
        let digits = digits_of(FIELD, number)?;
        Self::parse(&format!("{digits}{}", luhn_digit(&digits)))
    }

    /// Makes a reference of an invoice's number by adding the length digit and the check digit.
    ///
    /// # Errors
    /// As [`OcrReference::parse`], for what comes out.
    pub fn with_length_digit(number: &str) -> Result<Self, InvalidValue> {
        let digits = digits_of(FIELD, number)?;
        let length = (digits.len() + 2) % 10;
        Self::with_check_digit(&format!("{digits}{length}"))
    }

    /// Whether the last digit but one is the last digit of the length.
    pub fn has_length_digit(&self) -> bool {
        let told = self.0.bytes().rev().nth(1).map(|b| usize::from(b - b'0'));
        told == Some(self.0.len() % 10)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OcrReference {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Debug for OcrReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcrReference({:?})", Tail(&self.0))
    }
}

impl Serialize for OcrReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wrong_digit_another_length_or_a_letter_is_refused() {
        assert_eq!(OcrReference::parse("1234567890").unwrap_err().rule(), Rule::CheckDigits);
        for text in ["", "1230", "1234567897x", &"0".repeat(26)] {
            assert!(OcrReference::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_of_a_number_is_right(number in "[0-9]{3,23}") {
            let made = OcrReference::with_length_digit(&number).unwrap();
            prop_assert!(made.has_length_digit());
            prop_assert!(made.as_str().starts_with(&number));
            prop_assert_eq!(OcrReference::parse(made.as_str()).unwrap(), made);
        }
    }
}
