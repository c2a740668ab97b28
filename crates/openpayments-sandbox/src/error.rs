//! What can go wrong when the sandbox is started or driven from a test.

use std::fmt;

/// A failure of the sandbox itself; what a client did wrong is answered on the wire and never ends up here.
#[derive(Debug, thiserror::Error)]
#[error("{kind}: {context}")]
pub struct Error {
    kind: ErrorKind,
    context: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address cannot be listened on, for example because something else does. Choose another, or port 0.
    Listen,
    /// The settings contradict a rule of the sandbox, for example an address beyond loopback.
    Settings,
    /// The certificates for TLS could not be made.
    Certificates,
    /// No pending order has this id: it was decided already, ran out, or never was.
    UnknownOrder,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listen => "cannot listen",
            Self::Settings => "settings refused",
            Self::Certificates => "no certificates",
            Self::UnknownOrder => "no such pending order",
        })
    }
}
