//! Signing baskets: several payments, or consents, under one signature.

use jiff::Timestamp;
use openpayments_model::status::TransactionStatus;

use super::{Owner, Resource, World};

/// One basket.
#[derive(Clone, Debug)]
pub(crate) struct Basket {
    pub(crate) owner: Owner,
    pub(crate) payments: Vec<String>,
    pub(crate) consents: Vec<String>,
    /// That of the basket alone: what it holds lives on by itself once it is signed.
    pub(crate) status: TransactionStatus,
    pub(crate) signers: Vec<String>,
}

impl Basket {
    /// Whether nobody has said the last word on it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, TransactionStatus::Received | TransactionStatus::PartiallyAcceptedTechnical)
    }

    /// What it holds.
    pub(crate) fn members(&self) -> impl Iterator<Item = Resource> + '_ {
        let payments = self.payments.iter().cloned().map(Resource::Payment);
        payments.chain(self.consents.iter().cloned().map(Resource::Consent))
    }
}

impl World {
    /// Who has signed the basket, while it and all it holds wait for a signature.
    pub(super) fn basket_signers(&self, id: &str) -> Option<Vec<String>> {
        let basket = self.baskets.get(id).filter(|basket| basket.is_open())?;
        let all_wait = basket.members().all(|member| self.awaits_signature(&member));
        all_wait.then(|| basket.signers.clone())
    }

    /// Somebody has signed: with the last signature everything in it is signed.
    pub(super) fn sign_basket(&mut self, id: &str, psu: &str, wants_second: bool, now: Timestamp) {
        let Some(basket) = self.baskets.get_mut(id) else {
            return;
        };
        if !basket.signers.iter().any(|signer| signer == psu) {
            basket.signers.push(psu.to_owned());
        }
        basket.status = if wants_second {
            TransactionStatus::PartiallyAcceptedTechnical
        } else {
            TransactionStatus::AcceptedTechnical
        };
        let members: Vec<Resource> = basket.members().collect();
        for member in members {
            self.sign(&member, psu, wants_second, now);
        }
    }

    /// The PSU has said no: nothing in it is accepted either.
    pub(super) fn reject_basket(&mut self, id: &str) {
        let Some(basket) = self.baskets.get_mut(id) else {
            return;
        };
        basket.status = TransactionStatus::Rejected;
        let members: Vec<Resource> = basket.members().collect();
        for member in members {
            // What was signed or cancelled by other hands meanwhile is not this basket's to reject.
            if self.awaits_signature(&member) {
                self.reject(&member);
            }
        }
    }
}
