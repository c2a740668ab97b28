//! The account a single payment comes from.

use serde::Serialize;

use crate::account::{AccountNumber, AccountReferenceWithGiro};
use crate::identifier::{Bankgiro, Bban, ClearingNumber, Plusgiro};
use crate::{CurrencyCode, Iban};

/// The debtor's account of a single payment: the one shape that knows giro numbers as `bankgiroNumber` and
/// `plusgiroNumber`. Which number a bank takes differs by bank and product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DebtorAccount {
    #[serde(flatten)]
    number: DebtorNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    clearing_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<CurrencyCode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum DebtorNumber {
    Iban(AccountNumber),
    Bban(AccountNumber),
    BankgiroNumber(AccountNumber),
    PlusgiroNumber(AccountNumber),
}

impl From<&DebtorAccount> for AccountReferenceWithGiro {
    fn from(account: &DebtorAccount) -> Self {
        let plain = Self {
            clearing_number: account.clearing_number.clone(),
            currency: account.currency,
            ..Self::default()
        };
        match account.number.clone() {
            DebtorNumber::Iban(number) => Self { iban: Some(number), ..plain },
            DebtorNumber::Bban(number) => Self { bban: Some(number), ..plain },
            DebtorNumber::BankgiroNumber(number) => Self { bankgiro_number: Some(number), ..plain },
            DebtorNumber::PlusgiroNumber(number) => Self { plusgiro_number: Some(number), ..plain },
        }
    }
}

impl DebtorAccount {
    fn of(number: DebtorNumber) -> Self {
        Self { number, clearing_number: None, currency: None }
    }

    /// The account with this IBAN.
    pub fn iban(iban: &Iban) -> Self {
        Self::of(DebtorNumber::Iban(iban.into()))
    }

    /// The account with this domestic number.
    pub fn bban(bban: &Bban) -> Self {
        Self::of(DebtorNumber::Bban(bban.into()))
    }

    /// The account with this bankgiro number.
    pub fn bankgiro(number: &Bankgiro) -> Self {
        Self::of(DebtorNumber::BankgiroNumber(number.into()))
    }

    /// The account with this plusgiro number; Nordea's companies pay from it.
    pub fn plusgiro(number: &Plusgiro) -> Self {
        Self::of(DebtorNumber::PlusgiroNumber(number.into()))
    }

    /// Adds a clearing number.
    #[must_use]
    pub fn clearing_number(mut self, number: &ClearingNumber) -> Self {
        self.clearing_number = Some(number.as_str().to_owned());
        self
    }

    /// Adds the account's currency.
    #[must_use]
    pub fn currency(mut self, currency: CurrencyCode) -> Self {
        self.currency = Some(currency);
        self
    }
}
