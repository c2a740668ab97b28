//! Limits, delays and what becomes of a wish to cancel.

use openpayments_model::{BicFi, CurrencyCode};
use serde::{Deserialize, Serialize};

/// How long the text for the creditor may be, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Remittance {
    /// At most so many.
    pub most: usize,
    /// At most so many when `creditorAgent` is the bank itself.
    pub most_within_bank: Option<usize>,
}

impl Remittance {
    /// How many characters the bank passes on to a creditor at the bank `agent`.
    pub fn most_to(&self, agent: Option<&str>, bank: &BicFi) -> usize {
        // A BIC of 11 characters names a branch of the same bank.
        let head = |bic: &str| bic.get(..8).map(str::to_owned);
        let is_own = agent.is_some_and(|agent| head(agent) == head(bank.as_str()));
        self.most_within_bank.filter(|_| is_own).unwrap_or(self.most)
    }
}

/// How far back transactions can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct History {
    /// So many months, or days.
    pub months: Option<i32>,
    /// So many days, or months.
    pub days: Option<i32>,
    /// Of accounts in this currency; of all without it.
    pub currency: Option<CurrencyCode>,
    /// Further for a short time after the PSU has signed.
    pub after_sca: Option<Fresh>,
}

/// What can be read for a short time after the PSU has signed the consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Fresh {
    /// So many days.
    pub days: i32,
    /// For so many minutes.
    pub minutes: i32,
}

/// How many transactions one search gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Search {
    /// At most so many.
    pub rows: usize,
    /// Said of periods of at most so many days.
    pub days: Option<i32>,
}

/// A parameter by which transactions are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TransactionFilter {
    /// The first day.
    DateFrom,
    /// The last day.
    DateTo,
    /// Booked, pending or both.
    BookingStatus,
}

impl TransactionFilter {
    /// Its name in the query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DateFrom => "dateFrom",
            Self::DateTo => "dateTo",
            Self::BookingStatus => "bookingStatus",
        }
    }
}

/// Signing baskets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Baskets {
    /// The most payments of one; 0 when none are taken.
    pub limit: usize,
}

/// How long it takes until a signed payment is settled (`ACSC`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settlement {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
}

/// What a bank makes of the wish to cancel a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cancellation {
    /// It offers no such call.
    None,
    /// Cancelled at once, signed or not.
    Outright,
    /// A signed payment is cancelled by another signature.
    Signed,
}
