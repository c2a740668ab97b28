//! The creditor's account inside a transaction.

use serde::{Deserialize, Serialize};

use crate::CurrencyCode;
use crate::account::AccountNumber;

/// The creditor's account inside a transaction: here giro numbers are called `bankGiro` and `plusGiro`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TransactionCreditorAccount {
    /// International number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<AccountNumber>,
    /// Domestic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bban: Option<AccountNumber>,
    /// Card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pan: Option<AccountNumber>,
    /// Card number, masked by the bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_pan: Option<AccountNumber>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msisdn: Option<AccountNumber>,
    /// Bankgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_giro: Option<AccountNumber>,
    /// Plusgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plus_giro: Option<AccountNumber>,
    /// Currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
}
