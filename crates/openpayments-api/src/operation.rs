//! What every call of the platform declares about itself.

use bytes::Bytes;
use http::Method;
use openpayments_model::Product;

use crate::{ApiError, BuildError, CallContext};

/// Whether a call may be sent again when its answer did not come. Declared per call, never guessed from the verb:
/// a `PUT` that starts a BankID order must not be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resend {
    /// It reads; again does no harm.
    Read,
    /// It writes; again leaves at most something unused behind.
    SafeWrite,
    /// It may pay, or start a signature, twice. Never again on its own, once a byte may have left.
    Never,
}

/// Which host a call goes to, and with what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The API host, with an access token for this product and the call's context.
    Api(Product),
    /// The auth server, without an access token: token calls carry the client's credentials themselves.
    Auth,
}

/// One call of the platform: it becomes a request and reads the response. No IO.
pub trait Operation {
    /// What a successful answer reads as.
    type Output;

    /// Its name in spans, errors and metrics, such as `consent.create`.
    const NAME: &'static str;
    /// Its HTTP verb.
    const METHOD: Method;
    /// Its path with placeholders, such as `/psd2/consent/v1/consents/{consentId}`: what logs may show.
    const PATH: &'static str;
    /// Where it goes and which scope its token needs.
    const AUDIENCE: Audience;
    /// Whether it may be sent again.
    const RESEND: Resend;
    /// Largest answer in bytes that makes sense for it.
    const LARGEST_ANSWER: usize = 1024 * 1024;

    /// The verb of this very call. It differs from [`METHOD`](Self::METHOD) for raw calls only.
    fn method(&self) -> Method {
        Self::METHOD
    }

    /// Where this very call goes. It differs from [`AUDIENCE`](Self::AUDIENCE) for raw calls only.
    fn audience(&self) -> Audience {
        Self::AUDIENCE
    }

    /// The request: path and query only, the host is the client's. `Authorization` is not in it, and `X-Request-ID`
    /// only when the context has one.
    ///
    /// # Errors
    /// A [`BuildError`] that names the field, when the call lacks something or breaks a rule. Nothing was sent.
    fn request(&self, context: &CallContext) -> Result<http::Request<Bytes>, BuildError>;

    /// Reads the answer.
    ///
    /// # Errors
    /// An [`ApiError`] when the platform refused, or the answer cannot be read.
    fn response(response: &http::Response<Bytes>) -> Result<Self::Output, ApiError>;
}
