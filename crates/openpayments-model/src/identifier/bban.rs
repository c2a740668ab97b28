//! Account numbers as one country writes them.

use std::fmt;

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

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
