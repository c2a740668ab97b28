//! What the platform says went wrong, or should be known: `tppMessages`, RFC 7807 problems and OAuth errors.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

open_enum! {
    /// How a message is meant.
    pub enum MessageCategory {
        /// The call failed.
        Error = "ERROR",
        /// The call succeeded; this should be known.
        Warning = "WARNING",
    }
}

/// One of `tppMessages` (NextGenPSD2 1.3.3, `tppMessage…`; the platform's docs add codes of their own).
///
/// `text` is the bank's own words. They may name a person or an account, so `Debug` and errors leave them out; show
/// them to whom they concern, escaped. A message without a category is an error, unless its code is `WARNING`; what is
/// no text where text is due is left out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TppMessage {
    /// Error or warning.
    pub category: MessageCategory,
    /// The code, such as `FORMAT_ERROR`; open, banks add their own.
    pub code: String,
    /// The member or header it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The bank's words, at most 512 characters by the standard.
    #[serde(skip_serializing_if = "Option::is_none")]
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

    /// The code when it is made as the standard makes them or one of OAuth's, else a stand-in: safe to log.
    pub fn printable_code(&self) -> &str {
        let made_right = !self.code.is_empty()
            && self.code.len() <= 64
            && self.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if made_right || OAUTH.contains(&self.code.as_str()) { &self.code } else { "(unprintable code)" }
    }
}

/// What an authorisation server says (RFC 6749).
const OAUTH: [&str; 9] = [
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
];

/// Those that are no errors.
pub(crate) fn warnings(messages: &[TppMessage]) -> impl Iterator<Item = &TppMessage> {
    messages.iter().filter(|message| !message.is_error())
}

impl fmt::Debug for TppMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.category, self.printable_code())
    }
}

#[derive(Deserialize)]
struct Received {
    #[serde(default)]
    category: Value,
    #[serde(default)]
    code: Value,
    #[serde(default)]
    path: Value,
    #[serde(default)]
    text: Value,
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for TppMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let received = Received::deserialize(deserializer)?;
        let code = text(received.code).unwrap_or_default();
        let category = match text(received.category) {
            Some(category) => MessageCategory::from(category.as_str()),
            None if code == "WARNING" => MessageCategory::Warning,
            None => MessageCategory::Error,
        };
        Ok(Self { category, code, path: text(received.path), text: text(received.text) })
    }
}

/// The body of an OAuth error answer (RFC 6749 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthError {
    /// `invalid_client`, `invalid_scope`, `invalid_grant`, …
    pub error: String,
}

/// An error answer in the form of RFC 7807, as NextGenPSD2 1.3.3 extends it.
///
/// `Debug` shows the codes; title and detail are the bank's own words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Problem {
    /// What kind of problem, as a URI.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Short words, at most 70 characters by the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Longer words, at most 512 characters by the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The code, such as `FORMAT_ERROR`.
    pub code: String,
    /// Further errors.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub additional_errors: Vec<FurtherProblem>,
}

/// One of the further errors of a [`Problem`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FurtherProblem {
    /// Short words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Longer words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The code.
    pub code: String,
}

impl Problem {
    /// The same as `tppMessages`, the first error first.
    pub fn into_messages(self) -> Vec<TppMessage> {
        let message = |code, detail: Option<String>, title: Option<String>| TppMessage {
            text: detail.or(title),
            ..TppMessage::error(code)
        };
        let first = message(self.code, self.detail, self.title);
        let further = self
            .additional_errors
            .into_iter()
            .map(|problem| message(problem.code, problem.detail, problem.title));
        std::iter::once(first).chain(further).collect()
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({:?})", self.clone().into_messages())
    }
}

impl fmt::Debug for FurtherProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FurtherProblem({})", TppMessage::error(self.code.as_str()).printable_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_odd_members_is_still_a_message() {
        let read = |json: &str| serde_json::from_str::<TppMessage>(json).unwrap();
        assert!(read(r#"{"code":"FORMAT_ERROR","text":null,"path":7}"#).is_error());
        assert!(!read(r#"{"code":"WARNING","text":"x"}"#).is_error());
        assert!(!read(r#"{"category":"INFO","code":"X"}"#).is_error());
        assert_eq!(read("{}").printable_code(), "(unprintable code)");
        assert_eq!(read(r#"{"code":"invalid_client"}"#).printable_code(), "invalid_client");
        assert_eq!(read(r#"{"code":"invalid_klient"}"#).printable_code(), "(unprintable code)");
    }

    #[test]
    fn a_problem_shows_codes_and_no_words() {
        let problem: Problem = serde_json::from_str(
            r#"{"type":"about:blank","code":"FORMAT_ERROR","title":"Anna","additionalErrors":[{"code":"PERIOD_INVALID"}]}"#,
        )
        .unwrap();
        assert_eq!(format!("{problem:?}"), "Problem([ERROR FORMAT_ERROR, ERROR PERIOD_INVALID])");
    }
}
