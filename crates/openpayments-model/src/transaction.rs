//! Transactions of an account.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{AccountNumber, AccountReference, Balance};
use crate::identifier::TransactionId;
use crate::link::Links;
use crate::{Amount, CurrencyCode};

open_enum! {
    /// Which transactions are asked for.
    pub enum BookingStatus {
        /// Booked ones.
        Booked = "booked",
        /// Those not yet booked.
        Pending = "pending",
        /// Both.
        Both = "both",
    }
}

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

/// One entry of an account. Only the amount is certain to be there; negative is a debit.
///
/// `Debug` shows dates and the amount's currency, no names, texts or numbers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Transaction {
    /// Present when details can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// The bank's reference of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_reference: Option<String>,
    /// The payer's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<String>,
    /// When it was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_date: Option<Date>,
    /// When it counts for interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Date>,
    /// How much; negative is a debit.
    pub transaction_amount: Amount,
    /// Who was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_name: Option<String>,
    /// On which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_account: Option<TransactionCreditorAccount>,
    /// Who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_name: Option<String>,
    /// From which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account: Option<AccountReference>,
    /// The text that went with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information_unstructured: Option<String>,
    /// The reference that went with it. Plain text here, an object in payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information_structured: Option<String>,
    /// ISO 20022 code, such as `PMNT-RCDT-ESCT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_transaction_code: Option<String>,
    /// The platform's own key of a booked entry; equal entries of one day can share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_list_id: Option<String>,
    /// Where the details are.
    #[serde(rename = "_links", default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Members this version has no name for, as they came.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("booking_date", &self.booking_date)
            .field("currency", &self.transaction_amount.currency())
            .finish_non_exhaustive()
    }
}

/// One page of transactions. `next` among the links, when there is one, leads to the page after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransactionsPage {
    /// The account they are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountReference>,
    /// The transactions.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub transactions: AccountReport,
    /// Balances, when they were asked for.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub balances: Vec<Balance>,
}

/// The transactions of a page and the links that belong to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountReport {
    /// Booked entries.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub booked: Vec<Transaction>,
    /// Entries not yet booked.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Transaction>,
    /// `account`, and for paging `first`, `next`, `previous`, `last`.
    #[serde(rename = "_links", default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_banks_send_it_and_loses_nothing() {
        let json = r#"{"account":{"iban":"SE4550000000058398257466"},
            "transactions":{"booked":[{"transactionId":"t1","bookingDate":"2026-11-02",
              "transactionAmount":{"currency":"SEK","amount":-12.50},"creditorName":"Made-up Shop","ourOwn":{"a":1}}],
              "pending":null,"_links":{"account":"/psd2/accountinformation/v1/accounts/1"}}}"#;
        let page: TransactionsPage = serde_json::from_str(json).unwrap();
        let row = &page.transactions.booked[0];
        assert_eq!(row.transaction_amount.to_string(), "-12.50 SEK");
        assert_eq!(row.other["ourOwn"]["a"], 1);
        let again: TransactionsPage = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        assert_eq!(again, page);
    }
}
