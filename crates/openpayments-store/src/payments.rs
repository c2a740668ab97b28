//! Payments that were begun: kept before they are sent, so that none is sent twice and none is lost.

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::BicFi;
use openpayments_model::payment::{PaymentOrder, PaymentRef, PaymentTerms};
use openpayments_model::status::TransactionStatus;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::typed::Typed;
use crate::{Kind, Store, StoreError};

/// A payment that somebody means to make, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentIntent {
    /// What the caller calls it, such as the number of an order: the same key is the same payment.
    pub key: String,
    /// A digest (SHA-256) of bank, path and body.
    pub content: String,
    /// The bank it is for.
    pub bank: BicFi,
    /// What the bank must keep of it: amount and both accounts.
    pub terms: PaymentTerms,
    /// When it was begun.
    pub begun_at: Timestamp,
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
    /// It certainly does not exist. Such a one is shown to nobody; it keeps the place of its key, so that a slow writer
    /// of the first attempt cannot take the second one for its own.
    Refused,
}

/// What is known of a request that got no complete answer. It is what the platform's support asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unanswered {
    /// The `X-Request-ID` of the request.
    pub request_id: Option<String>,
    /// The status line of the answer, if that much came.
    pub http_status: Option<u16>,
    /// When it was given up.
    pub at: Timestamp,
}

impl Unanswered {
    /// Of this request.
    pub fn new(request_id: Option<String>, http_status: Option<u16>, at: Timestamp) -> Self {
        Self { request_id, http_status, at }
    }
}

impl PaymentIntent {
    /// A payment that is to be sent.
    ///
    /// # Errors
    /// When the payment cannot be written as JSON.
    pub fn new<P: PaymentOrder>(
        key: impl Into<String>,
        bank: BicFi,
        payment: &P,
        begun_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let body = serde_json::to_string(payment).map_err(StoreError::failed)?;
        let digest = Sha256::digest(format!("{bank} {} {body}", P::PATH));
        Ok(Self {
            key: key.into(),
            content: digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")),
            bank,
            terms: payment.terms(),
            begun_at,
            stage: PaymentStage::Begun,
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

    fn illegal(&self, step: &'static str) -> StoreError {
        let stage = match self.stage {
            PaymentStage::Begun => "begun",
            PaymentStage::Unanswered(_) => "unanswered",
            PaymentStage::Created(_) => "created",
            PaymentStage::Abandoned => "abandoned",
            PaymentStage::Refused => "refused",
        };
        StoreError::Illegal { step, stage }
    }
}

/// What beginning a payment came to.
#[derive(Clone, Debug)]
#[must_use]
pub enum Begun {
    /// It is kept, and you may send it; nobody else may.
    Now,
    /// It was begun before. Do not send it.
    Before(Box<PaymentIntent>),
}

/// The payments of a store.
#[derive(Clone, Debug)]
pub struct Payments(Typed<PaymentIntent>);

impl Payments {
    /// Those of this store.
    pub fn in_store(store: Arc<dyn Store>) -> Self {
        Self(Typed::new(store, Kind::Payment))
    }

    /// Keeps a payment that is about to be sent, unless one of its key is kept. Of any number of callers at once, in any
    /// number of processes, one is told [`Begun::Now`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the one of its key has other content; otherwise when it is not certain that it is
    /// kept, and then it must not be sent.
    pub async fn begin(&self, intent: &PaymentIntent) -> Result<Begun, StoreError> {
        loop {
            if self.0.insert(&intent.key, intent).await? {
                return Ok(Begun::Now);
            }
            let Some(before) = self.0.get(&intent.key).await? else { continue };
            if before.stage != PaymentStage::Refused {
                let same = before.content == intent.content;
                return if same { Ok(Begun::Before(Box::new(before))) } else { Err(StoreError::Conflict) };
            }
            if self.begin_anew(intent).await? {
                return Ok(Begun::Now);
            }
        }
    }

    /// Puts it in the place of one that was refused; whether it still was.
    async fn begin_anew(&self, intent: &PaymentIntent) -> Result<bool, StoreError> {
        self.0
            .change(&intent.key, |kept| {
                let free = kept.stage == PaymentStage::Refused;
                if free {
                    *kept = intent.clone();
                }
                Ok(free)
            })
            .await
    }

    /// Keeps that the bank has created it, or that it was found there.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when it is another payment already; [`StoreError::NotThere`] for one that was not begun;
    /// and when it is not certain that it is kept.
    pub async fn created(&self, key: &str, payment: &PaymentRef) -> Result<(), StoreError> {
        self.0
            .change(key, |intent| match &intent.stage {
                PaymentStage::Created(before) if before != payment => {
                    Err(intent.illegal("to become another payment"))
                }
                PaymentStage::Refused => Err(StoreError::NotThere),
                _ => {
                    intent.stage = PaymentStage::Created(payment.clone());
                    Ok(())
                }
            })
            .await
    }

    /// Keeps that no complete answer came.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] unless it was just begun; as [`created`](Self::created).
    pub async fn unanswered(&self, key: &str, request: &Unanswered) -> Result<(), StoreError> {
        self.0
            .change(key, |intent| match intent.stage {
                PaymentStage::Begun | PaymentStage::Unanswered(_) => {
                    intent.stage = PaymentStage::Unanswered(request.clone());
                    Ok(())
                }
                _ => Err(intent.illegal("to be unanswered")),
            })
            .await
    }

    /// Forgets a payment that certainly does not exist, because it was refused or never left: its key may be used again.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for one that exists, and for one that was given up because nobody knew; when it is not
    /// certain that this is kept.
    pub async fn refused(&self, key: &str) -> Result<(), StoreError> {
        let done = self.0.change(key, |intent| match intent.stage {
            PaymentStage::Created(_) | PaymentStage::Abandoned => Err(intent.illegal("to be refused")),
            _ => {
                intent.stage = PaymentStage::Refused;
                Ok(())
            }
        });
        match done.await {
            Err(StoreError::NotThere) => Ok(()),
            done => done,
        }
    }

    /// Keeps that the caller gave it up without knowing whether it exists. Its key stays taken.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for one that exists: cancel that. As [`created`](Self::created).
    pub async fn abandoned(&self, key: &str) -> Result<(), StoreError> {
        self.0
            .change(key, |intent| {
                match intent.stage {
                    PaymentStage::Created(_) => return Err(intent.illegal("to be abandoned")),
                    PaymentStage::Refused => return Err(StoreError::NotThere),
                    _ => {}
                }
                intent.stage = PaymentStage::Abandoned;
                Ok(())
            })
            .await
    }

    /// Takes the payment for one signature, by whatever the caller calls that (a session's id); whether it is that
    /// signature's now. Of any number of callers at once with words of their own, one is told `true`, and the same word
    /// may ask again.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for a payment that is not known to exist; as [`created`](Self::created).
    pub async fn take_for_signature(&self, key: &str, signature: &str) -> Result<bool, StoreError> {
        self.0
            .change(key, |intent| match (&intent.stage, &intent.signature) {
                (PaymentStage::Created(_), Some(before)) => Ok(before == signature),
                (PaymentStage::Created(_), None) => {
                    intent.signature = Some(signature.to_owned());
                    Ok(true)
                }
                _ => Err(intent.illegal("to be signed")),
            })
            .await
    }

    /// Lets another signature have it, after this one came to nothing.
    ///
    /// # Errors
    /// As [`created`](Self::created).
    pub async fn release(&self, key: &str, signature: &str) -> Result<(), StoreError> {
        self.0
            .change(key, |intent| {
                if intent.signature.as_deref() == Some(signature) {
                    intent.signature = None;
                }
                Ok(())
            })
            .await
    }

    /// Keeps where it stands.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when a final status would be left: that is no news but an error of the bank's, or an old
    /// answer. As [`created`](Self::created).
    pub async fn note_status(&self, key: &str, status: &TransactionStatus) -> Result<(), StoreError> {
        self.0
            .change(key, |intent| match &intent.status {
                Some(before) if before.is_final() && before != status => {
                    Err(intent.illegal("to leave a final status"))
                }
                _ => {
                    intent.status = Some(status.clone());
                    Ok(())
                }
            })
            .await
    }

    /// The payment of this key.
    ///
    /// # Errors
    /// When the store fails, or it cannot be read.
    pub async fn get(&self, key: &str) -> Result<Option<PaymentIntent>, StoreError> {
        let kept = self.0.get(key).await?;
        Ok(kept.filter(|intent| intent.stage != PaymentStage::Refused))
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn list(&self) -> Result<Vec<PaymentIntent>, StoreError> {
        let mut intents = self.0.list().await?;
        intents.retain(|intent| intent.stage != PaymentStage::Refused);
        intents.sort_by_key(|intent| std::cmp::Reverse(intent.begun_at));
        Ok(intents)
    }
}
