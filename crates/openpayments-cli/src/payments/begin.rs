//! Creates a payment once: what is about to be sent is remembered first, and what came of it before anything else happens.
//! The same words again go on where they stopped, and never send a second payment by themselves.

use openpayments::Bank;
use openpayments::model::message::TppMessage;
use openpayments::model::payment::{PaymentOrder, PaymentRef};
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::{Amount, ErrorKind};
use openpayments::store::{CallError, Key, Once, OnceError, PaymentIntent, Reconciled, StoreError};

use crate::at_bank::Whom;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{About, KeptPayment, Memory};
use crate::money::Money;
use crate::problem::Problem;
use crate::stop;
use crate::terminal;

/// A payment that is about to be created.
pub(super) struct Intent<'a> {
    pub(super) connection: &'a Connection,
    pub(super) bank: &'a Bank,
    pub(super) whom: Whom,
    /// What the caller calls it; a digest of its content if it has no name.
    pub(super) key: Option<String>,
    pub(super) amount: Amount,
    pub(super) creditor: String,
    pub(super) money: &'a Money,
    /// Create it anew where an earlier attempt may exist.
    pub(super) anew: bool,
}

/// What came of it.
pub(crate) struct Begun {
    pub(crate) key: String,
    pub(crate) payment: PaymentRef,
    pub(crate) status: Option<TransactionStatus>,
    /// As it is remembered, if that could be done.
    pub(crate) kept: Option<KeptPayment>,
    /// It was created by an earlier run.
    pub(crate) before: bool,
    pub(crate) warnings: Vec<TppMessage>,
}

impl Intent<'_> {
    /// Creates it, or finds it.
    pub(super) async fn begin<P>(self, payment: P) -> anyhow::Result<Begun>
    where
        P: PaymentOrder + Send + Sync + 'static,
    {
        let memory = Memory::open(self.connection)?;
        let now = self.connection.now();
        let failed = |error| memory.failed(error);
        // Its content is what it is known by, where it has no name.
        let bank = self.whom.bank.clone();
        let named = self.key.as_deref().unwrap_or("unnamed");
        let content = PaymentIntent::new(named, bank, &payment, now).map_err(failed)?.content;
        let key = self.key.clone().unwrap_or_else(|| content.chars().take(12).collect());
        let before = memory.payment(&key).await?;
        let is_sent_anew = match &before {
            Some(before) => {
                if let Some(found) = self.found(&memory, before, &content).await? {
                    return Ok(found);
                }
                true
            }
            None => false,
        };
        memory.tidy(now).await;
        self.money.allow(self.connection, &self.amount.to_string(), self.key.is_some()).await?;
        stop::remember_how_to_go_on(
            "say the same again to go on; openpayments payments list shows where it stands",
        );
        let about = About {
            whom: self.whom.clone(),
            amount: self.amount.to_string(),
            creditor: self.creditor.clone(),
        };
        let noted = Key::new(key.as_str()).note(serde_json::to_string(&about)?);
        let created = Box::pin(stop::not_to_be_cut_off(async {
            if is_sent_anew {
                self.bank.recreate_payment(&memory.payments, noted, payment).await
            } else {
                self.bank.create_payment_once(&memory.payments, noted, payment).await
            }
        }));
        let created = self.connection.output.waiting("Creating the payment", created).await;
        let once = created.map_err(|error| told(error, &memory, &key))?;
        self.created(&memory, key, once).await
    }

    /// The same key was there before: the payment, if it exists; nothing, if it is to be created anew.
    async fn found(
        &self,
        memory: &Memory,
        before: &KeptPayment,
        content: &str,
    ) -> anyhow::Result<Option<Begun>> {
        let key = before.key().to_owned();
        if before.intent.content != content {
            let what = format!("the key {key} is taken by another payment of {}", before.amount());
            return Err(Problem::new(Exit::Refused, what).next("give another --key").into());
        }
        if let Some(payment) = before.payment() {
            return Ok(Some(Begun {
                key,
                payment: payment.clone(),
                status: before.intent.status.clone(),
                kept: Some(before.clone()),
                before: true,
                warnings: Vec::new(),
            }));
        }
        // An answer that broke off may have said where the payment is.
        let looked = self.bank.reconcile_payment(&memory.payments, &key, None);
        match self.connection.output.waiting("Looking for the payment", looked).await {
            Ok(Reconciled::Found { payment, state }) => {
                let (status, kept) = (Some(state.transaction_status), memory.payment(&key).await?);
                Ok(Some(Begun { key, payment, status, kept, before: true, warnings: Vec::new() }))
            }
            Err(CallError::Store(error)) => Err(memory.failed(error)),
            _ if self.anew => Ok(None),
            _ => Err(unknown(&key, before.lost_request()).into()),
        }
    }

    async fn created(&self, memory: &Memory, key: String, once: Once) -> anyhow::Result<Begun> {
        let Once { payment, answer, recorded, .. } = once;
        if !recorded {
            // It exists, whatever can be kept of it here: its id must reach the person.
            terminal::note(format_args!("payment {} was created and cannot be remembered", payment.id));
        }
        let kept = memory.payment(&key).await.ok().flatten();
        let Some(answer) = answer else {
            let status = kept.as_ref().and_then(|kept| kept.intent.status.clone());
            return Ok(Begun { key, payment, status, kept, before: true, warnings: Vec::new() });
        };
        let warnings: Vec<TppMessage> =
            answer.warnings.iter().chain(answer.body.body.warnings()).cloned().collect();
        self.connection.output.warnings(&warnings);
        let status = (!answer.body.recovered).then(|| answer.body.body.transaction_status.clone());
        Ok(Begun { key, payment, status, kept, before: false, warnings })
    }
}

/// An error of creating, with the next step that is known here.
fn told(error: OnceError, memory: &Memory, key: &str) -> anyhow::Error {
    match error {
        OnceError::Call(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            let id = error.request_id().map(|id| id.to_string());
            unknown(key, id.as_deref()).because(*error).into()
        }
        OnceError::Call(error) => (*error).into(),
        OnceError::MayExist(intent) => {
            let request = intent.unanswered().and_then(|lost| lost.request_id.as_deref());
            unknown(key, request).into()
        }
        OnceError::Store(StoreError::Conflict) => {
            let what = format!("the key {key} was taken by another payment just now");
            Problem::new(Exit::Refused, what).next("give another --key").into()
        }
        OnceError::Store(StoreError::Superseded) => {
            let what = "another run creates the same payment just now; nothing was sent by this one";
            Problem::new(Exit::Store, what).next("openpayments payments list").into()
        }
        OnceError::Store(error) => memory.failed(error),
        OnceError::Superseded(stray) => {
            let what = format!(
                "another run had the payment {key} created meanwhile; that of this run, {}, is not signed",
                stray.id
            );
            let next = "say the same again, and it goes on with the other one";
            Problem::new(Exit::Refused, what).next(next).into()
        }
        refused => {
            let next = format!("find out with: openpayments payments reconcile {key}");
            Problem::new(Exit::Refused, "it may not be created anew").next(next).because(refused).into()
        }
    }
}

fn unknown(key: &str, request_id: Option<&str>) -> Problem {
    let request = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
    let what =
        format!("OUTCOME UNKNOWN: the payment {key} was sent and no answer came{request}; it may exist");
    let next = format!("do not pay again; find out with: openpayments payments reconcile {key}");
    Problem::new(Exit::OutcomeUnknown, what).next(next)
}
