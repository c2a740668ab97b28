//! The one trait that a database has to implement.

use std::fmt;

use async_trait::async_trait;

use crate::StoreError;

/// What an entry is about. Keys of different kinds do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A payment that was begun.
    Payment,
    /// A consent that was created.
    Consent,
    /// What was asked for under a key, and the consent that came of it.
    ConsentKey,
    /// A signature that is under way.
    Session,
    /// The `state` of a redirect, and whether it was used.
    State,
    /// Something of the program's own, by a word for it.
    Own(&'static str),
}

impl Kind {
    /// The word that stands for it in a database. Words of one's own begin with `own.` there.
    pub fn as_word(self) -> String {
        match self {
            Self::Payment => "payment".to_owned(),
            Self::Consent => "consent".to_owned(),
            Self::ConsentKey => "consent-key".to_owned(),
            Self::Session => "session".to_owned(),
            Self::State => "state".to_owned(),
            Self::Own(word) => format!("own.{word}"),
        }
    }
}

/// What is kept under a key. `Debug` shows nothing of the value.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its key, unique within its kind.
    pub key: String,
    /// Which writing this is: 1 when inserted, one more each time it is replaced.
    pub version: u64,
    /// What was written.
    pub value: Vec<u8>,
}

impl Entry {
    /// An entry as a database gave it back.
    pub fn new(key: impl Into<String>, version: u64, value: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into(), version, value: value.into() }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, version {}, {} bytes)", self.key, self.version, self.value.len())
    }
}

/// Entries of bytes, written on a condition. A table with the columns kind, key, version and value, and a unique index over
/// the first two, is all it takes.
///
/// `Ok` means that it is durable: it survives the process and the machine. Whatever else happens is an error, and then
/// nobody may act on what should have been kept. [`conformance`](crate::conformance) checks an implementation.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Keeps a new entry; `false`, and nothing is changed, where one of this key is. Of any number of callers at once, in
    /// any number of processes, one is told `true`.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError>;

    /// Replaces an entry of this version; `false`, and nothing is changed, where the version is another or the entry is
    /// gone.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError>;

    /// The entry of this key.
    ///
    /// # Errors
    /// When the database fails; a key that is not there is no error.
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError>;

    /// All entries of a kind, in the order of their keys' bytes.
    ///
    /// # Errors
    /// When the database fails.
    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError>;

    /// Throws an entry away.
    ///
    /// # Errors
    /// When the database fails; a key that is not there is no error.
    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError>;

    /// Keeps an entry, in place of the one of its key if there is one.
    ///
    /// # Errors
    /// When it is not certain that it is kept.
    async fn put(&self, kind: Kind, key: &str, value: &[u8]) -> Result<(), StoreError> {
        loop {
            let kept = match self.get(kind, key).await? {
                Some(entry) => self.replace(kind, key, entry.version, value).await?,
                None => self.insert(kind, key, value).await?,
            };
            if kept {
                return Ok(());
            }
        }
    }
}
