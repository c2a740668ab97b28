//! Entries in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Entry, Kind, Store, StoreError};

/// Entries kept in memory, for tests and for programs that keep nothing. They end with this value.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<(Kind, String), Entry>>);

impl MemoryStore {
    /// With nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Kind, String), Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        let mut entries = self.lock();
        let place = (kind, key.to_owned());
        if entries.contains_key(&place) {
            return Ok(false);
        }
        entries.insert(place, Entry::new(key, 1, value));
        Ok(true)
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        let mut entries = self.lock();
        match entries.get_mut(&(kind, key.to_owned())) {
            Some(entry) if entry.version == version => {
                *entry = Entry::new(key, version + 1, value);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        Ok(self.lock().get(&(kind, key.to_owned())).cloned())
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        let entries = self.lock();
        let of_kind = entries.iter().filter(|((of, _), _)| *of == kind);
        Ok(of_kind.map(|(_, entry)| entry.clone()).collect())
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.lock().remove(&(kind, key.to_owned()));
        Ok(())
    }
}
