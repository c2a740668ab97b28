//! One request on its way, with what every transport must honour beside it.

use std::fmt;

use bytes::Bytes;

use crate::Limits;

/// What it would mean if the request took effect twice. Declared by the caller, never guessed from the HTTP verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Reads only. Any HTTP version, any pooled connection.
    Read,
    /// Changes something. HTTP/1.1 on a connection that is new or was idle for less than a second, so that no layer
    /// below can replay it.
    Write,
}

/// One HTTP request, replayable, with its [`Effect`] and [`Limits`].
///
/// `Debug` shows the method, the host and the effect: paths, queries, headers and bodies may be personal.
#[derive(Clone)]
pub struct Request {
    http: http::Request<Bytes>,
    effect: Effect,
    limits: Limits,
}

impl Request {
    /// A request with the default [`Limits`].
    pub fn new(http: http::Request<Bytes>, effect: Effect) -> Self {
        Self { http, effect, limits: Limits::default() }
    }

    /// Replaces the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The HTTP request; its URI is absolute.
    pub fn http(&self) -> &http::Request<Bytes> {
        &self.http
    }

    /// What it would mean if it took effect twice.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// What must be kept while it runs.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The HTTP request alone.
    pub fn into_http(self) -> http::Request<Bytes> {
        self.http
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.http.method())
            .field("host", &self.http.uri().host())
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}
