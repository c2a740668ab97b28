//! Consents that were created.

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::BicFi;
use openpayments_model::identifier::ConsentId;
use openpayments_model::status::ConsentStatus;
use serde::{Deserialize, Serialize};

use crate::typed::Typed;
use crate::{Kind, Store, StoreError};

/// A consent, as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptConsent {
    /// Its id.
    pub id: ConsentId,
    /// The bank it is for.
    pub bank: BicFi,
    /// When it was created.
    pub created_at: Timestamp,
    /// Where it stood.
    pub status: ConsentStatus,
}

impl KeptConsent {
    /// One that was created just now.
    pub fn new(id: ConsentId, bank: BicFi, created_at: Timestamp) -> Self {
        Self { id, bank, created_at, status: ConsentStatus::Received }
    }
}

/// The consents of a store.
#[derive(Clone, Debug)]
pub struct Consents(Typed<KeptConsent>);

impl Consents {
    /// Those of this store.
    pub fn in_store(store: Arc<dyn Store>) -> Self {
        Self(Typed::new(store, Kind::Consent))
    }

    /// Keeps a consent, in place of what was known of it.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    pub async fn keep(&self, consent: &KeptConsent) -> Result<(), StoreError> {
        self.0.put(consent.id.as_str(), consent).await
    }

    /// Keeps where a consent stands.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] for one that was not kept, and when it is not certain that it is kept.
    pub async fn note_status(&self, id: &ConsentId, status: &ConsentStatus) -> Result<(), StoreError> {
        self.0
            .change(id.as_str(), |consent| {
                consent.status = status.clone();
                Ok(())
            })
            .await
    }

    /// The consent of this id.
    ///
    /// # Errors
    /// When the store fails, or it cannot be read.
    pub async fn get(&self, id: &ConsentId) -> Result<Option<KeptConsent>, StoreError> {
        self.0.get(id.as_str()).await
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn list(&self) -> Result<Vec<KeptConsent>, StoreError> {
        let mut consents = self.0.list().await?;
        consents.sort_by_key(|consent| std::cmp::Reverse(consent.created_at));
        Ok(consents)
    }

    /// Forgets a consent.
    ///
    /// # Errors
    /// When the store fails; one that is not there is no error.
    pub async fn forget(&self, id: &ConsentId) -> Result<(), StoreError> {
        self.0.remove(id.as_str()).await
    }
}
