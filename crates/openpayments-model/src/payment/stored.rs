//! A payment as the bank keeps it.

use std::fmt;

use jiff::civil::Date;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Address, ExecutionRule, Frequency};
use crate::Amount;
use crate::account::{AccountReference, AccountReferenceWithGiro, ReceivedTime};
use crate::mask::Hidden;
use crate::message::TppMessage;
use crate::status::TransactionStatus;

/// The reference that goes with a payment. Some banks send the reference alone, as text. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StructuredRemittance {
    /// The reference, at most 35 characters.
    pub reference: String,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_type: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_issuer: Option<String>,
}

impl<'de> Deserialize<'de> for StructuredRemittance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Object {
            reference: String,
            #[serde(default)]
            reference_type: Option<String>,
            #[serde(default)]
            reference_issuer: Option<String>,
        }
        struct TextOrObject;
        impl<'de> Visitor<'de> for TextOrObject {
            type Value = StructuredRemittance;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reference")
            }
            fn visit_str<E: de::Error>(self, reference: &str) -> Result<Self::Value, E> {
                Ok(StructuredRemittance {
                    reference: reference.to_owned(),
                    reference_type: None,
                    reference_issuer: None,
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                let object = Object::deserialize(de::value::MapAccessDeserializer::new(members))?;
                Ok(StructuredRemittance {
                    reference: object.reference,
                    reference_type: object.reference_type,
                    reference_issuer: object.reference_issuer,
                })
            }
        }
        deserializer.deserialize_any(TextOrObject)
    }
}

impl fmt::Debug for StructuredRemittance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StructuredRemittance({Hidden:?})")
    }
}

/// A payment as the bank keeps it, of whichever service and product. Banks leave out a lot: a giro payment comes back
/// without its giro number and reference, so nothing here is certain to be there.
///
/// `Debug` masks the numbers and leaves out names and texts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StoredPayment {
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_status: Option<TransactionStatus>,
    /// From which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account: Option<AccountReferenceWithGiro>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructed_amount: Option<Amount>,
    /// To which account; a giro number, where the bank tells one of a giro payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_account: Option<AccountReferenceWithGiro>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_name: Option<String>,
    /// BIC of the creditor's bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_agent: Option<String>,
    /// Name of the creditor's bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_agent_name: Option<String>,
    /// Where the creditor lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_address: Option<Address>,
    /// The reference of our own that travels with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_identification: Option<String>,
    /// The text the creditor sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information_unstructured: Option<String>,
    /// The reference that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information_structured: Option<StructuredRemittance>,
    /// The day of execution; none when the bank's is impossible.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub requested_execution_date: Option<Date>,
    /// The moment of execution; bulk payments only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_execution_time: Option<ReceivedTime>,
    /// The text on the debtor's statement; giro payments only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account_message: Option<String>,
    /// The text on the creditor's statement; giro payments only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_account_message: Option<String>,
    /// The first day; standing orders only.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub start_date: Option<Date>,
    /// The last day; standing orders only.
    #[serde(
        default,
        deserialize_with = "crate::reading::date_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub end_date: Option<Date>,
    /// How often; standing orders only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// What happens when a day is no banking day; standing orders only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_rule: Option<ExecutionRule>,
    /// The day of the month; standing orders only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_execution: Option<String>,
    /// The payments in it; bulk payments only.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<StoredBulkEntry>,
    /// Whether one entry on the statement was asked for; bulk payments only.
    #[serde(
        default,
        deserialize_with = "crate::reading::truth_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub batch_booking_preferred: Option<bool>,
    /// What the bank says of it.
    #[serde(default, deserialize_with = "crate::reading::messages", skip_serializing_if = "Vec::is_empty")]
    pub tpp_messages: Vec<TppMessage>,
    /// Members this version has no name for, as they came.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Debug for StoredPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredPayment")
            .field("transaction_status", &self.transaction_status)
            .field("debtor_account", &self.debtor_account)
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .field("payments", &self.payments.len())
            .finish_non_exhaustive()
    }
}

/// One payment of a bulk payment as the bank keeps it.
///
/// `Debug` masks the numbers and leaves out names and texts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StoredBulkEntry {
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructed_amount: Option<Amount>,
    /// To which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_account: Option<AccountReference>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_name: Option<String>,
    /// BIC of the creditor's bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_agent: Option<String>,
    /// Name of the creditor's bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_agent_name: Option<String>,
    /// Where the creditor lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_address: Option<Address>,
    /// The reference of our own that travels with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_identification: Option<String>,
    /// The text the creditor sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance_information_unstructured: Option<String>,
    /// Members this version has no name for, as they came.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Debug for StoredBulkEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredBulkEntry")
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_giro_payment_comes_back_without_its_giro_and_loses_nothing_else() {
        let json = r#"{"transactionStatus":"ACSP","instructedAmount":{"currency":"SEK","amount":"1.00"},
            "debtorAccount":{"bankgiroNumber":"5805-6201"},"creditorName":"Anna","paymentId":"p-1",
            "remittanceInformationStructured":"1234567897","requestedExecutionDate":"2026-10-20"}"#;
        let payment: StoredPayment = serde_json::from_str(json).unwrap();
        assert!(payment.creditor_account.is_none());
        assert_eq!(payment.other["paymentId"], "p-1");
        assert_eq!(payment.remittance_information_structured.as_ref().unwrap().reference, "1234567897");
        let again: StoredPayment = serde_json::from_str(&serde_json::to_string(&payment).unwrap()).unwrap();
        assert_eq!(again, payment);
        assert!(!format!("{payment:?}").contains("Anna"));
        assert_eq!(serde_json::from_str::<StoredPayment>("{}").unwrap(), StoredPayment::default());
    }
}
