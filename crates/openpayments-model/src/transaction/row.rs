//! One entry of an account.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{ExchangeRate, PurposeCode, TransactionCreditorAccount};
use crate::Amount;
use crate::account::AccountReference;
use crate::identifier::TransactionId;
use crate::link::Links;

/// One entry of an account. Only the amount is certain to be there; negative is a debit.
///
/// A member that cannot be read, such as an impossible date or a blank id, stays in [`other`](Self::other) as it came;
/// [`odd_members`](Self::odd_members) names it. `Debug` shows dates and the amount's currency, no names, texts or
/// numbers.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Transaction {
    /// Present when details can be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// The bank's reference of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_reference: Option<String>,
    /// The payer's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<String>,
    /// When it was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_date: Option<Date>,
    /// When it counts for interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Date>,
    /// How much; negative is a debit.
    pub transaction_amount: Amount,
    /// Who was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creditor_name: Option<String>,
    /// On which account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creditor_account: Option<Box<TransactionCreditorAccount>>,
    /// Who paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debtor_name: Option<String>,
    /// From which account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debtor_account: Option<Box<AccountReference>>,
    /// The text that went with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remittance_information_unstructured: Option<String>,
    /// The reference that went with it. Plain text here, an object in payments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remittance_information_structured: Option<String>,
    /// ISO 20022 code, such as `PMNT-RCDT-ESCT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_transaction_code: Option<String>,
    /// The bank's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proprietary_bank_transaction_code: Option<String>,
    /// The platform's own key of a booked entry; equal entries of one day can share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_list_id: Option<String>,
    /// What few entries have; absent when this one has nothing of it.
    #[serde(flatten)]
    pub extra: Option<Box<TransactionExtra>>,
    /// Where the details are.
    #[serde(rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Members this version has no name for or cannot read, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What few entries have. On the wire it stands among the other members of the [`Transaction`].
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TransactionExtra {
    /// Which mandate let a direct debit happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate_id: Option<String>,
    /// Which cheque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    /// The creditor's id, of direct debits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creditor_id: Option<String>,
    /// Rates at which currencies were exchanged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub currency_exchange: Vec<ExchangeRate>,
    /// For whom the creditor was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ultimate_creditor: Option<String>,
    /// For whom the debtor paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ultimate_debtor: Option<String>,
    /// Whatever else the bank wants to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_information: Option<String>,
    /// What it was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose_code: Option<PurposeCode>,
}

/// Members that are read on their own; one that is odd costs nothing but itself.
pub(super) const LEAVES: [&str; 19] = [
    "additionalInformation",
    "bankTransactionCode",
    "bookingDate",
    "checkId",
    "creditorId",
    "creditorName",
    "debtorName",
    "endToEndId",
    "entryReference",
    "mandateId",
    "proprietaryBankTransactionCode",
    "purposeCode",
    "remittanceInformationStructured",
    "remittanceInformationUnstructured",
    "transactionId",
    "transactionListId",
    "ultimateCreditor",
    "ultimateDebtor",
    "valueDate",
];

impl Transaction {
    /// The names of members that have a place here but came in a way that cannot be read: an impossible date, a number
    /// where a text is due, a blank id. Their values are in [`other`](Self::other).
    pub fn odd_members(&self) -> impl Iterator<Item = &str> {
        self.other.keys().map(String::as_str).filter(|name| LEAVES.contains(name))
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("booking_date", &self.booking_date)
            .field("currency", &self.transaction_amount.currency())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TransactionExtra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionExtra")
            .field("currency_exchange", &self.currency_exchange.len())
            .field("purpose_code", &self.purpose_code)
            .finish_non_exhaustive()
    }
}
