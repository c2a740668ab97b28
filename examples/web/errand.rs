//! What a customer has begun: to pay for something, or to connect a bank. A cookie leads back to it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use openpayments::model::identifier::ConsentId;
use openpayments::model::payment::PaymentRef;
use openpayments::prelude::*;
use openpayments::sca::{SessionId, Subject};

use crate::app::Visitor;

/// Why somebody signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub bic: BicFi,
    pub bank_name: String,
    pub psu: PsuId,
    pub by_redirect: bool,
}

#[derive(Clone, Debug)]
pub struct Errand {
    pub purpose: Purpose,
    pub customer: Customer,
    /// What is signed.
    pub subject: Subject,
    pub session: SessionId,
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

/// All errands, by a random id that only the customer's cookie knows.
#[derive(Debug, Default)]
pub struct Errands(Mutex<HashMap<String, Errand>>);

impl Errands {
    /// Keeps an errand and gives the cookie that leads to it.
    pub fn begin(&self, errand: Errand) -> HeaderValue {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let cookie =
            format!("{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400", errand.purpose.as_str());
        self.lock().insert(id, errand);
        HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The errand of this browser.
    pub fn of(&self, visitor: &Visitor, purpose: Purpose) -> Option<Errand> {
        self.lock().get(cookie(&visitor.headers, purpose.as_str())?).cloned()
    }

    /// Notes how the signature of a session ended; nothing when it goes on.
    pub fn note(&self, session: &SessionId, outcome: Option<&Outcome>) {
        for errand in self.lock().values_mut().filter(|errand| errand.session == *session) {
            errand.outcome = outcome.cloned();
        }
    }

    pub fn of_session(&self, session: &SessionId) -> Option<Errand> {
        self.lock().values().find(|errand| errand.session == *session).cloned()
    }

    pub fn forget(&self, visitor: &Visitor, purpose: Purpose) {
        if let Some(id) = cookie(&visitor.headers, purpose.as_str()) {
            self.lock().remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Errand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
