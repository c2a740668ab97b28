//! Creates a payment once: what is about to be sent is remembered first, and what came of it before anything else happens.
//! The same words again go on where they stopped, and never send a second payment.

use openpayments::Bank;
use openpayments::model::message::TppMessage;
use openpayments::model::payment::{PaymentOrder, PaymentRef};
use openpayments::prelude::{Amount, Error, ErrorKind};
use sha2::{Digest, Sha256};

use crate::at_bank::Whom;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptPayment, Memory, Stage};
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
}

/// What came of it.
pub(crate) struct Begun {
    pub(crate) kept: KeptPayment,
    pub(crate) payment: PaymentRef,
    /// It was created by an earlier run.
    pub(crate) before: bool,
    pub(crate) warnings: Vec<TppMessage>,
}

impl Intent<'_> {
    /// Creates it, or finds it.
    pub(super) async fn begin<P: PaymentOrder + Sync>(self, payment: P) -> anyhow::Result<Begun> {
        let memory = Memory::open(self.connection)?;
        let content = format!("{} {} {}", self.whom.bank, P::PATH, serde_json::to_string(&payment)?);
        let content = hex(&Sha256::digest(content.as_bytes()));
        let named = self.key.is_some();
        let key = self.key.clone().unwrap_or_else(|| content.chars().take(12).collect());
        if let Some(before) = memory.payment(&key).await? {
            return found(before, &content);
        }
        let phrase = self.amount.to_string();
        self.money.allow(self.connection, &phrase, named).await?;
        let mut kept = KeptPayment {
            key: key.clone(),
            content,
            whom: self.whom.clone(),
            amount: self.amount.to_string(),
            creditor: self.creditor.clone(),
            terms: payment.terms(),
            begun_at: self.connection.now(),
            stage: Stage::Sent { request_id: None },
            status: None,
        };
        if !memory.begin_payment(&kept).await? {
            let what = "another run creates the same payment just now; nothing was sent by this one";
            return Err(Problem::new(Exit::Store, what).next("openpayments payments list").into());
        }
        stop::remember_how_to_go_on(
            "say the same again to go on; openpayments payments list shows where it stands",
        );
        let created = Box::pin(stop::not_to_be_cut_off(async {
            let created = self.bank.create_payment(payment).await;
            match &created {
                Ok(answer) => {
                    kept.stage = Stage::Created(answer.body.payment.clone());
                    if !answer.body.recovered {
                        kept.status = Some(answer.body.body.transaction_status.clone());
                    }
                    // It exists, whatever can be kept of it here: its id must reach the person.
                    if let Err(error) = memory.keep_payment(&kept).await {
                        let id = &answer.body.payment.id;
                        terminal::note(format_args!(
                            "payment {id} was created and cannot be remembered: {error:#}"
                        ));
                    }
                }
                Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                    kept.stage = Stage::Sent { request_id: error.request_id().map(|id| id.to_string()) };
                    memory.keep_payment(&kept).await?;
                }
                // It was refused, or never left: the same words may be said again.
                // If that fails it stays as one that may exist, and nothing is sent.
                Err(_) => drop(memory.forget_payment(&key).await),
            }
            anyhow::Ok(created)
        }));
        match self.connection.output.waiting("Creating the payment", created).await? {
            Ok(answer) => {
                let warnings: Vec<TppMessage> =
                    answer.warnings.iter().chain(answer.body.body.warnings()).cloned().collect();
                self.connection.output.warnings(&warnings);
                Ok(Begun { kept, payment: answer.body.payment, before: false, warnings })
            }
            Err(error) => Err(told(error, &key)),
        }
    }
}

/// The same key was there before.
fn found(before: KeptPayment, content: &str) -> anyhow::Result<Begun> {
    if before.content != content {
        let what = format!("the key {} is taken by another payment of {}", before.key, before.amount);
        return Err(Problem::new(Exit::Refused, what).next("give another --key").into());
    }
    match before.stage.clone() {
        Stage::Created(payment) => Ok(Begun { kept: before, payment, before: true, warnings: Vec::new() }),
        Stage::Sent { request_id } => Err(unknown(&before.key, request_id.as_deref()).into()),
    }
}

/// An error of creating, with the next step that is known here.
fn told(error: Error, key: &str) -> anyhow::Error {
    if error.kind() == ErrorKind::OutcomeUnknown {
        let id = error.request_id().map(|id| id.to_string());
        return unknown(key, id.as_deref()).because(error).into();
    }
    error.into()
}

fn unknown(key: &str, request_id: Option<&str>) -> Problem {
    let request = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
    let what =
        format!("OUTCOME UNKNOWN: the payment {key} was sent and no answer came{request}; it may exist");
    let next = format!("do not pay again; find out with: openpayments payments reconcile {key}");
    Problem::new(Exit::OutcomeUnknown, what).next(next)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
