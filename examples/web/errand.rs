//! What a customer has begun: to pay for something, or to connect a bank. A cookie leads back to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use openpayments::model::identifier::ConsentId;
use openpayments::model::payment::PaymentRef;
use openpayments::prelude::*;
use openpayments::sca::{SessionId, StoreError, Subject};
use openpayments::store::{Kind, Store};
use serde::{Deserialize, Serialize};

use crate::app::Visitor;

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
    store: Arc<dyn Store>,
}

impl Errands {
    /// Those that were begun before this process.
    pub async fn open(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let mut known = HashMap::new();
        for entry in store.list(KIND).await? {
            known.insert(entry.key, serde_json::from_slice(&entry.value)?);
        }
        Ok(Self { known: Mutex::new(known), store })
    }

    /// Keeps an errand and gives the cookie that leads to it.
    pub async fn begin(&self, errand: Errand) -> Result<HeaderValue, StoreError> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let cookie =
            format!("{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400", errand.purpose.as_str());
        self.write(&id, &errand).await?;
        self.lock().insert(id, errand);
        Ok(HeaderValue::try_from(cookie)?)
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

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
