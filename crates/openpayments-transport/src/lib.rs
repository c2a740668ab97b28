//! How requests travel: the [`Transport`] trait, what every transport must honour, and what is known about delivery
//! when one fails.
//!
//! There is no HTTP client here. `openpayments-transport-reqwest` has the one for production,
//! `openpayments-transport-mock` those for tests and the conformance suite that every implementation must pass.
//!
//! ```
//! use bytes::Bytes;
//! use openpayments_transport::{Effect, Request};
//!
//! let http = http::Request::get("https://api.example/psd2/aspspinformation/v1/countries").body(Bytes::new())?;
//! let request = Request::new(http, Effect::Read);
//! assert_eq!(request.limits().total.as_secs(), 30);
//! # Ok::<(), http::Error>(())
//! ```

mod body;
mod error;
mod head;
mod limits;
mod request;

use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;

pub use crate::body::BodyReader;
pub use crate::error::{CertificateSide, Delivery, Stage, TransportError, TransportErrorKind};
pub use crate::limits::Limits;
pub use crate::request::{Effect, Request};

/// What a transport hands back: status, headers and the whole body, decoded and within its limits.
pub type Response = http::Response<Bytes>;

/// Sends one request and gives back one answer, or says what went wrong and whether the request may have arrived.
///
/// Every implementation must:
/// - follow no redirect: a 3xx is an answer like any other;
/// - send nothing twice, unless it is proven that no byte of the first try was sent;
/// - keep the request's [`Limits`], the body's while it streams;
/// - offer no content encoding but gzip and refuse any other it is given;
/// - tell [`Delivery::NotSent`] only when it is certain.
///
/// `openpayments-transport-mock` has the suite that proves it (feature `conformance`).
#[async_trait]
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends `request` and waits for the whole answer.
    ///
    /// # Errors
    /// A [`TransportError`] when no complete answer came. An answer with an error status is not an error here.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;

    /// Whether it presents a client certificate to servers that ask for one, as production does.
    fn presents_certificate(&self) -> bool {
        false
    }
}

// Written out, since it hands on what the inner one gives instead of waiting for it in a box of its own.
impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send<'s, 'f>(
        &'s self,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        (**self).send(request)
    }

    fn presents_certificate(&self) -> bool {
        (**self).presents_certificate()
    }
}
