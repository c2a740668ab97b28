//! What can go wrong with what is kept.

use std::error::Error as StdError;

use openpayments_client::Error;

/// Why something was not kept, or not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The key is taken by a payment of other content. Nothing was changed; give the new payment a key of its own.
    #[error("the key is taken by another payment")]
    Conflict,
    /// The key is empty, blank or longer than 200 bytes. Nothing was kept.
    #[error("a key has 1 to 200 bytes and is not blank")]
    InvalidKey,
    /// Another attempt took the place of this one, or the caller forgot it. Nothing was changed.
    #[error("another attempt took its place")]
    Superseded,
    /// There is nothing of this key.
    #[error("nothing of this key is kept")]
    NotThere,
    /// What is kept does not allow this step: a payment that was created cannot become another one, and a final status
    /// stays.
    #[error("{step} is not possible: the payment is {stage}")]
    Illegal {
        /// What was tried.
        step: &'static str,
        /// How far the payment is.
        stage: &'static str,
    },
    /// It is kept, and cannot be read: damaged, sealed with another key, or written by a later version. It was left as
    /// it is.
    #[error("what is kept cannot be read")]
    Unreadable(#[source] Option<Box<dyn StdError + Send + Sync>>),
    /// The place is not private: it is another user's, others can read or replace it, or it is not a plain file. Nothing
    /// was opened.
    #[error("{0}")]
    NotPrivate(String),
    /// The database failed. It is not certain that anything was kept; do not send what depends on it.
    #[error("the store failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// A failure of the database behind a store.
    pub fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }

    pub(crate) fn unreadable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unreadable(Some(cause.into()))
    }
}

/// Why a call whose outcome is kept did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The call failed.
    #[error("{0}")]
    Call(#[source] Box<Error>),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Call(Box::new(error))
    }
}
