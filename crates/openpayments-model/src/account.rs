//! Accounts and their balances.

mod balance;
mod number;
mod reference;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::balance::{AccountBalances, Balance, BalanceType, ReceivedTime};
pub use self::number::AccountNumber;
pub use self::reference::{AccountReference, AccountReferenceWithGiro};
use crate::identifier::AccountId;
use crate::link::Links;
use crate::mask::hidden;
use crate::{BicFi, CurrencyCode};

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
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msisdn: Option<AccountNumber>,
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
    /// Accounts that hang together with it, such as a card's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_accounts: Option<String>,
    /// Private or professional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<AccountUsage>,
    /// What it is for, or else worth knowing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_loses_nothing_and_prints_no_name() {
        let json = r#"{"resourceId":"a-1","iban":"SE0000000000000000000000","currency":"XXX","name":"Anna's",
            "status":"frozen","linkedAccounts":"a-2","details":"x","ownerName":"Anna","bic":"ESSESESS",
            "_links":{"balances":{"href":"/b"},"transactions":"/t"},"newMember":{"a":[1]}}"#;
        let account: Account = serde_json::from_str(json).unwrap();
        assert!(
            account.iban.as_ref().unwrap().to_iban().is_err(),
            "kept although its check digits are wrong"
        );
        assert_eq!(account.status.as_ref().unwrap().as_str(), "frozen");
        assert_eq!(account.links.get("transactions"), Some("/t"));
        let again: Account = serde_json::from_str(&serde_json::to_string(&account).unwrap()).unwrap();
        assert_eq!(again, account);
        assert!(!format!("{account:?}").contains("Anna"));
    }
}
