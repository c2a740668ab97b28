//! A call that could not be built, and an answer that is no success.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use openpayments_model::InvalidValue;
use openpayments_model::message::TppMessage;

/// The call could not become a request. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BuildError(Cause);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    #[error("the request could not be built")]
    Http(#[source] http::Error),
    #[error("the body could not be written as json")]
    Body(#[source] serde_json::Error),
}

impl BuildError {
    /// The field that was refused, if it was one.
    pub fn invalid_value(&self) -> Option<&InvalidValue> {
        match &self.0 {
            Cause::Invalid(invalid) => Some(invalid),
            _ => None,
        }
    }

    pub(crate) fn http(error: http::Error) -> Self {
        Self(Cause::Http(error))
    }

    pub(crate) fn body(error: serde_json::Error) -> Self {
        Self(Cause::Body(error))
    }
}

impl From<InvalidValue> for BuildError {
    fn from(invalid: InvalidValue) -> Self {
        Self(Cause::Invalid(invalid))
    }
}

/// What an answer that is no success means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The platform or the bank refused; the messages say why.
    Refused,
    /// The bank does not offer this.
    Unsupported,
    /// It does not fit the state the thing is in: already signed, too late to cancel.
    Conflict,
    /// The method chosen for signing is not one the bank offers.
    MethodUnknown,
    /// There is no such consent, or it cannot be used.
    ConsentInvalid,
    /// The consent's time is over.
    ConsentExpired,
    /// The bank wants the PSU to sign again before it answers, for older transactions for example.
    ScaRequired,
    /// The access token is not, or no longer, good.
    TokenRejected,
    /// The token is good but not for this product or context.
    Forbidden,
    /// The platform does not accept our certificate or signature.
    Certificate,
    /// The consent's reads without the PSU are used up for today.
    QuotaExhausted,
    /// Too many calls; wait.
    RateLimited,
    /// The platform or the bank failed. Whether it acted is not known.
    Unavailable,
    /// The auth server does not know the client or its secret.
    InvalidClient,
    /// The auth server does not grant the scopes: a context is missing, or the application lacks a product.
    InvalidScope,
    /// The code was used, is too old, or was not for us.
    InvalidGrant,
    /// The answer is deeper or longer than any that makes sense, and was not read.
    LimitExceeded,
    /// The answer cannot be read: not the JSON that is due, a required member missing, a redirect.
    Protocol,
}

/// An answer that is no success. It holds codes and places, never a value or the bank's words in `Display`.
#[derive(Debug)]
pub struct ApiError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ApiErrorKind,
    status: StatusCode,
    messages: Vec<TppMessage>,
    place: Option<String>,
    retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(kind: ApiErrorKind, status: StatusCode) -> Self {
        Self(Box::new(Inner { kind, status, messages: Vec::new(), place: None, retry_after: None }))
    }

    pub(crate) fn with_messages(mut self, messages: Vec<TppMessage>) -> Self {
        self.0.messages = messages;
        self
    }

    /// Where in the JSON, or what about the answer, could not be read.
    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.0.place = Some(place.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// What it means.
    pub fn kind(&self) -> ApiErrorKind {
        self.0.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The platform's messages, at most 32.
    pub fn messages(&self) -> &[TppMessage] {
        &self.0.messages
    }

    /// How long the platform asked to wait, at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0.kind {
            ApiErrorKind::Refused => "refused",
            ApiErrorKind::Unsupported => "not offered by the bank",
            ApiErrorKind::Conflict => "does not fit the present state",
            ApiErrorKind::MethodUnknown => "the bank does not offer this way to sign",
            ApiErrorKind::ConsentInvalid => "the consent cannot be used",
            ApiErrorKind::ConsentExpired => "the consent has expired",
            ApiErrorKind::ScaRequired => "the bank wants the psu to sign again first",
            ApiErrorKind::TokenRejected => "the access token was not accepted",
            ApiErrorKind::Forbidden => "the access token is not for this",
            ApiErrorKind::Certificate => "our certificate or signature was not accepted",
            ApiErrorKind::QuotaExhausted => "the reads without the psu are used up for today",
            ApiErrorKind::RateLimited => "too many calls",
            ApiErrorKind::Unavailable => "the platform or the bank is not available",
            ApiErrorKind::InvalidClient => "the auth server does not accept the client id or secret",
            ApiErrorKind::InvalidScope => "the auth server does not grant the scopes",
            ApiErrorKind::InvalidGrant => "the auth server does not accept the code",
            ApiErrorKind::LimitExceeded => "the answer is too deep or too long",
            ApiErrorKind::Protocol => "the answer cannot be read",
        };
        write!(f, "{what} (http {}", self.0.status.as_u16())?;
        if let Some(message) = self.0.messages.first() {
            write!(f, ", {}", message.printable_code())?;
        }
        if let Some(place) = &self.0.place {
            write!(f, ", at {place}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for ApiError {}
