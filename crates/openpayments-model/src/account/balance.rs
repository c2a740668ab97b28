//! Balances.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::AccountReference;
use crate::Amount;

/// A moment as the bank wrote it.
///
/// The standard wants a time zone; some banks leave it out, and then no one knows which moment it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceivedTime(String);

impl ReceivedTime {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment, when the text is one with its time zone.
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }
}

open_enum! {
    /// What a balance counts.
    pub enum BalanceType {
        /// Booked, at the end of the day before.
        ClosingBooked = "closingBooked",
        /// Booked and pending, as known now.
        Expected = "expected",
        /// With the authorised credit limit.
        Authorised = "authorised",
        /// Booked, at the start of the day.
        OpeningBooked = "openingBooked",
        /// What can be spent, in the course of the day.
        InterimAvailable = "interimAvailable",
        /// Booked, in the course of the day.
        InterimBooked = "interimBooked",
        /// What can be spent on a later day.
        ForwardAvailable = "forwardAvailable",
        /// Card purchases not yet on an invoice.
        NonInvoiced = "nonInvoiced",
    }
}

/// One balance of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Balance {
    /// How much.
    pub balance_amount: Amount,
    /// What it counts.
    pub balance_type: BalanceType,
    /// Whether a credit limit is in it.
    #[serde(
        default,
        deserialize_with = "crate::reading::truth_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub credit_limit_included: Option<bool>,
    /// When the account last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change_date_time: Option<ReceivedTime>,
    /// The day it is for; none when the bank's is impossible.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference_date: Option<Date>,
    /// Reference of the last entry in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_committed_transaction: Option<String>,
    /// Clearing number; banks put it here too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearing_number: Option<String>,
}

/// The answer to a question for balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountBalances {
    /// The account they are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountReference>,
    /// The balances.
    pub balances: Vec<Balance>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i079_balances_are_kept_as_they_come() {
        let json = r#"{"balances":[
            {"balanceAmount":{"currency":"SEK","amount":"1.00"},"balanceType":"expected"},
            {"balanceAmount":{"currency":"SEK","amount":2},"balanceType":"expected","referenceDate":"2026-02-30",
             "lastChangeDateTime":"2026-11-23T10:00:00","creditLimitIncluded":"True"},
            {"balanceAmount":{"currency":"SEK","amount":"3"},"balanceType":"newKind","lastCommittedTransaction":"x"}]}"#;
        let read: AccountBalances = serde_json::from_str(json).unwrap();
        assert_eq!(read.balances[1].reference_date, None);
        assert_eq!(read.balances[1].credit_limit_included, Some(true));
        let time = read.balances[1].last_change_date_time.as_ref().unwrap();
        assert_eq!((time.as_str(), time.to_timestamp()), ("2026-11-23T10:00:00", None));
        assert_eq!(read.balances[2].balance_type.as_str(), "newKind");
        let again: AccountBalances = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
