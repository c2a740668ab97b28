//! What the referee objects to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which of the three proofs a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// The client's request is not what the file wants.
    Request,
    /// The sandbox's answer is not what the file wants.
    Response,
    /// The client cannot read what Prism made up from the file.
    Reading,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Reading => "reading",
        })
    }
}

/// One objection. The same one at several items of a list is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The call, such as `consent.create`.
    pub operation: &'static str,
    /// Which proof.
    pub check: Check,
    /// For a payment, its service and product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Where: `body.access.accounts.*.iban`, `headers.location`; for reading, which answer.
    pub place: String,
    /// What is wrong, in the referee's words.
    pub message: String,
}

/// One entry of Prism's `sl-violations` header.
#[derive(Debug, Deserialize)]
pub(crate) struct Violation {
    location: Vec<Step>,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Step {
    Name(String),
    Index(serde::de::IgnoredAny),
}

impl Violation {
    pub(crate) fn into_finding(self, operation: &'static str, product: Option<String>) -> Finding {
        let mut steps = self.location.into_iter().map(|step| match step {
            Step::Name(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => "*".to_owned(),
            Step::Name(name) => name,
            Step::Index(_) => "*".to_owned(),
        });
        let check = if steps.next().as_deref() == Some("request") { Check::Request } else { Check::Response };
        let place = steps.collect::<Vec<_>>().join(".");
        Finding { operation, check, product, place, message: self.message }
    }
}
