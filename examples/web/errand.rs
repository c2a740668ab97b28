//! What a customer has begun: to pay for something, or to connect a bank. A cookie leads back to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use openpayments::model::identifier::ConsentId;
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;
use openpayments::sca::{NextStep, SessionId, StoreError, Subject};
use openpayments::store::{Kind, Store};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::Visitor;
use crate::before;
use crate::form::Wanted;

/// Why somebody signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    Pay,
    Connect,
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Pay, Self::Connect];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Connect => "connect",
        }
    }

    /// Where its signature is shown.
    pub fn page(self) -> &'static str {
        match self {
            Self::Pay => "/sign/pay",
            Self::Connect => "/sign/connect",
        }
    }
}

/// Who signs, at which bank, and which way: the same on every call of an errand.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub bic: BicFi,
    pub bank_name: String,
    /// As it was typed, and checked.
    pub psu: String,
    pub by_redirect: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Errand {
    pub purpose: Purpose,
    pub customer: Customer,
    /// The form as it was sent.
    pub wanted: Wanted,
    /// What is signed.
    pub subject: Subject,
    /// The id of its session.
    pub session: String,
    pub outcome: Option<Outcome>,
}

impl Errand {
    pub fn payment(&self) -> Option<&PaymentRef> {
        match &self.subject {
            Subject::Payment(payment) => Some(payment),
            _ => None,
        }
    }

    /// Whether it is signed or may still be, so that nobody should begin it a second time.
    fn stands(&self) -> bool {
        let next = self.outcome.as_ref().map(Outcome::next_step);
        next.is_none_or(|next| {
            matches!(next, NextStep::Proceed | NextStep::AskOtherSigner | NextStep::ReadLater)
        })
    }

    /// The consent, once it is signed.
    pub fn consent(&self) -> Option<&ConsentId> {
        match (&self.subject, &self.outcome) {
            (Subject::Consent(consent), Some(Outcome::Completed(_))) => Some(consent),
            _ => None,
        }
    }
}

const KIND: Kind = Kind::Own("errand");

/// All errands, by a random id that only the customer's cookie knows. Each is in the store, too.
pub struct Errands {
    known: Mutex<HashMap<String, Errand>>,
    /// One request at a time begins an order.
    turns: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
    store: Arc<dyn Store>,
}

impl Errands {
    /// Those that were begun before this process.
    pub async fn open(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let mut known = HashMap::new();
        for entry in store.list(KIND).await? {
            known.insert(entry.key, serde_json::from_slice(&entry.value)?);
        }
        Ok(Self { known: Mutex::new(known), turns: Mutex::default(), store })
    }

    /// Keeps an errand and gives the cookie that leads to it.
    pub async fn begin(&self, errand: Errand) -> Result<HeaderValue, StoreError> {
        let id = Uuid::new_v4().simple().to_string();
        let cookie = cookie_for(errand.purpose, &id)?;
        self.write(&id, &errand).await?;
        self.lock().insert(id, errand);
        Ok(cookie)
    }

    /// Waits until no other request begins this order. The second click of a double click finds what the first began.
    pub async fn turn(&self, order: Uuid) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(order).or_default())
        };
        turn.lock_owned().await
    }

    /// The errand that a form sent again leads to, and the cookie for it: a signed one whatever the form says now, an open
    /// one if it says the same.
    pub fn begun(
        &self,
        purpose: Purpose,
        wanted: &Wanted,
        bic: &str,
    ) -> Option<Result<HeaderValue, StoreError>> {
        let known = self.lock();
        let (id, _) = known.iter().find(|(_, errand)| {
            let is_same = errand.wanted == *wanted && errand.customer.bic.as_str() == bic;
            errand.purpose == purpose
                && errand.wanted.order == wanted.order
                && errand.wanted.psu == wanted.psu
                && errand.stands()
                && (errand.outcome.is_some() || is_same)
        })?;
        Some(cookie_for(purpose, id))
    }

    /// How often this order was begun: what was refused, or given up for another account, is a payment of its own.
    pub fn attempts(&self, order: Uuid) -> usize {
        self.lock().values().filter(|errand| errand.wanted.order == order).count()
    }

    /// Payments that may stand in the way of another one: all of this order, whoever pays it, and the last one of this
    /// browser unless it is signed.
    pub fn payments_before(&self, visitor: &Visitor, order: Uuid) -> Vec<Errand> {
        let is_signed = |errand: &Errand| {
            let next = errand.outcome.as_ref().map(Outcome::next_step);
            matches!(next, Some(NextStep::Proceed | NextStep::AskOtherSigner))
        };
        let last = self.of(visitor, Purpose::Pay).filter(|errand| !is_signed(errand));
        let known = self.lock();
        let of_order = known.values().filter(|errand| errand.wanted.order == order);
        of_order.cloned().chain(last).collect()
    }

    /// Notes that a payment went through although nobody here saw it signed.
    pub async fn note_paid(&self, errand: &Errand, status: TransactionStatus) -> Result<(), StoreError> {
        match SessionId::parse(&errand.session) {
            Some(session) => self.note(&session, Some(&before::paid(status))).await,
            None => Ok(()),
        }
    }

    /// The errand of this browser.
    pub fn of(&self, visitor: &Visitor, purpose: Purpose) -> Option<Errand> {
        self.lock().get(cookie(&visitor.headers, purpose.as_str())?).cloned()
    }

    /// Notes how the signature of a session ended; nothing when it goes on.
    pub async fn note(&self, session: &SessionId, outcome: Option<&Outcome>) -> Result<(), StoreError> {
        let mut noted = Vec::new();
        for (id, errand) in self.lock().iter_mut().filter(|(_, errand)| errand.session == session.as_str()) {
            errand.outcome = outcome.cloned();
            noted.push((id.clone(), errand.clone()));
        }
        for (id, errand) in noted {
            self.write(&id, &errand).await?;
        }
        Ok(())
    }

    pub fn of_session(&self, session: &SessionId) -> Option<Errand> {
        self.lock().values().find(|errand| errand.session == session.as_str()).cloned()
    }

    pub async fn forget(&self, visitor: &Visitor, purpose: Purpose) -> Result<(), StoreError> {
        if let Some(id) = cookie(&visitor.headers, purpose.as_str()) {
            self.lock().remove(id);
            self.store.remove(KIND, id).await?;
        }
        Ok(())
    }

    async fn write(&self, id: &str, errand: &Errand) -> Result<(), StoreError> {
        Ok(self.store.put(KIND, id, &serde_json::to_vec(errand)?).await?)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Errand>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cookie_for(purpose: Purpose, id: &str) -> Result<HeaderValue, StoreError> {
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400", purpose.as_str());
    Ok(HeaderValue::try_from(cookie)?)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
