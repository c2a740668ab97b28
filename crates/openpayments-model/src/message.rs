//! What the platform says went wrong, or should be known: `tppMessages` and OAuth errors.

use std::fmt;

use serde::{Deserialize, Serialize};

open_enum! {
    /// How a message is meant.
    pub enum MessageCategory {
        /// The call failed.
        Error = "ERROR",
        /// The call succeeded; this should be known.
        Warning = "WARNING",
    }
}

/// One of `tppMessages` (NextGenPSD2 1.3.3, `tppMessage…`; platform codes in `protocol.md` 6.2 and 6.3).
///
/// `text` is the bank's own words. They may name a person or an account, so `Debug` and errors leave them out; show
/// them to whom they concern, escaped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TppMessage {
    /// Error or warning.
    pub category: MessageCategory,
    /// The code, such as `FORMAT_ERROR`; open, banks add their own.
    pub code: String,
    /// The member or header it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The bank's words, at most 512 characters by the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl TppMessage {
    /// An error of `code`.
    pub fn error(code: impl Into<String>) -> Self {
        Self { category: MessageCategory::Error, code: code.into(), path: None, text: None }
    }

    /// Whether it says that the call failed.
    pub fn is_error(&self) -> bool {
        self.category == MessageCategory::Error
    }

    /// The code when it is made as the standard makes them, else a stand-in: safe to log.
    pub fn printable_code(&self) -> &str {
        let made_right = !self.code.is_empty()
            && self.code.len() <= 64
            && self.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if made_right { &self.code } else { "(unprintable code)" }
    }
}

impl fmt::Debug for TppMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.category, self.printable_code())
    }
}

/// The body of an OAuth error answer (RFC 6749 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OAuthError {
    /// `invalid_client`, `invalid_scope`, `invalid_grant`, …
    pub error: String,
}
