//! Accounts and their balances.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::identifier::{AccountId, Bban, ClearingNumber};
use crate::link::Links;
use crate::mask::{Tail, hidden};
use crate::{Amount, BicFi, CurrencyCode, Iban, InvalidValue};

/// An account's number as it stands on the wire: checked when we made it, kept as it is when a bank sent it.
///
/// `Debug` shows the last four characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// The number as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
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
        Self(iban.as_str().to_owned())
    }
}

impl From<&Bban> for AccountNumber {
    fn from(bban: &Bban) -> Self {
        Self(bban.as_str().to_owned())
    }
}

/// Which account is meant: one number, with a clearing number and a currency where the bank wants them.
///
/// For the debtor of a single payment there is
/// [`DebtorAccount`](crate::payment::DebtorAccount), which has giro numbers too: the protocol has three shapes of it,
/// with different names for the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountReference {
    /// International number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<AccountNumber>,
    /// Domestic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bban: Option<AccountNumber>,
    /// Card number, masked by the bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_pan: Option<AccountNumber>,
    /// Clearing number, 1 to 5 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearing_number: Option<String>,
    /// Currency, where one number has several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
}

impl AccountReference {
    /// The account with this IBAN.
    pub fn iban(iban: &Iban) -> Self {
        Self { iban: Some(iban.into()), ..Self::default() }
    }

    /// The account with this domestic number.
    pub fn bban(bban: &Bban) -> Self {
        Self { bban: Some(bban.into()), ..Self::default() }
    }

    /// Adds a clearing number; Handelsbanken wants it beside the creditor's number.
    #[must_use]
    pub fn clearing_number(mut self, number: &ClearingNumber) -> Self {
        self.clearing_number = Some(number.as_str().to_owned());
        self
    }

    /// Adds a currency.
    #[must_use]
    pub fn currency(mut self, currency: CurrencyCode) -> Self {
        self.currency = Some(currency);
        self
    }
}

open_enum! {
    /// Whether an account can be used; absent means available.
    pub enum AccountStatus {
        /// Available.
        Enabled = "enabled",
        /// Closed.
        Deleted = "deleted",
        /// Blocked, for legal reasons for example.
        Blocked = "blocked",
    }
}

open_enum! {
    /// Private or professional.
    pub enum AccountUsage {
        /// A person's account.
        Private = "PRIV",
        /// A company's account.
        Organisation = "ORGA",
    }
}

/// An account as the consent lets us see it.
///
/// `Debug` masks the numbers and leaves out names and balances.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Account {
    /// What the account calls take; constant for the lifetime of the consent.
    pub resource_id: AccountId,
    /// International number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<AccountNumber>,
    /// Domestic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bban: Option<AccountNumber>,
    /// Bankgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bankgiro_number: Option<AccountNumber>,
    /// Plusgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plusgiro_number: Option<AccountNumber>,
    /// Clearing number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearing_number: Option<String>,
    /// Currency; `XXX` for an account with several.
    pub currency: CurrencyCode,
    /// Name the PSU or the bank gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The bank's product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// ISO 20022 ExternalCashAccountType1Code, such as `CACC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_account_type: Option<String>,
    /// Whether it can be used; absent means available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<AccountStatus>,
    /// BIC of the bank that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<BicFi>,
    /// Private or professional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<AccountUsage>,
    /// Who owns it; several owners may stand in one text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_name: Option<String>,
    /// Balances, when they were asked for and are granted.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub balances: Vec<Balance>,
    /// Where balances and transactions are, when granted.
    #[serde(rename = "_links", default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Members this version has no name for, as they came.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("resource_id", &self.resource_id)
            .field("iban", &self.iban)
            .field("bban", &self.bban)
            .field("currency", &self.currency)
            .field("name", &hidden(self.name.as_ref()))
            .field("owner_name", &hidden(self.owner_name.as_ref()))
            .field("balances", &self.balances.len())
            .finish_non_exhaustive()
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit_included: Option<bool>,
    /// When the account last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change_date_time: Option<Timestamp>,
    /// The day it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_date: Option<Date>,
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
