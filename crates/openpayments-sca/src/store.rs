//! Where sessions are kept between the redirect and the callback, and the handler for the callback.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use openpayments_client::Caller;

use crate::record::{SessionId, SessionRecord};
use crate::redirect::StateHash;
use crate::seal::SealKey;
use crate::{Callback, CallbackRejected, ScaError, ScaErrorKind, ScaSession};

/// What can go wrong in a store of one's own.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// Where sessions are kept. Small enough for any database: a table with a unique column for the id, one for the `state`'s
/// hash, and a mark for one that was used.
#[async_trait]
pub trait SessionStore: Debug + Send + Sync {
    /// Keeps a record, in place of the one of the same id.
    ///
    /// A `state` that was taken stays taken, also when the record brings it again: the process that polls may not know
    /// of the callback that came to another one.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    async fn put(&self, record: SessionRecord) -> Result<(), StoreError>;

    /// The record of this id.
    ///
    /// # Errors
    /// When the store fails; an id that is not there is no error.
    async fn get(&self, id: &SessionId) -> Result<Option<SessionRecord>, StoreError>;

    /// The record whose callback has this `state`, and from now on nobody gets it by that again: of any number of callers
    /// at once, one is told [`Taken::Now`]. The record stays under its id.
    ///
    /// # Errors
    /// When the store fails, and then nobody was given it.
    async fn take_by_state(&self, state: &StateHash) -> Result<Taken, StoreError>;

    /// Hands back a `state` that was taken, because the code that came with it certainly was not used: the next one to
    /// ask gets its session. Only whoever took it calls this.
    ///
    /// # Errors
    /// When it is not certain that it was handed back; a `state` that is not there is no error.
    async fn give_back(&self, state: &StateHash) -> Result<(), StoreError>;

    /// Throws a record away. The `state` that was taken stays taken until the record would have expired.
    ///
    /// # Errors
    /// When the store fails; an id that is not there is no error.
    async fn remove(&self, id: &SessionId) -> Result<(), StoreError>;
}

/// What a `state` gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Taken {
    /// Its session: you are the first and the only one.
    Now(SessionRecord),
    /// Somebody took it before.
    Before,
    /// Nobody knows it.
    Never,
}

/// Sessions kept in memory, for one process and for tests.
#[derive(Debug, Default)]
pub struct MemorySessions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    records: HashMap<SessionId, SessionRecord>,
    used: HashMap<StateHash, Timestamp>,
}

impl MemorySessions {
    /// With nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Throws away what has expired by `now`.
    pub fn forget_expired(&self, now: Timestamp) {
        let mut kept = self.lock();
        kept.records.retain(|_, record| record.expires_at() > now);
        kept.used.retain(|_, until| *until > now);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn put(&self, record: SessionRecord) -> Result<(), StoreError> {
        self.lock().records.insert(record.id().clone(), record);
        Ok(())
    }

    async fn get(&self, id: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
        Ok(self.lock().records.get(id).cloned())
    }

    async fn take_by_state(&self, state: &StateHash) -> Result<Taken, StoreError> {
        let mut kept = self.lock();
        if kept.used.contains_key(state) {
            return Ok(Taken::Before);
        }
        let found = kept.records.values().find(|record| record.state() == Some(*state)).cloned();
        Ok(match found {
            Some(record) => {
                kept.used.insert(*state, record.expires_at());
                Taken::Now(record)
            }
            None => Taken::Never,
        })
    }

    async fn give_back(&self, state: &StateHash) -> Result<(), StoreError> {
        self.lock().used.remove(state);
        Ok(())
    }

    async fn remove(&self, id: &SessionId) -> Result<(), StoreError> {
        self.lock().records.remove(id);
        Ok(())
    }
}

/// Takes a callback in whichever process it arrives: finds its session, exchanges the code, keeps the session as it is
/// then, and hands it over to be followed to its end.
///
/// Check the request with [`check_callback_request`](crate::check_callback_request) first; `query` is what stands behind
/// the question mark. Once the session is found, the exchange runs to its end in a task of its own, also when this future
/// is dropped because the browser went away. Show what comes of it to the browser that began the session, known by a
/// cookie of yours, and to no other: the PSU may come back in another one.
///
/// # Errors
/// [`ScaErrorKind::CallbackRejected`] when it is not ours, was here before, or its code was refused,
/// [`ScaErrorKind::Store`] when the store failed, and as [`ScaSession::import`] and [`ScaSession::callback`]. After a
/// failed exchange the session is kept all the same, and its status tells. Where the exchange certainly did not happen (no
/// connection, or the auth server was busy) the `state` is handed back: the browser may load the callback again.
pub async fn handle_callback(
    query: &str,
    store: &Arc<dyn SessionStore>,
    caller: &Caller,
    key: Option<&SealKey>,
) -> Result<ScaSession, ScaError> {
    let rejected = |why: CallbackRejected| ScaError::new(ScaErrorKind::CallbackRejected).because(why);
    let failed = |error: StoreError| ScaError::new(ScaErrorKind::Store).because(error);
    let callback = Callback::parse(query).map_err(rejected)?;
    let (store, caller, key) = (Arc::clone(store), caller.clone(), key.cloned());
    let task = tokio::spawn(async move {
        let record = match store.take_by_state(&callback.state_hash()).await.map_err(failed)? {
            Taken::Now(record) => record,
            Taken::Before => return Err(rejected(CallbackRejected::UsedState)),
            Taken::Never => return Err(rejected(CallbackRejected::WrongState)),
        };
        let state = callback.state_hash();
        let mut session = ScaSession::import(caller, &record, key.as_ref())?;
        let done = session.take_callback(callback).await;
        let record = session.export(key.as_ref())?;
        let is_awaited_again = record.state() == Some(state);
        store.put(record).await.map_err(failed)?;
        if is_awaited_again {
            store.give_back(&state).await.map_err(failed)?;
        }
        done.map(|()| session)
    });
    task.await.unwrap_or_else(|stopped| Err(ScaError::new(ScaErrorKind::Store).because(stopped)))
}
