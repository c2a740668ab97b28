//! A payment that somebody means to make, and how far it has come.

use std::fmt;

use jiff::Timestamp;
use openpayments_model::BicFi;
use openpayments_model::payment::{PaymentOrder, PaymentPath, PaymentRef, PaymentTerms};
use openpayments_model::status::TransactionStatus;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Key, StoreError};

/// A payment that somebody means to make, and how far it has come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentIntent {
    /// What the caller calls it, such as the number of an order: the same key is the same payment.
    pub key: String,
    /// A digest (SHA-256) of bank, path and body.
    pub content: String,
    /// The bank it is for.
    pub bank: BicFi,
    /// What kind of payment it is.
    pub path: PaymentPath,
    /// What the bank must keep of it: amounts, accounts and references. `None` once they were
    /// [forgotten](crate::Payments::forget_older_than).
    pub terms: Option<PaymentTerms>,
    /// What the caller keeps beside it: see [`Key::note`]. Forgotten with the terms.
    pub note: Option<String>,
    /// When it was begun; when anew, the last time.
    pub begun_at: Timestamp,
    /// Which attempt it is; 1 is the first.
    pub attempt: u32,
    /// Attempts before this one that got no answer, and after which the caller had it created anew.
    pub given_up: Vec<Unanswered>,
    /// How far it has come.
    pub stage: PaymentStage,
    /// The signature it is in, by what the caller calls that: one at most.
    pub signature: Option<String>,
    /// Where it stood when it was last seen.
    pub status: Option<TransactionStatus>,
}

/// How far creating a payment has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PaymentStage {
    /// It is about to be sent, or was and the process ended before it could write more: it may exist.
    Begun,
    /// It was sent and no complete answer came: it may exist.
    Unanswered(Unanswered),
    /// It exists.
    Created(PaymentRef),
    /// The caller gave it up without knowing whether it exists.
    Abandoned,
}

impl PaymentStage {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Unanswered(_) => "unanswered",
            Self::Created(_) => "created",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What is known of a request that got no complete answer. It is what the platform's support asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unanswered {
    /// The `X-Request-ID` of the request.
    pub request_id: Option<String>,
    /// The status line of the answer, if that much came.
    pub http_status: Option<u16>,
    /// Where the answer said that the payment is (`Location`), if that much came.
    pub location: Option<String>,
    /// How the answer's body began, at most 2 KiB.
    pub body: Option<String>,
    /// When it was given up.
    pub at: Timestamp,
}

impl Unanswered {
    /// Of this request.
    pub fn new(request_id: Option<String>, http_status: Option<u16>, at: Timestamp) -> Self {
        Self { request_id, http_status, location: None, body: None, at }
    }
}

/// Shows how much there is of the body, since it may be personal.
impl fmt::Debug for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unanswered")
            .field("request_id", &self.request_id)
            .field("http_status", &self.http_status)
            .field("location", &self.location.is_some())
            .field("body", &self.body.as_ref().map(String::len))
            .field("at", &self.at)
            .finish()
    }
}

impl PaymentIntent {
    /// A payment that is to be sent.
    ///
    /// # Errors
    /// [`StoreError::InvalidKey`], and when the payment cannot be written as JSON.
    pub fn new<P: PaymentOrder>(
        key: impl Into<Key>,
        bank: BicFi,
        payment: &P,
        begun_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let (key, note) = key.into().checked()?;
        let body = serde_json::to_string(payment).map_err(StoreError::failed)?;
        let content = digest(&format!("{bank} {} {body}", P::PATH));
        let terms = Some(payment.terms());
        let (stage, given_up) = (PaymentStage::Begun, Vec::new());
        Ok(Self {
            key,
            content,
            bank,
            path: P::PATH,
            terms,
            note,
            begun_at,
            attempt: 1,
            given_up,
            stage,
            signature: None,
            status: None,
        })
    }

    /// The payment at the bank, once it is known.
    pub fn payment(&self) -> Option<&PaymentRef> {
        match &self.stage {
            PaymentStage::Created(payment) => Some(payment),
            _ => None,
        }
    }

    /// Whether it may exist and nobody knows: look for it before anything else, and send nothing.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, PaymentStage::Begun | PaymentStage::Unanswered(_))
    }

    /// The last request that got no answer; `None` where the process ended before it could write more.
    pub fn unanswered(&self) -> Option<&Unanswered> {
        match &self.stage {
            PaymentStage::Unanswered(request) => Some(request),
            _ => None,
        }
    }

    /// Whether nothing more comes of it: the bank's last word was said, or the caller's.
    pub(crate) fn is_over(&self) -> bool {
        self.stage == PaymentStage::Abandoned
            || (self.payment().is_some() && self.status.as_ref().is_some_and(TransactionStatus::is_final))
    }

    /// What would be known of its present attempt if that were given up now.
    pub(crate) fn as_given_up(&self) -> Unanswered {
        self.unanswered().cloned().unwrap_or_else(|| Unanswered::new(None, None, self.begun_at))
    }

    pub(crate) fn illegal(&self, step: &'static str) -> StoreError {
        StoreError::Illegal { step, stage: self.stage.name() }
    }
}

/// Shows no note, since it is the caller's and may be personal.
impl fmt::Debug for PaymentIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentIntent")
            .field("key", &self.key)
            .field("bank", &self.bank)
            .field("path", &self.path)
            .field("terms", &self.terms)
            .field("begun_at", &self.begun_at)
            .field("attempt", &self.attempt)
            .field("stage", &self.stage)
            .field("signature", &self.signature)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// SHA-256, in hexadecimal digits.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
