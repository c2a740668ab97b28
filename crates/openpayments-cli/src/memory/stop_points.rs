//! Points at which a test kills the command: before and after each writing. No release has them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use openpayments::store::{Entry, Kind, Store, StoreError};

use crate::terminal;

/// Says at which point to stop; 1 is before the first writing, 2 after it.
const STOP_AT: &str = "OPENPAYMENTS_STOP_AT";

/// How many points this process has passed, in all its openings of the store.
static PASSED: AtomicUsize = AtomicUsize::new(0);

/// The store, with such points where a test asks for one.
pub(super) fn around(store: Arc<dyn Store>) -> Arc<dyn Store> {
    let at = std::env::var(STOP_AT).ok().and_then(|text| text.parse().ok());
    match at {
        Some(at) => Arc::new(StopPoints { store, at }),
        None => store,
    }
}

#[derive(Debug)]
struct StopPoints {
    store: Arc<dyn Store>,
    at: usize,
}

impl StopPoints {
    /// Goes on, or says that it has stopped and waits to be killed.
    async fn pass(&self) {
        if PASSED.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            terminal::note(format_args!("stopped at {}", self.at));
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Store for StopPoints {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.pass().await;
        let done = self.store.insert(kind, key, value).await;
        self.pass().await;
        done
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.pass().await;
        let done = self.store.replace(kind, key, version, value).await;
        self.pass().await;
        done
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        self.store.get(kind, key).await
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        self.store.list(kind).await
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.pass().await;
        let done = self.store.remove(kind, key).await;
        self.pass().await;
        done
    }
}
