//! Who is asked: a person's or a company's identity at the bank.

use std::fmt;

use crate::mask::Hidden;
use crate::{InvalidValue, Rule};

/// Visible ASCII without blanks around it, so that it can stand in a header.
fn header_text(field: &'static str, most: usize, text: &str) -> Result<String, InvalidValue> {
    match text.len() {
        0 => Err(InvalidValue::new(field, Rule::Empty)),
        length if length > most => Err(InvalidValue::new(field, Rule::TooLong(most))),
        _ if text.bytes().all(|b| b.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err(InvalidValue::new(field, Rule::Character)),
    }
}

/// A person's id at the bank (`PSU-ID`): in Sweden the personal number as `yyyyMMddNNNN`. `Debug` shows nothing of it.
///
/// Banks use other forms too (SEB's older sandbox had 10 digits), so only its alphabet and length are checked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PsuId(String);

impl PsuId {
    /// Reads 1 to 70 visible ASCII characters.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::TooLong`] or [`Rule::Character`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        header_text("PSU-ID", 70, text).map(Self)
    }

    /// Of a number that was checked already.
    pub(super) fn of_digits(digits: &str) -> Self {
        Self(digits.to_owned())
    }

    /// The id as it is sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PsuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PsuId({Hidden:?})")
    }
}

/// A company's id (`PSU-Corporate-ID`): in Sweden the organisation number of 10 digits. `Debug` shows nothing of it.
///
/// Must be the same on account calls as when the consent was created.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CorporateId(String);

impl CorporateId {
    /// Reads 1 to 70 visible ASCII characters.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::TooLong`] or [`Rule::Character`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        header_text("PSU-Corporate-ID", 70, text).map(Self)
    }

    /// Of a number that was checked already.
    pub(super) fn of_digits(digits: &str) -> Self {
        Self(digits.to_owned())
    }

    /// The id as it is sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CorporateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CorporateId({Hidden:?})")
    }
}
