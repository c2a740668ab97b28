//! Signing baskets: many payments, or consents, that the PSU signs at once.

use serde::{Deserialize, Serialize};

use crate::authorisation::{ChallengeData, ScaMethod};
use crate::identifier::{BasketId, ConsentId, PaymentId};
use crate::link::Links;
use crate::message::{self, TppMessage};
use crate::status::TransactionStatus;
use crate::{InvalidValue, Rule};

/// What goes into a basket. All of it has to be at one bank, for one PSU, and not yet signed.
///
/// How many fit is the bank's choice: the directory tells
/// ([`PaymentCapabilities`](crate::aspsp::PaymentCapabilities)). Payments of several products and days may be mixed.
///
/// ```
/// use openpayments_model::basket::BasketOrder;
/// use openpayments_model::identifier::PaymentId;
///
/// let order = BasketOrder::of_payments([PaymentId::parse("p-1")?, PaymentId::parse("p-2")?])?;
/// assert_eq!(serde_json::to_string(&order).unwrap(), r#"{"paymentIds":["p-1","p-2"]}"#);
/// # Ok::<(), openpayments_model::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BasketOrder {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payment_ids: Vec<PaymentId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consent_ids: Vec<ConsentId>,
}

impl BasketOrder {
    /// A basket of payments.
    ///
    /// # Errors
    /// [`Rule::Empty`] without a payment, [`Rule::Conflict`] when one is in it twice.
    pub fn of_payments(payments: impl IntoIterator<Item = PaymentId>) -> Result<Self, InvalidValue> {
        Ok(Self { payment_ids: distinct("paymentIds", payments)?, consent_ids: Vec::new() })
    }

    /// A basket of consents. It is in the schema; no bank is known to take it.
    ///
    /// # Errors
    /// [`Rule::Empty`] without a consent, [`Rule::Conflict`] when one is in it twice.
    pub fn of_consents(consents: impl IntoIterator<Item = ConsentId>) -> Result<Self, InvalidValue> {
        Ok(Self { payment_ids: Vec::new(), consent_ids: distinct("consentIds", consents)? })
    }

    /// The payments in it.
    pub fn payments(&self) -> &[PaymentId] {
        &self.payment_ids
    }

    /// The consents in it.
    pub fn consents(&self) -> &[ConsentId] {
        &self.consent_ids
    }

    /// Checks it against the number the bank allows.
    ///
    /// # Errors
    /// [`Rule::Range`] when there is more in it.
    pub fn check_limit(&self, most: u32) -> Result<(), InvalidValue> {
        let count = self.payment_ids.len() + self.consent_ids.len();
        if u32::try_from(count).is_ok_and(|count| count <= most) {
            Ok(())
        } else {
            let why = Rule::Range("at most as many as the bank's directory entry says");
            Err(InvalidValue::new("paymentIds", why))
        }
    }
}

fn distinct<T: Ord + Clone>(
    field: &'static str,
    ids: impl IntoIterator<Item = T>,
) -> Result<Vec<T>, InvalidValue> {
    let ids: Vec<T> = ids.into_iter().collect();
    if ids.is_empty() {
        return Err(InvalidValue::new(field, Rule::Empty));
    }
    if std::collections::BTreeSet::from_iter(&ids).len() < ids.len() {
        return Err(InvalidValue::new(field, Rule::Conflict("each may be in it once")));
    }
    Ok(ids)
}

/// The answer to creating a basket. Nothing in it is signed yet.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedBasket {
    /// Where it stands: `RCVD` as a rule.
    pub transaction_status: TransactionStatus,
    /// Its id.
    pub basket_id: BasketId,
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

impl CreatedBasket {
    /// What should be known although it succeeded.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

/// A basket as the bank keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Basket {
    /// Where it stands.
    pub transaction_status: TransactionStatus,
    /// The payments in it.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<PaymentId>,
    /// The consents in it.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentId>,
    /// Where to go next.
    #[serde(rename = "_links", default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// What the bank says of it.
    #[serde(default, deserialize_with = "crate::reading::messages", skip_serializing_if = "Vec::is_empty")]
    pub tpp_messages: Vec<TppMessage>,
}

/// The answer to asking where a basket stands. What became of its payments is each payment's own status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BasketState {
    /// Where it stands; banks use `RCVD`, `ACTC`, `PATC`, `ACWC`, `ACSP`, `ACSC`, `RJCT` and `CANC` of it.
    pub transaction_status: TransactionStatus,
    /// Why it was rejected, or that another signer is needed.
    #[serde(default, deserialize_with = "crate::reading::messages", skip_serializing_if = "Vec::is_empty")]
    pub tpp_messages: Vec<TppMessage>,
}

impl BasketState {
    /// What should be known although it was answered.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basket_is_never_empty_and_holds_each_payment_once() {
        let id = |text| PaymentId::parse(text).unwrap();
        assert_eq!(BasketOrder::of_payments([]).unwrap_err().rule(), Rule::Empty);
        assert_eq!(BasketOrder::of_payments([id("a"), id("a")]).unwrap_err().field(), "paymentIds");
        let two = BasketOrder::of_payments([id("a"), id("b")]).unwrap();
        assert!(two.check_limit(2).is_ok());
        assert!(two.check_limit(1).is_err());
    }

    #[test]
    fn a_basket_reads_with_its_own_names() {
        let json = r#"{"transactionStatus":"PATC","payments":["p-1"],"consents":null}"#;
        let basket: Basket = serde_json::from_str(json).unwrap();
        assert_eq!(basket.payments.len(), 1);
        assert_eq!(
            serde_json::to_string(&basket).unwrap(),
            r#"{"transactionStatus":"PATC","payments":["p-1"]}"#
        );
    }
}
