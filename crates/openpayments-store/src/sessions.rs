//! Signing sessions, for `handle_callback` and for going on elsewhere.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use openpayments_sca::{SessionId, SessionRecord, SessionStore, StateHash, Taken};
use serde::{Deserialize, Serialize};

use crate::typed::Typed;
use crate::{Kind, Store, StoreError};

/// Signing sessions in any [`Store`]. A `state` is taken once, whichever process the callback reaches.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Arc<dyn Store>,
    states: Typed<State>,
}

/// What is known of a `state`.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    session: String,
    expires_at: Timestamp,
    used: bool,
}

impl Sessions {
    /// Those of this store.
    pub fn in_store(store: Arc<dyn Store>) -> Self {
        Self { states: Typed::new(Arc::clone(&store), Kind::State), store }
    }

    /// The sessions that have not ended.
    ///
    /// # Errors
    /// When the store fails, or one of them cannot be read.
    pub async fn list(&self) -> Result<Vec<SessionRecord>, StoreError> {
        let entries = self.store.list(Kind::Session).await?;
        entries.iter().map(|entry| record(&entry.value)).collect()
    }

    /// Throws away what has expired by `now`.
    ///
    /// # Errors
    /// When the store fails, or something in it cannot be read.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        for session in self.list().await? {
            if session.expires_at() <= now {
                self.store.remove(Kind::Session, session.id().as_str()).await?;
            }
        }
        for entry in self.store.list(Kind::State).await? {
            let state: State = serde_json::from_slice(&entry.value).map_err(StoreError::unreadable)?;
            if state.expires_at <= now {
                self.store.remove(Kind::State, &entry.key).await?;
            }
        }
        Ok(())
    }
}

fn record(bytes: &[u8]) -> Result<SessionRecord, StoreError> {
    SessionRecord::from_bytes(bytes).map_err(StoreError::unreadable)
}

#[async_trait]
impl SessionStore for Sessions {
    async fn put(&self, record: SessionRecord) -> Result<(), openpayments_sca::StoreError> {
        self.store.put(Kind::Session, record.id().as_str(), record.as_bytes()).await?;
        if let Some(state) = record.state() {
            let (session, expires_at) = (record.id().to_string(), record.expires_at());
            // One that is there stays as it is: it may have been taken in between.
            self.states.insert(&state.to_string(), &State { session, expires_at, used: false }).await?;
        }
        Ok(())
    }

    async fn get(&self, id: &SessionId) -> Result<Option<SessionRecord>, openpayments_sca::StoreError> {
        let entry = self.store.get(Kind::Session, id.as_str()).await?;
        Ok(entry.map(|entry| record(&entry.value)).transpose()?)
    }

    async fn take_by_state(&self, state: &StateHash) -> Result<Taken, openpayments_sca::StoreError> {
        let key = state.to_string();
        let taken = self.states.change(&key, |state| {
            let before = std::mem::replace(&mut state.used, true);
            Ok((!before).then(|| state.session.clone()))
        });
        let session = match taken.await {
            Ok(Some(session)) => session,
            Ok(None) => return Ok(Taken::Before),
            Err(StoreError::NotThere) => return Ok(Taken::Never),
            Err(error) => return Err(error.into()),
        };
        let id = SessionId::parse(&session).ok_or(StoreError::Unreadable(None))?;
        Ok(self.get(&id).await?.map_or(Taken::Never, Taken::Now))
    }

    async fn give_back(&self, state: &StateHash) -> Result<(), openpayments_sca::StoreError> {
        let key = state.to_string();
        let handed_back = self.states.change(&key, |state| {
            state.used = false;
            Ok(())
        });
        match handed_back.await {
            Ok(()) | Err(StoreError::NotThere) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn remove(&self, id: &SessionId) -> Result<(), openpayments_sca::StoreError> {
        Ok(self.store.remove(Kind::Session, id.as_str()).await?)
    }
}
