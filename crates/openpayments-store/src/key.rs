//! What the caller calls something that is to happen once.

use std::fmt;

use crate::StoreError;

/// No key is longer, in bytes.
const LONGEST: usize = 200;

/// What a payment or a consent is called by whoever wants it once, such as the number of an order; and what is kept beside
/// it. A text is a key without a note. `Debug` shows the key alone: put nothing personal into it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    key: String,
    note: Option<String>,
}

impl Key {
    /// The key of this text: 1 to 200 bytes, not blank.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), note: None }
    }

    /// Keeps this beside what is begun, for whatever the caller has to find with it. It is no part of the key, and it is
    /// forgotten with the amount and the accounts.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn checked(self) -> Result<(String, Option<String>), StoreError> {
        if self.key.trim().is_empty() || self.key.len() > LONGEST {
            return Err(StoreError::InvalidKey);
        }
        Ok((self.key, self.note))
    }
}

impl<T: Into<String>> From<T> for Key {
    fn from(key: T) -> Self {
        Self::new(key)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.key).finish()
    }
}
