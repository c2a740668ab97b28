//! What went wrong on the way, and whether the request may have arrived.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// Whether the request may have reached the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Certain: no byte of the request left.
    NotSent,
    /// The other side may have received it and may have acted on it.
    Unknown,
}

/// How far the request had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Finding the host's address.
    Dns,
    /// Opening the connection, the TLS handshake included.
    Connect,
    /// From the first byte of the request to the last of the answer.
    Exchange,
}

/// Whose certificate was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateSide {
    /// The server refused ours, or asked for one we do not have.
    Mine,
    /// We refused the server's: wrong host, expired, unknown issuer.
    Theirs,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The request could not be built for this transport: no host, or a scheme it does not speak. Nothing was sent.
    InvalidRequest,
    /// No connection, or it broke.
    Connection(Stage),
    /// A deadline passed.
    Timeout(Stage),
    /// TLS failed for another reason than a certificate.
    Tls,
    /// A certificate was refused.
    Certificate(CertificateSide),
    /// A proxy on the way refused.
    Proxy,
    /// The answer is larger than the request's [`Limits`](crate::Limits) allow; the connection was dropped.
    LimitExceeded,
    /// The answer is not HTTP as agreed: framing, or a content encoding that was not offered.
    Protocol,
    /// A test double had no answer for the request.
    Unscripted,
}

/// A request that got no complete answer.
///
/// Anyone who writes a transport can make one. The message never holds a URL, a header or a body; `Debug` shows the
/// names of the header fields and not their values.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    delivery: Delivery,
    head: Option<Box<Head>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What had arrived of the answer when it broke off.
struct Head {
    status: StatusCode,
    headers: HeaderMap,
    body_start: Bytes,
}

/// As much of a body that broke off is kept.
const BODY_START: usize = 2 * 1024;

impl TransportError {
    /// An error of `kind`, with what is known about delivery.
    pub fn new(kind: TransportErrorKind, delivery: Delivery) -> Self {
        Self { kind, delivery, head: None, source: None }
    }

    /// Adds the cause. It must not name a URL: remove that first.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds the head of the answer, when that much of it had arrived: the status and the `Location` of a created
    /// payment are worth keeping even when its body is lost.
    #[must_use]
    pub fn with_head(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        self.head = Some(Box::new(Head { status, headers, body_start: Bytes::new() }));
        self
    }

    /// Adds how the body began, when a part of it had arrived: 2 KiB of it are kept. Nothing without a head.
    #[must_use]
    pub fn with_body_start(mut self, body: &[u8]) -> Self {
        if let Some(head) = &mut self.head {
            head.body_start = Bytes::copy_from_slice(body.get(..BODY_START).unwrap_or(body));
        }
        self
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request may have reached the other side.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// The status of the answer, when its head had arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.head.as_ref().map(|head| head.status)
    }

    /// The header fields of the answer, when its head had arrived.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.head.as_ref().map(|head| &head.headers)
    }

    /// How the body of the answer began; empty when nothing of it had arrived. It may be personal.
    pub fn body_start(&self) -> &[u8] {
        self.head.as_ref().map(|head| head.body_start.as_ref()).unwrap_or_default()
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Head")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body_start", &self.body_start.len())
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TransportErrorKind::InvalidRequest => "the request cannot be sent as it is",
            TransportErrorKind::Connection(Stage::Dns) => "the host's address was not found",
            TransportErrorKind::Connection(Stage::Connect) => "no connection could be opened",
            TransportErrorKind::Connection(Stage::Exchange) => {
                "the connection broke before the answer was complete"
            }
            TransportErrorKind::Timeout(Stage::Dns | Stage::Connect) => "connecting took too long",
            TransportErrorKind::Timeout(Stage::Exchange) => "the answer took too long",
            TransportErrorKind::Tls => "the tls handshake failed",
            TransportErrorKind::Certificate(CertificateSide::Mine) => {
                "the server refused the client certificate"
            }
            TransportErrorKind::Certificate(CertificateSide::Theirs) => {
                "the server's certificate is not trusted"
            }
            TransportErrorKind::Proxy => "a proxy refused the connection",
            TransportErrorKind::LimitExceeded => "the answer is larger than allowed",
            TransportErrorKind::Protocol => "the answer is not the http agreed on",
            TransportErrorKind::Unscripted => "the test transport has no answer for this request",
        };
        let delivery = match self.delivery {
            Delivery::NotSent => "nothing was sent",
            Delivery::Unknown => "it may have arrived",
        };
        write!(f, "{what}; {delivery}")
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::LOCATION;

    use super::*;

    #[test]
    fn the_message_is_one_line_that_says_what_is_known_about_delivery() {
        let error = TransportError::new(TransportErrorKind::Connection(Stage::Exchange), Delivery::Unknown);
        assert_eq!(
            error.to_string(),
            "the connection broke before the answer was complete; it may have arrived"
        );
    }

    #[test]
    fn debug_shows_no_header_value_k4() {
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static("/payments/secret"))]);
        let error = TransportError::new(TransportErrorKind::LimitExceeded, Delivery::Unknown)
            .with_head(StatusCode::CREATED, headers);
        let shown = format!("{error:?} {error}");
        assert!(shown.contains("location") && shown.contains("201"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn the_source_is_kept_and_not_repeated() {
        let error = TransportError::new(TransportErrorKind::Tls, Delivery::NotSent).with_source("cause");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("cause"));
        assert!(!error.to_string().contains("cause"));
    }
}
