//! Entries as values of a type, changed without losing what another writes at the same time.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Kind, Store, StoreError};

/// The entries of one kind.
#[derive(Debug)]
pub(crate) struct Typed<T> {
    store: Arc<dyn Store>,
    kind: Kind,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Typed<T> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), kind: self.kind, of: PhantomData }
    }
}

impl<T: Serialize + DeserializeOwned> Typed<T> {
    pub(crate) fn new(store: Arc<dyn Store>, kind: Kind) -> Self {
        Self { store, kind, of: PhantomData }
    }

    /// Keeps a new one; whether there was none.
    pub(crate) async fn insert(&self, key: &str, value: &T) -> Result<bool, StoreError> {
        self.store.insert(self.kind, key, &written(value)?).await
    }

    pub(crate) async fn put(&self, key: &str, value: &T) -> Result<(), StoreError> {
        self.store.put(self.kind, key, &written(value)?).await
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.store.get(self.kind, key).await?.map(|entry| read(&entry.value)).transpose()
    }

    pub(crate) async fn list(&self) -> Result<Vec<T>, StoreError> {
        self.store.list(self.kind).await?.iter().map(|entry| read(&entry.value)).collect()
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.store.remove(self.kind, key).await
    }

    /// Changes what is kept, again and again until nobody else changed it in between. What `change` returns is returned;
    /// on its error nothing is written.
    pub(crate) async fn change<R>(
        &self,
        key: &str,
        mut change: impl FnMut(&mut T) -> Result<R, StoreError> + Send,
    ) -> Result<R, StoreError> {
        loop {
            let entry = self.store.get(self.kind, key).await?.ok_or(StoreError::NotThere)?;
            let mut value: T = read(&entry.value)?;
            let result = change(&mut value)?;
            if self.store.replace(self.kind, key, entry.version, &written(&value)?).await? {
                return Ok(result);
            }
        }
    }
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(StoreError::failed)
}

fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(StoreError::unreadable)
}
