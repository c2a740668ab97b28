//! What is remembered, as commands see it: what the store's rules keep, and beside it what the command has to find with it.

use jiff::Timestamp;
use openpayments::model::identifier::{BasketId, PaymentId};
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::sca::Subject;
use openpayments::store::{self, PaymentIntent};
use serde::{Deserialize, Serialize};

use crate::at_bank::Whom;

/// A consent that was created here.
#[derive(Clone, Debug)]
pub(crate) struct KeptConsent {
    pub(crate) consent: store::KeptConsent,
    pub(crate) whom: Option<Whom>,
}

impl KeptConsent {
    pub(super) fn of(consent: store::KeptConsent) -> Self {
        let whom = consent.note.as_deref().and_then(|note| serde_json::from_str(note).ok());
        Self { consent, whom }
    }
}

/// What the command keeps beside a payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) whom: Whom,
    /// In the form `125.50 SEK`.
    pub(crate) amount: String,
    pub(crate) creditor: String,
}

/// A payment that was begun here.
#[derive(Clone, Debug)]
pub(crate) struct KeptPayment {
    pub(crate) intent: PaymentIntent,
    /// None once it was forgotten in time.
    about: Option<About>,
}

impl KeptPayment {
    pub(super) fn of(intent: PaymentIntent) -> Self {
        let about = intent.note.as_deref().and_then(|note| serde_json::from_str(note).ok());
        Self { intent, about }
    }

    /// What it is called: the caller's word, or how its content's digest begins.
    pub(crate) fn key(&self) -> &str {
        &self.intent.key
    }

    /// The payment at the bank, once it is known.
    pub(crate) fn payment(&self) -> Option<&PaymentRef> {
        self.intent.payment()
    }

    pub(crate) fn whom(&self) -> Option<&Whom> {
        self.about.as_ref().map(|about| &about.whom)
    }

    /// In the form `125.50 SEK`; nothing once it was forgotten in time.
    pub(crate) fn amount(&self) -> &str {
        self.about.as_ref().map(|about| about.amount.as_str()).unwrap_or_default()
    }

    /// Nothing once it was forgotten in time.
    pub(crate) fn creditor(&self) -> &str {
        self.about.as_ref().map(|about| about.creditor.as_str()).unwrap_or_default()
    }

    /// The last request that got no answer.
    pub(crate) fn lost_request(&self) -> Option<&str> {
        self.intent.unanswered().and_then(|lost| lost.request_id.as_deref())
    }

    /// Whether this is its id.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        self.payment().is_some_and(|payment| payment.id.as_str() == id)
    }
}

/// A basket that was created here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptBasket {
    pub(crate) id: BasketId,
    pub(crate) whom: Whom,
    pub(crate) payments: Vec<PaymentId>,
    pub(crate) created_at: Timestamp,
    /// As it was last seen.
    pub(crate) status: TransactionStatus,
}

/// A signature that was begun here.
#[derive(Clone, Debug)]
pub(crate) struct KeptSession {
    pub(crate) id: String,
    pub(crate) subject: Subject,
    /// Until when it is remembered.
    pub(crate) until: Timestamp,
}
