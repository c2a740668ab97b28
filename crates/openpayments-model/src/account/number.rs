//! Account numbers as they stand on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identifier::{Bankgiro, Bban, Plusgiro};
use crate::mask::Tail;
use crate::{Iban, InvalidValue};

/// An account's number as it stands on the wire: checked when we made it, kept as it is when a bank sent it.
///
/// `Debug` shows the last four characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountNumber(Box<str>);

impl AccountNumber {
    /// The number as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number of 1 to 35 characters that no type of its own checks: of a card or a telephone.
    pub(super) fn checked(field: &'static str, text: &str) -> Result<Self, InvalidValue> {
        crate::invalid::text(field, 35, text).map(|text| Self(text.into()))
    }

    /// The number as an IBAN, if it is a right one.
    ///
    /// # Errors
    /// As [`Iban::parse`]. Test data of banks has IBANs with wrong check digits.
    pub fn to_iban(&self) -> Result<Iban, InvalidValue> {
        Iban::parse(&self.0)
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Tail(&self.0).fmt(f)
    }
}

impl From<&Iban> for AccountNumber {
    fn from(iban: &Iban) -> Self {
        Self(iban.as_str().into())
    }
}

impl From<&Bban> for AccountNumber {
    fn from(bban: &Bban) -> Self {
        Self(bban.as_str().into())
    }
}

impl From<&Bankgiro> for AccountNumber {
    fn from(number: &Bankgiro) -> Self {
        Self(number.to_string().into())
    }
}

impl From<&Plusgiro> for AccountNumber {
    fn from(number: &Plusgiro) -> Self {
        Self(number.to_string().into())
    }
}
