//! Consents: what the PSU lets us read, for how long and how often.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::account::AccountReference;
use crate::authorisation::ScaMethod;
use crate::identifier::ConsentId;
use crate::link::Links;
use crate::message::TppMessage;
use crate::status::ConsentStatus;
use crate::{InvalidValue, Rule};

/// What a consent lets us read. Empty means: whatever the PSU grants at the bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountAccess {
    /// Accounts whose details are asked for; an empty list leaves the choice to the PSU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AccountReference>>,
    /// Accounts whose balances are asked for; part of `accounts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balances: Option<Vec<AccountReference>>,
    /// Accounts whose transactions are asked for; part of `accounts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transactions: Option<Vec<AccountReference>>,
}

impl AccountAccess {
    /// Details, balances and transactions of these accounts.
    pub fn to(accounts: Vec<AccountReference>) -> Self {
        Self {
            accounts: Some(accounts.clone()),
            balances: Some(accounts.clone()),
            transactions: Some(accounts),
        }
    }
}

/// A consent as we ask for it.
///
/// ```
/// use jiff::civil::date;
/// use openpayments_model::consent::ConsentRequest;
///
/// let request = ConsentRequest::new(date(2027, 1, 31));
/// let json = serde_json::to_string(&request)?;
/// assert!(json.contains(r#""validUntil":"2027-01-31""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRequest {
    access: AccountAccess,
    recurring_indicator: bool,
    valid_until: Date,
    frequency_per_day: u8,
    combined_service_indicator: bool,
}

impl ConsentRequest {
    /// As long as the bank allows.
    pub const LONGEST: Date = date(9999, 12, 31);

    /// Repeated reading of all accounts the PSU grants, four times a day without the PSU, until `valid_until`.
    ///
    /// The bank may shorten the time; what counts is what it answers later.
    pub fn new(valid_until: Date) -> Self {
        Self {
            access: AccountAccess::default(),
            recurring_indicator: true,
            valid_until,
            frequency_per_day: 4,
            combined_service_indicator: false,
        }
    }

    /// Asks to read once.
    #[must_use]
    pub fn one_off(mut self) -> Self {
        self.recurring_indicator = false;
        self.frequency_per_day = 1;
        self
    }

    /// Asks for certain accounts.
    #[must_use]
    pub fn access(mut self, access: AccountAccess) -> Self {
        self.access = access;
        self
    }

    /// Asks for another number of reads a day without the PSU.
    ///
    /// # Errors
    /// [`Rule::Range`] outside 1 to 4, [`Rule::Conflict`] for more than 1 on a one-off consent.
    pub fn frequency_per_day(mut self, times: u8) -> Result<Self, InvalidValue> {
        if !matches!(times, 1..=4) {
            return Err(InvalidValue::new("frequencyPerDay", Rule::Range("1 to 4")));
        }
        if !self.recurring_indicator && times != 1 {
            return Err(InvalidValue::new("frequencyPerDay", Rule::Conflict("a one-off consent reads once")));
        }
        self.frequency_per_day = times;
        Ok(self)
    }

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`] when it would end before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        if self.valid_until < today {
            return Err(InvalidValue::new("validUntil", Rule::Range("today or later")));
        }
        Ok(())
    }
}

/// The answer to asking for a consent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedConsent {
    /// Where it stands, as a rule `received`.
    pub consent_status: ConsentStatus,
    /// Its id.
    pub consent_id: ConsentId,
    /// Ways to sign, if the bank names them already.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub sca_methods: Vec<ScaMethod>,
    /// Text to show to the PSU.
    #[serde(default, alias = "psuMessage")]
    pub message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Warnings.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub tpp_messages: Vec<TppMessage>,
}

/// A consent as the bank keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Consent {
    /// Its id; some banks leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_id: Option<ConsentId>,
    /// What it lets us read.
    #[serde(default)]
    pub access: AccountAccess,
    /// Whether it can be used more than once.
    #[serde(deserialize_with = "crate::reading::truth")]
    pub recurring_indicator: bool,
    /// Its last day, as the bank set it.
    pub valid_until: Date,
    /// How often a day it can be used without the PSU, per account and kind of call.
    #[serde(deserialize_with = "crate::reading::whole_number")]
    pub frequency_per_day: u32,
    /// The day it was last used or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_action_date: Option<Date>,
    /// Where it stands.
    pub consent_status: ConsentStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i026_a_consent_must_not_have_ended_already() {
        let today = date(2026, 11, 23);
        assert!(ConsentRequest::new(date(2026, 11, 22)).check_on(today).is_err());
        assert!(ConsentRequest::new(today).check_on(today).is_ok());
        assert!(ConsentRequest::new(ConsentRequest::LONGEST).check_on(today).is_ok());
    }

    #[test]
    fn i027_reads_a_day_lie_between_one_and_four() {
        let request = || ConsentRequest::new(ConsentRequest::LONGEST);
        assert!(request().frequency_per_day(0).is_err());
        assert!(request().frequency_per_day(5).is_err());
        assert!(request().one_off().frequency_per_day(2).is_err());
        assert!(request().frequency_per_day(4).is_ok());
    }

    #[test]
    fn c17_numbers_and_truths_may_come_as_text() {
        let consent: Consent = serde_json::from_str(
            r#"{"access":{},"recurringIndicator":"true","validUntil":"2027-01-31","frequencyPerDay":"4",
                "lastActionDate":null,"consentStatus":"valid"}"#,
        )
        .unwrap();
        assert!(consent.recurring_indicator);
        assert_eq!(consent.frequency_per_day, 4);
    }
}
