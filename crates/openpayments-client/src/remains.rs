//! What came of an answer that cannot be used.

use std::fmt;

use http::HeaderMap;
use http::header::LOCATION;

/// No more of a body is kept.
const LONGEST: usize = 2 * 1024;

/// What came of an answer to a call that may have had its effect: enough to find out, or for the platform's support.
/// `Debug` shows how much there is.
#[derive(Clone, PartialEq, Eq)]
pub struct Remains {
    location: Option<String>,
    body: String,
}

impl Remains {
    pub(crate) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let body = body.get(..LONGEST).unwrap_or(body);
        Self { location: location.map(str::to_owned), body: String::from_utf8_lossy(body).into_owned() }
    }

    /// Where the answer says that the new thing is (`Location`). Take the id from it and follow it nowhere.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// How the body began, at most 2 KiB; it may be personal.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Debug for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remains(location: {}, {} bytes of the body)", self.location.is_some(), self.body.len())
    }
}
