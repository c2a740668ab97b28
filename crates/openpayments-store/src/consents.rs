//! Consents that were created.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::BicFi;
use openpayments_model::identifier::ConsentId;
use openpayments_model::status::ConsentStatus;
use serde::{Deserialize, Serialize};

use crate::typed::Typed;
use crate::{Kind, Store, StoreError};

/// A consent, as it was last seen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What the caller called it, where it was created [once](crate::create_consent_once).
    pub key: Option<String>,
    /// What the caller keeps beside it; whatever has to be found with it.
    pub note: Option<String>,
}

impl KeptConsent {
    /// One that was created just now.
    pub fn new(id: ConsentId, bank: BicFi, created_at: Timestamp) -> Self {
        Self { id, bank, created_at, status: ConsentStatus::Received, key: None, note: None }
    }
}

/// Shows no note, since it is the caller's and may be personal.
impl fmt::Debug for KeptConsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptConsent")
            .field("id", &self.id)
            .field("bank", &self.bank)
            .field("created_at", &self.created_at)
            .field("status", &self.status)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What was asked for under a key.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    content: String,
    /// The consent that came of it; none while it is asked for, or when nobody knows. One that exists then is an orphan
    /// that nobody has signed, and does no harm.
    consent: Option<ConsentId>,
}

/// The consents of a store.
#[derive(Clone, Debug)]
pub struct Consents {
    consents: Typed<KeptConsent>,
    asked: Typed<Asked>,
}

impl Consents {
    /// Those of this store.
    pub fn in_store(store: Arc<dyn Store>) -> Self {
        Self {
            consents: Typed::new(Arc::clone(&store), Kind::Consent),
            asked: Typed::new(store, Kind::ConsentKey),
        }
    }

    /// Keeps a consent, in place of what was known of it.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    pub async fn keep(&self, consent: &KeptConsent) -> Result<(), StoreError> {
        self.consents.put(consent.id.as_str(), consent).await
    }

    /// Keeps where a consent stands.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] for one that was not kept, and when it is not certain that it is kept.
    pub async fn note_status(&self, id: &ConsentId, status: &ConsentStatus) -> Result<(), StoreError> {
        self.consents
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
        self.consents.get(id.as_str()).await
    }

    /// The consent of this key.
    ///
    /// # Errors
    /// When the store fails, or it cannot be read.
    pub async fn of_key(&self, key: &str) -> Result<Option<KeptConsent>, StoreError> {
        match self.asked.get(key).await?.and_then(|asked| asked.consent) {
            Some(id) => self.get(&id).await,
            None => Ok(None),
        }
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn list(&self) -> Result<Vec<KeptConsent>, StoreError> {
        let mut consents = self.consents.list().await?;
        consents.sort_by_key(|consent| std::cmp::Reverse(consent.created_at));
        Ok(consents)
    }

    /// Forgets a consent, and that its key stands for it.
    ///
    /// # Errors
    /// When the store fails; one that is not there is no error.
    pub async fn forget(&self, id: &ConsentId) -> Result<(), StoreError> {
        if let Some(key) = self.get(id).await?.and_then(|consent| consent.key) {
            self.release(&key, id).await?;
        }
        self.consents.remove(id.as_str()).await
    }

    /// Lets a key stand for another consent; this one stays.
    ///
    /// # Errors
    /// When the store fails; a key that does not stand for this consent is no error.
    pub async fn release(&self, key: &str, id: &ConsentId) -> Result<(), StoreError> {
        let released = self.asked.change(key, |asked| {
            asked.consent.take_if(|consent| consent == id);
            Ok(())
        });
        match released.await {
            Err(StoreError::NotThere) => Ok(()),
            done => done,
        }
    }

    /// Forgets the consents that were created before `day` and are over, or were never signed. Gives how many it were.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn forget_older_than(&self, day: Timestamp) -> Result<usize, StoreError> {
        let mut old = self.list().await?;
        old.retain(|consent| {
            let is_of_no_use = consent.status.is_over() || consent.status == ConsentStatus::Received;
            is_of_no_use && consent.created_at < day
        });
        for consent in &old {
            self.forget(&consent.id).await?;
        }
        Ok(old.len())
    }

    /// Keeps that a consent is asked for under a key; or gives the one there is that can be used.
    pub(crate) async fn ask(&self, key: &str, content: &str) -> Result<Option<KeptConsent>, StoreError> {
        let asked = || Asked { content: content.to_owned(), consent: None };
        loop {
            if self.asked.insert(key, &asked()).await? {
                return Ok(None);
            }
            let Some(before) = self.asked.get(key).await? else { continue };
            let usable = match &before.consent {
                Some(id) => self.get(id).await?.filter(|consent| !consent.status.is_over()),
                None => None,
            };
            if let Some(consent) = usable {
                return if before.content == content { Ok(Some(consent)) } else { Err(StoreError::Conflict) };
            }
            let mine = self.asked.change(key, |now| {
                let is_free = now.consent == before.consent;
                if is_free {
                    *now = asked();
                }
                Ok(is_free)
            });
            match mine.await {
                Ok(true) => return Ok(None),
                Ok(false) | Err(StoreError::NotThere) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Keeps the consent that came of it; gives the one its key stands for now. That is another one where several asked at
    /// once: the first to be kept is the key's, the others are orphans.
    pub(crate) async fn answered(&self, key: &str, consent: &KeptConsent) -> Result<ConsentId, StoreError> {
        self.keep(consent).await?;
        self.asked
            .change(key, |asked| Ok(asked.consent.get_or_insert_with(|| consent.id.clone()).clone()))
            .await
    }
}
