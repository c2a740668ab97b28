//! A transport that is one closure, for tests whose answers depend on the request.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use async_trait::async_trait;
use openpayments_transport::{BodyReader, Request, Response, Transport, TransportError};

type Answer = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send>>;

/// Answers every request with what a closure says.
///
/// ```
/// use bytes::Bytes;
/// use openpayments_transport_mock::FnTransport;
///
/// let always_busy = FnTransport::from_fn(|_request| {
///     let mut answer = http::Response::new(Bytes::new());
///     *answer.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
///     Ok(answer)
/// });
/// ```
pub struct FnTransport {
    answer: Box<dyn Fn(Request) -> Answer + Send + Sync>,
}

impl FnTransport {
    /// Answers with a function that returns at once.
    pub fn from_fn(
        answer: impl Fn(Request) -> Result<Response, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self { answer: Box::new(move |request| Box::pin(ready(answer(request)))) }
    }

    /// Answers with a function that may wait, for instance until the test lets it go on.
    pub fn from_async_fn<F>(answer: impl Fn(Request) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response, TransportError>> + Send + 'static,
    {
        Self { answer: Box::new(move |request| Box::pin(answer(request))) }
    }
}

#[async_trait]
impl Transport for FnTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let limits = request.limits();
        let answer = (self.answer)(request).await?;
        BodyReader::read_whole(answer, limits)
    }
}

impl fmt::Debug for FnTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnTransport").finish_non_exhaustive()
    }
}
