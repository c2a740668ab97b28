//! The rules over payments that were begun: kept before they are sent, so that none is sent twice and none is lost.

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::payment::PaymentRef;
use openpayments_model::status::TransactionStatus;
use serde::{Deserialize, Serialize};

use crate::intent::{PaymentIntent, PaymentStage, Unanswered};
use crate::typed::Typed;
use crate::{Kind, Store, StoreError};

/// What beginning a payment came to.
#[derive(Clone, Debug)]
#[must_use]
pub enum Begun {
    /// It is kept, and you may send it; nobody else may. Write down what comes of it under this attempt.
    Now(Attempt),
    /// It was begun before. Do not send it.
    Before(Box<PaymentIntent>),
}

/// The right to send a payment, once. What comes of it is written down under the attempt, so that one that was given up,
/// and answers late, is not taken for the next one's payment.
#[derive(Clone, Debug)]
pub struct Attempt {
    key: String,
    number: u32,
}

/// What stands under a key.
#[derive(Debug, Serialize, Deserialize)]
enum Kept {
    Intent(Box<PaymentIntent>),
    /// What was begun here does not exist, or was forgotten, and the key may be used. Nothing is left of it but how many
    /// attempts there were: a slow writer of one of them must not take a later one for its own.
    Free {
        attempts: u32,
    },
}

impl Kept {
    fn intent(self) -> Option<PaymentIntent> {
        match self {
            Self::Intent(intent) => Some(*intent),
            Self::Free { .. } => None,
        }
    }
}

/// The payments of a store.
#[derive(Clone, Debug)]
pub struct Payments(Typed<Kept>);

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
            if self.0.insert(&intent.key, &Kept::Intent(Box::new(intent.clone()))).await? {
                return Ok(Begun::Now(Attempt::of(intent)));
            }
            let begun = self.0.change(&intent.key, |kept| match kept {
                Kept::Free { attempts } => {
                    let attempt = PaymentIntent { attempt: *attempts + 1, ..intent.clone() };
                    let begun = Begun::Now(Attempt::of(&attempt));
                    *kept = Kept::Intent(Box::new(attempt));
                    Ok(begun)
                }
                Kept::Intent(before) if before.content == intent.content => Ok(Begun::Before(before.clone())),
                Kept::Intent(_) => Err(StoreError::Conflict),
            });
            match begun.await {
                Err(StoreError::NotThere) => {}
                begun => return begun,
            }
        }
    }

    /// Keeps that a payment is about to be sent anew, although an attempt before got no answer and may exist. That is the
    /// caller's decision, for a person who has looked: see [`recreate_payment`](crate::recreate_payment). The attempt
    /// before stays in [`PaymentIntent::given_up`], and if it answers now its payment is not taken.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for one that exists, [`StoreError::NotThere`] for one that was not begun,
    /// [`StoreError::Conflict`] for other content, [`StoreError::Superseded`] when somebody else did so just now; when it
    /// is not certain that it is kept.
    pub async fn begin_anew(&self, intent: &PaymentIntent) -> Result<Attempt, StoreError> {
        let seen = self.get(&intent.key).await?.ok_or(StoreError::NotThere)?.attempt;
        self.change(&intent.key, |before| {
            if before.content != intent.content {
                return Err(StoreError::Conflict);
            }
            if before.attempt != seen {
                return Err(StoreError::Superseded);
            }
            if before.payment().is_some() {
                return Err(before.illegal("to be created anew"));
            }
            let given_up = before.given_up.iter().cloned().chain([before.as_given_up()]).collect();
            *before = PaymentIntent { attempt: seen + 1, given_up, ..intent.clone() };
            Ok(Attempt::of(before))
        })
        .await
    }

    /// Keeps that the bank has created it.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when another attempt took its place: then this payment must not be signed.
    /// [`StoreError::Illegal`] when it is another payment already; when it is not certain that it is kept.
    pub async fn created(&self, attempt: &Attempt, payment: &PaymentRef) -> Result<(), StoreError> {
        self.of_attempt(attempt, |intent| become_created(intent, payment)).await
    }

    /// Keeps that no complete answer came.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] unless it was just begun; as [`created`](Self::created).
    pub async fn unanswered(&self, attempt: &Attempt, request: &Unanswered) -> Result<(), StoreError> {
        self.of_attempt(attempt, |intent| {
            if !intent.is_open() {
                return Err(intent.illegal("to be unanswered"));
            }
            intent.stage = PaymentStage::Unanswered(request.clone());
            Ok(())
        })
        .await
    }

    /// Forgets an attempt that certainly came to nothing, because it was refused or never left: the key may be used again.
    /// Where an attempt before may exist, the key is that one's again.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for one that exists, and for one that was given up because nobody knew; as
    /// [`created`](Self::created).
    pub async fn refused(&self, attempt: &Attempt) -> Result<(), StoreError> {
        self.0
            .change(&attempt.key, |kept| {
                let intent = match kept {
                    Kept::Intent(intent) if intent.attempt == attempt.number => intent,
                    Kept::Free { attempts } if *attempts == attempt.number => return Ok(()),
                    _ => return Err(StoreError::Superseded),
                };
                if !intent.is_open() {
                    return Err(intent.illegal("to be refused"));
                }
                match intent.given_up.pop() {
                    Some(before) => intent.stage = PaymentStage::Unanswered(before),
                    None => *kept = Kept::Free { attempts: attempt.number },
                }
                Ok(())
            })
            .await
    }

    /// Keeps that one that may exist was found at the bank.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when it is another payment already; [`StoreError::NotThere`] for one that was not begun;
    /// and when it is not certain that it is kept.
    pub async fn found(&self, key: &str, payment: &PaymentRef) -> Result<(), StoreError> {
        self.change(key, |intent| become_created(intent, payment)).await
    }

    /// Keeps that the caller gave it up without knowing whether it exists. Its key stays taken.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for one that exists: cancel that. As [`found`](Self::found).
    pub async fn abandoned(&self, key: &str) -> Result<(), StoreError> {
        self.change(key, |intent| {
            if intent.payment().is_some() {
                return Err(intent.illegal("to be abandoned"));
            }
            intent.stage = PaymentStage::Abandoned;
            Ok(())
        })
        .await
    }

    /// Forgets a payment, on the word of a caller who knows what became of it: its key may be used for another one. Nothing
    /// is left of it but that there was an attempt.
    ///
    /// # Errors
    /// When it is not certain that it is forgotten; one that is not there is no error.
    pub async fn forget(&self, key: &str) -> Result<(), StoreError> {
        let forgotten = self.0.change(key, |kept| {
            if let Kept::Intent(intent) = kept {
                *kept = Kept::Free { attempts: intent.attempt };
            }
            Ok(())
        });
        match forgotten.await {
            Err(StoreError::NotThere) => Ok(()),
            done => done,
        }
    }

    /// Takes the payment for one signature, by whatever the caller calls that (a session's id); whether it is that
    /// signature's now. Of any number of callers at once with words of their own, one is told `true`, and the same word
    /// may ask again.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for a payment that is not known to exist; as [`found`](Self::found).
    pub async fn take_for_signature(&self, key: &str, signature: &str) -> Result<bool, StoreError> {
        self.change(key, |intent| match (&intent.stage, &intent.signature) {
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
    /// As [`found`](Self::found).
    pub async fn release(&self, key: &str, signature: &str) -> Result<(), StoreError> {
        self.change(key, |intent| {
            intent.signature.take_if(|taken| taken == signature);
            Ok(())
        })
        .await
    }

    /// Keeps where it stands.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when a final status would be left: that is no news but an error of the bank's, or an old
    /// answer. As [`found`](Self::found).
    pub async fn note_status(&self, key: &str, status: &TransactionStatus) -> Result<(), StoreError> {
        self.change(key, |intent| match &intent.status {
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
        Ok(self.0.get(key).await?.and_then(Kept::intent))
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn list(&self) -> Result<Vec<PaymentIntent>, StoreError> {
        let mut intents: Vec<_> = self.0.list().await?.into_iter().filter_map(Kept::intent).collect();
        intents.sort_by_key(|intent| std::cmp::Reverse(intent.begun_at));
        Ok(intents)
    }

    /// Forgets amounts, accounts, notes and answers of payments that were begun before `day` and are over: settled, rejected,
    /// cancelled or abandoned. Key, digest, id and status stay, so that none of them is sent again. One that may exist and
    /// one that the bank still works on are left as they are. Gives how many it were.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn forget_older_than(&self, day: Timestamp) -> Result<usize, StoreError> {
        let mut forgotten = 0;
        for intent in self.list().await? {
            let is_due = intent.is_over() && intent.begun_at < day && intent.terms.is_some();
            if is_due {
                let forget = |intent: &mut PaymentIntent| {
                    // It may have been forgotten and begun anew since it was read.
                    if intent.is_over() && intent.begun_at < day {
                        (intent.terms, intent.note) = (None, None);
                        intent.given_up.clear();
                    }
                    Ok(())
                };
                match self.change(&intent.key, forget).await {
                    Ok(()) => forgotten += 1,
                    Err(StoreError::NotThere) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(forgotten)
    }

    async fn of_attempt(
        &self,
        attempt: &Attempt,
        mut change: impl FnMut(&mut PaymentIntent) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let changed = self.change(&attempt.key, |intent| {
            if intent.attempt == attempt.number { change(intent) } else { Err(StoreError::Superseded) }
        });
        match changed.await {
            Err(StoreError::NotThere) => Err(StoreError::Superseded),
            done => done,
        }
    }

    async fn change<R>(
        &self,
        key: &str,
        mut change: impl FnMut(&mut PaymentIntent) -> Result<R, StoreError> + Send,
    ) -> Result<R, StoreError> {
        self.0
            .change(key, |kept| match kept {
                Kept::Intent(intent) => change(intent),
                Kept::Free { .. } => Err(StoreError::NotThere),
            })
            .await
    }
}

impl Attempt {
    fn of(intent: &PaymentIntent) -> Self {
        Self { key: intent.key.clone(), number: intent.attempt }
    }
}

fn become_created(intent: &mut PaymentIntent, payment: &PaymentRef) -> Result<(), StoreError> {
    match &intent.stage {
        PaymentStage::Created(before) if before != payment => {
            Err(intent.illegal("to become another payment"))
        }
        _ => {
            intent.stage = PaymentStage::Created(payment.clone());
            Ok(())
        }
    }
}
