//! Turns what a transport or the platform says into one error and the question whether to try again.

use bytes::Bytes;
use http::StatusCode;
use openpayments_api::{ApiError, ApiErrorKind, Resend};
use openpayments_model::identifier::RequestId;
use openpayments_transport::{Delivery, TransportError, TransportErrorKind};

use crate::resend::After;
use crate::{Error, ErrorKind, Remains};

/// A failed attempt.
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) after: After,
    /// The platform did not accept the access token, and so did nothing.
    pub(crate) token_refused: bool,
}

impl Failure {
    fn new(error: Error, after: After) -> Self {
        Self { error, after, token_refused: false }
    }

    /// What the call needs could not be had; it was not sent.
    pub(crate) fn before_sending(error: Error) -> Self {
        let after = if error.is_retryable() { After::NotSent } else { After::Final };
        Self::new(error, after)
    }

    pub(crate) fn leaving(self, answer: &http::Response<Bytes>) -> Self {
        Self { error: self.error.leaving(|| Remains::of(answer.headers(), answer.body())), ..self }
    }

    pub(crate) fn of_request(self, id: RequestId) -> Self {
        Self { error: self.error.of_request(id), ..self }
    }
}

/// No complete answer came.
pub(crate) fn of_transport(operation: &'static str, resend: Resend, error: TransportError) -> Failure {
    let (kind, delivery) = (error.kind(), error.delivery());
    let refused_for_good = matches!(kind, TransportErrorKind::Certificate(_) | TransportErrorKind::Tls);
    let (error_kind, after) = match kind {
        TransportErrorKind::Connection(_) => (ErrorKind::Transport, After::Unclear),
        TransportErrorKind::Timeout(_) => (ErrorKind::Timeout, After::Unclear),
        TransportErrorKind::Protocol => (ErrorKind::Protocol, After::Final),
        TransportErrorKind::Tls => (ErrorKind::Tls, After::Final),
        TransportErrorKind::Certificate(_) => (ErrorKind::Certificate, After::Final),
        TransportErrorKind::LimitExceeded => (ErrorKind::LimitExceeded, After::Final),
        TransportErrorKind::InvalidRequest => (ErrorKind::Configuration, After::Final),
        _ => (ErrorKind::Transport, After::Final),
    };
    let unknown = resend == Resend::Never && delivery == Delivery::Unknown && !refused_for_good;
    let kind = if unknown { ErrorKind::OutcomeUnknown } else { error_kind };
    let after = if after == After::Unclear && delivery == Delivery::NotSent { After::NotSent } else { after };
    let mut failed = Error::new(kind, operation).cut_off(error.status()).delivered(Some(delivery));
    if let Some(headers) = error.headers() {
        failed = failed.leaving(|| Remains::of(headers, error.body_start()));
    }
    Failure::new(failed.because(error), after)
}

/// An answer came that belongs to another request.
pub(crate) fn of_foreign_answer(operation: &'static str, resend: Resend, status: StatusCode) -> Failure {
    let kind = if resend == Resend::Never { ErrorKind::OutcomeUnknown } else { ErrorKind::Protocol };
    let error = Error::new(kind, operation)
        .answered(status, &[], None)
        .because("the answer carries another request's X-Request-ID");
    Failure::new(error, After::Unclear)
}

/// An answer came and was no success.
pub(crate) fn of_answer(operation: &'static str, resend: Resend, error: ApiError) -> Failure {
    let (kind, after) = match error.kind() {
        ApiErrorKind::Unsupported => (ErrorKind::Unsupported, After::Final),
        ApiErrorKind::Conflict => (ErrorKind::Conflict, After::Final),
        ApiErrorKind::MethodUnknown => (ErrorKind::InvalidInput, After::Final),
        ApiErrorKind::ConsentInvalid => (ErrorKind::ConsentInvalid, After::Final),
        ApiErrorKind::ConsentExpired => (ErrorKind::ConsentExpired, After::Final),
        ApiErrorKind::ScaRequired => (ErrorKind::ScaRequired, After::Final),
        ApiErrorKind::TokenRejected
        | ApiErrorKind::Forbidden
        | ApiErrorKind::InvalidClient
        | ApiErrorKind::InvalidScope
        | ApiErrorKind::InvalidGrant => (ErrorKind::Auth, After::Final),
        ApiErrorKind::Certificate => (ErrorKind::Certificate, After::Final),
        ApiErrorKind::QuotaExhausted => (ErrorKind::QuotaExhausted, After::Final),
        ApiErrorKind::RateLimited => (ErrorKind::RateLimited, After::Throttled),
        ApiErrorKind::Unavailable => (ErrorKind::Unavailable, After::Unclear),
        ApiErrorKind::LimitExceeded => (ErrorKind::LimitExceeded, After::Final),
        ApiErrorKind::Protocol => (ErrorKind::Protocol, After::Final),
        _ => (ErrorKind::Refused, After::Final),
    };
    // A server error, a redirect or an unreadable success does not say that nothing was done.
    // It may name a code all the same; who failed cannot say what was done.
    let failed = error.status().is_server_error() || error.status() == StatusCode::REQUEST_TIMEOUT;
    let unclear =
        failed || matches!(kind, ErrorKind::Unavailable | ErrorKind::Protocol | ErrorKind::LimitExceeded);
    let kind = if resend == Resend::Never && unclear { ErrorKind::OutcomeUnknown } else { kind };
    let token_refused = error.kind() == ApiErrorKind::TokenRejected;
    let error = Error::new(kind, operation)
        .answered(error.status(), error.messages(), error.retry_after())
        .because(error);
    Failure { token_refused, ..Failure::new(error, after) }
}
