//! Encrypts what another store keeps.

use std::sync::Arc;

use async_trait::async_trait;
use openpayments_client::{Entropy, SystemEntropy};
use openpayments_sca::SealKey;

use crate::{Entry, Kind, Store, StoreError};

/// Seals every value (AES-256-GCM) before another store keeps it. Kinds and keys stay readable, and a value opens only under
/// its own: one that was moved to another key is [`StoreError::Unreadable`]. What it does not notice is an older value put
/// back under the same key.
#[derive(Debug)]
pub struct SealedStore {
    inner: Arc<dyn Store>,
    key: SealKey,
    entropy: Arc<dyn Entropy>,
}

impl SealedStore {
    /// Seals what `inner` keeps. Keep the key elsewhere.
    pub fn new(inner: Arc<dyn Store>, key: SealKey) -> Self {
        Self { inner, key, entropy: Arc::new(SystemEntropy) }
    }

    fn seal(&self, kind: Kind, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let sealed = self.key.seal(value, bound_to(kind, key).as_bytes(), self.entropy.as_ref());
        sealed.ok_or_else(|| StoreError::failed("the value cannot be sealed"))
    }

    fn open(&self, kind: Kind, entry: Entry) -> Result<Entry, StoreError> {
        let opened = self.key.open(&entry.value, bound_to(kind, &entry.key).as_bytes());
        let value = opened.ok_or(StoreError::Unreadable(None))?;
        Ok(Entry { value, ..entry })
    }
}

fn bound_to(kind: Kind, key: &str) -> String {
    format!("{} {key}", kind.as_word())
}

#[async_trait]
impl Store for SealedStore {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.inner.insert(kind, key, &self.seal(kind, key, value)?).await
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.inner.replace(kind, key, version, &self.seal(kind, key, value)?).await
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        self.inner.get(kind, key).await?.map(|entry| self.open(kind, entry)).transpose()
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        self.inner.list(kind).await?.into_iter().map(|entry| self.open(kind, entry)).collect()
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.inner.remove(kind, key).await
    }
}
