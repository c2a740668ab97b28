//! Exchange of currencies within a transaction.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::CurrencyCode;

/// At which rate one currency became another (NextGenPSD2 1.3.3, `reportExchangeRate`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExchangeRate {
    /// What was exchanged.
    pub source_currency: CurrencyCode,
    /// The rate as the bank wrote it.
    pub exchange_rate: String,
    /// The currency the rate is for one unit of, as the bank wrote it: it has no form of its own.
    pub unit_currency: String,
    /// What it became.
    pub target_currency: CurrencyCode,
    /// The day of the rate; none when the bank's is impossible.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub quotation_date: Option<Date>,
    /// The contract by which the rate was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_identification: Option<String>,
}

impl ExchangeRate {
    /// The rate as an exact number, when it is one.
    pub fn rate(&self) -> Option<Decimal> {
        Decimal::from_str_exact(&self.exchange_rate).ok()
    }
}
