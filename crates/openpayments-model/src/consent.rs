//! Consents: what the PSU lets us read, for how long and how often.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::account::AccountReference;
use crate::authorisation::{ChallengeData, ScaMethod};
use crate::identifier::ConsentId;
use crate::link::Links;
use crate::message::{self, TppMessage};
use crate::status::ConsentStatus;
use crate::{InvalidValue, Rule};

open_enum! {
    /// Which accounts a global consent is for.
    pub enum AllAccounts {
        /// All of them.
        AllAccounts = "allAccounts",
        /// All of them, with their balances.
        AllAccountsWithBalances = "allAccountsWithBalances",
    }
}

/// What a consent lets us read. Empty means: whatever the PSU grants at the bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Lists the accounts there are, without what is on them. Few banks take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_accounts: Option<AllAccounts>,
    /// Everything the directive allows. Few banks take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_psd2: Option<AllAccounts>,
}

impl AccountAccess {
    /// Details, balances and transactions of these accounts.
    pub fn to(accounts: Vec<AccountReference>) -> Self {
        Self {
            accounts: Some(accounts.clone()),
            balances: Some(accounts.clone()),
            transactions: Some(accounts),
            ..Self::default()
        }
    }

    /// The list of accounts there are, with their balances or without.
    pub fn available_accounts(which: AllAccounts) -> Self {
        Self { available_accounts: Some(which), ..Self::default() }
    }

    /// Everything the directive allows, of all accounts.
    pub fn all_psd2() -> Self {
        Self { all_psd2: Some(AllAccounts::AllAccounts), ..Self::default() }
    }

    /// Checks it as the platform's docs do: balances and transactions only of accounts whose details are asked for
    /// too, and empty lists only together.
    ///
    /// # Errors
    /// [`Rule::Conflict`] naming `access`.
    pub fn check(&self) -> Result<(), InvalidValue> {
        let refused = |why| Err(InvalidValue::new("access", Rule::Conflict(why)));
        let given = [&self.accounts, &self.balances, &self.transactions];
        let empty = given.into_iter().flatten().filter(|list| list.is_empty()).count();
        if empty != 0 && empty != given.into_iter().flatten().count() {
            return refused("either all lists of accounts are empty or none is");
        }
        let named = |account| self.accounts.as_ref().is_none_or(|accounts| accounts.contains(account));
        let parts = [&self.balances, &self.transactions];
        if !parts.into_iter().flatten().flatten().all(named) {
            return refused("balances and transactions are of accounts that are asked for too");
        }
        if self.available_accounts.is_some() && self.all_psd2.is_some() {
            return refused("either the list of accounts or everything");
        }
        Ok(())
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

    /// Says that payments will be made in the same session. The platform's docs give it no effect.
    #[must_use]
    pub fn combined_service(mut self) -> Self {
        self.combined_service_indicator = true;
        self
    }

    /// What it asks to read.
    pub fn asked_access(&self) -> &AccountAccess {
        &self.access
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
    /// The way that is already chosen, if the bank chose.
    #[serde(default)]
    pub chosen_sca_method: Option<ScaMethod>,
    /// What to show, if a way is already chosen.
    #[serde(default)]
    pub challenge_data: Option<ChallengeData>,
    /// Text to show to the PSU.
    #[serde(default, alias = "psuMessage")]
    pub message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Warnings.
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl CreatedConsent {
    /// What should be known although it succeeded.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
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
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub access: AccountAccess,
    /// Whether it can be used more than once.
    #[serde(deserialize_with = "crate::reading::truth")]
    pub recurring_indicator: bool,
    /// Its last day, as the bank set it.
    pub valid_until: Date,
    /// How often a day it can be used without the PSU, per account and kind of call.
    #[serde(deserialize_with = "crate::reading::whole_number")]
    pub frequency_per_day: u32,
    /// The day it was last used or changed; none when the bank's is impossible.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_action_date: Option<Date>,
    /// Where it stands.
    pub consent_status: ConsentStatus,
    /// Where its accounts are.
    #[serde(rename = "_links", default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
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
    fn an_access_names_every_account_it_reads_of() {
        let account = |number| AccountReference::bban(&crate::Bban::parse(number).unwrap());
        let mut access = AccountAccess::to(vec![account("41351300039")]);
        assert!(access.check().is_ok());
        access.balances = Some(vec![account("32704620016")]);
        assert_eq!(access.check().unwrap_err().field(), "access");
        access.balances = Some(Vec::new());
        assert!(access.check().is_err());
        assert!(AccountAccess::to(Vec::new()).check().is_ok());
        assert!(AccountAccess::default().check().is_ok());
        let all = serde_json::to_string(&AccountAccess::all_psd2()).unwrap();
        assert_eq!(all, r#"{"allPsd2":"allAccounts"}"#);
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
        let again: Consent = serde_json::from_str(&serde_json::to_string(&consent).unwrap()).unwrap();
        assert_eq!(again, consent);
    }
}
