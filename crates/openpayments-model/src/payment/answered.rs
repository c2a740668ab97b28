//! What a bank answers about a payment.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Amount;
use crate::authorisation::{ChallengeData, ScaMethod};
use crate::identifier::PaymentId;
use crate::link::Links;
use crate::message::{self, TppMessage};
use crate::payment::StructuredRemittance;
use crate::status::TransactionStatus;

/// The answer to creating a payment. No money moves before it is authorised.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedPayment {
    /// Where it stands: `RCVD` at most banks.
    pub transaction_status: TransactionStatus,
    /// Its id.
    pub payment_id: PaymentId,
    /// What the bank charges.
    #[serde(default)]
    pub transaction_fees: Option<Amount>,
    /// Whether the bank charges anything.
    #[serde(default, deserialize_with = "crate::reading::truth_or_none")]
    pub transaction_fee_indicator: Option<bool>,
    /// The day of execution, as the bank set it; none when it is impossible.
    #[serde(default, deserialize_with = "crate::reading::date_or_none")]
    pub requested_execution_date: Option<Date>,
    /// The reference that goes with it.
    #[serde(default)]
    pub remittance_information_structured: Option<StructuredRemittance>,
    /// The text on the debtor's statement; giro payments only.
    #[serde(default)]
    pub debtor_account_message: Option<String>,
    /// The text on the creditor's statement; giro payments only.
    #[serde(default)]
    pub creditor_account_message: Option<String>,
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
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Warnings, such as a creditor on a warning list.
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl CreatedPayment {
    /// A payment of which only the id is known, because the rest of the answer could not be read. Its status has to be
    /// asked for: until then it is the unknown one without text.
    pub fn known_by_id(payment_id: PaymentId) -> Self {
        Self {
            transaction_status: TransactionStatus::from(""),
            payment_id,
            transaction_fees: None,
            transaction_fee_indicator: None,
            requested_execution_date: None,
            remittance_information_structured: None,
            debtor_account_message: None,
            creditor_account_message: None,
            sca_methods: Vec::new(),
            chosen_sca_method: None,
            challenge_data: None,
            psu_message: None,
            links: Links::default(),
            tpp_messages: Vec::new(),
        }
    }

    /// What should be known although it succeeded.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

/// The answer to asking where a payment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentState {
    /// Where it stands.
    pub transaction_status: TransactionStatus,
    /// Why it was rejected, or that another signer is needed.
    #[serde(default, deserialize_with = "crate::reading::messages", skip_serializing_if = "Vec::is_empty")]
    pub tpp_messages: Vec<TppMessage>,
}

impl PaymentState {
    /// What should be known although it was answered.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

/// The answer to cancelling a payment when the cancellation has to be signed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CancellationStarted {
    /// Where the payment stands.
    pub transaction_status: TransactionStatus,
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
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Warnings.
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl CancellationStarted {
    /// What should be known although it succeeded.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_payment_is_not_lost_for_an_odd_member() {
        let created: CreatedPayment = serde_json::from_str(
            r#"{"transactionStatus":"RCVD","paymentId":"p-1","requestedExecutionDate":"2026-02-30",
                "transactionFeeIndicator":"no","_links":null,"challengeData":{"data":[7]},"message":"Sign",
                "tppMessages":[{"category":"WARNING","code":"CREDITOR_ACCOUNT_FLAGGED"},7,null]}"#,
        )
        .unwrap();
        assert_eq!(created.requested_execution_date, None);
        assert_eq!(created.psu_message.as_deref(), Some("Sign"));
        assert_eq!(created.warnings().count(), 1);
    }

    #[test]
    fn f39_of_a_payment_known_by_its_id_nothing_else_is_claimed() {
        let known = CreatedPayment::known_by_id(PaymentId::parse("p-1").unwrap());
        assert!(!known.transaction_status.is_final());
        assert_eq!(known.transaction_status.as_str(), "");
    }
}
