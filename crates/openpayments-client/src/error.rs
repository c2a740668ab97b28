//! What went wrong, whether the bank may have acted, and what to do now.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use openpayments_model::identifier::RequestId;
use openpayments_model::message::TppMessage;
use openpayments_transport::Delivery;

use crate::Remains;

/// What kind of failure it was. Each says whether the bank may have acted and what to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is set up wrongly. Nothing was sent. Correct the setting that the cause names.
    Configuration,
    /// A value breaks a rule of the protocol. Nothing was sent. Correct the field that the cause names.
    InvalidInput,
    /// No connection, or it broke. A call that only reads can be made again.
    Transport,
    /// It took too long. A call that only reads can be made again.
    Timeout,
    /// TLS failed. The bank did not act. Look at the trust settings and at what stands between.
    Tls,
    /// A client certificate or signature was refused, or the server's is not trusted. The bank did not act.
    Certificate,
    /// The auth server refused, or the token does not cover the call. The bank did not act. Check client id, secret and
    /// the products of the application in the platform's portal.
    Auth,
    /// The platform or the bank refused. It did not act. The messages say why.
    Refused,
    /// The bank does not offer this. It did not act.
    Unsupported,
    /// It does not fit the present state: signed already, too late to cancel. Read the status.
    Conflict,
    /// There is no such consent, or it is not valid. Ask the PSU for a new one.
    ConsentInvalid,
    /// The consent's time is over. Ask the PSU for a new one.
    ConsentExpired,
    /// The bank wants the PSU to sign again first. Have the consent signed anew, or ask for less.
    ScaRequired,
    /// The consent's reads without the PSU are used up. Wait for the next day, or read while the PSU is present.
    QuotaExhausted,
    /// Too many calls. Wait as long as [`Error::retry_after`] says.
    RateLimited,
    /// The platform or the bank is not available. Try later.
    Unavailable,
    /// The call was sent and no readable answer came. **The bank may have acted.** Never send it again without looking:
    /// find out by the status or the list, and keep the request id for the platform's support.
    OutcomeUnknown,
    /// The answer cannot be read. For a call that only reads, nothing is lost; report it.
    Protocol,
    /// The answer is larger than allowed, or pages do not end.
    LimitExceeded,
    /// A link leads to a host that is not the platform's. It was not followed.
    UntrustedLink,
}

impl ErrorKind {
    fn words(self) -> &'static str {
        match self {
            Self::Configuration => "the client is set up wrongly",
            Self::InvalidInput => "a value was refused before sending",
            Self::Transport => "the connection failed",
            Self::Timeout => "it took too long",
            Self::Tls => "tls failed",
            Self::Certificate => "a certificate was refused",
            Self::Auth => "not authorised",
            Self::Refused => "refused",
            Self::Unsupported => "not offered by the bank",
            Self::Conflict => "does not fit the present state",
            Self::ConsentInvalid => "the consent cannot be used",
            Self::ConsentExpired => "the consent has expired",
            Self::ScaRequired => "the psu has to sign again first",
            Self::QuotaExhausted => "the reads without the psu are used up for today",
            Self::RateLimited => "too many calls",
            Self::Unavailable => "the platform or the bank is not available",
            Self::OutcomeUnknown => "sent, but no readable answer came; the bank may have acted",
            Self::Protocol => "the answer cannot be read",
            Self::LimitExceeded => "the answer is larger than allowed",
            Self::UntrustedLink => "a link leads away from the platform",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Configuration => "correct the setting",
            Self::InvalidInput => "correct the field and call again",
            Self::Transport | Self::Timeout | Self::Unavailable => "try again later",
            Self::Tls => "check the trusted certificates and any proxy",
            Self::Certificate => "check the client certificate, its dates and the trusted certificates",
            Self::Auth => "check client id, client secret and the application's products in the portal",
            Self::Refused | Self::Unsupported => "read the messages; sending the same again will not help",
            Self::Conflict => "read the status first",
            Self::ConsentInvalid | Self::ConsentExpired => "ask the psu for a new consent",
            Self::ScaRequired => "have the consent signed anew, or ask for a shorter period",
            Self::QuotaExhausted => "wait for the next day, or read while the psu is present",
            Self::RateLimited => "wait, then try again",
            Self::OutcomeUnknown => {
                "do not send it again; read the status, or ask support with the request id"
            }
            Self::Protocol | Self::LimitExceeded | Self::UntrustedLink => "report it with the request id",
        }
    }
}

/// A call that did not succeed.
///
/// `Display` is one line: operation, kind, status, first code, request id. It never holds a body, a query or a value;
/// what lies behind is in [`source`](StdError::source).
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    request_id: Option<RequestId>,
    status: Option<StatusCode>,
    messages: Vec<TppMessage>,
    delivery: Option<Delivery>,
    retry_after: Option<Duration>,
    remains: Option<Remains>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// What keeps a client from being set up, for whoever builds its parts.
    pub fn configuration(cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::new(ErrorKind::Configuration, "client").because(cause)
    }

    /// A call that was not sent because of what is in it, for whoever checks it before it comes here.
    pub fn refused_before_sending(
        operation: &'static str,
        cause: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::InvalidInput, operation).because(cause)
    }

    pub(crate) fn new(kind: ErrorKind, operation: &'static str) -> Self {
        Self(Arc::new(Inner {
            kind,
            operation,
            request_id: None,
            status: None,
            messages: Vec::new(),
            delivery: Some(Delivery::NotSent),
            retry_after: None,
            remains: None,
            source: None,
        }))
    }

    /// Changes what was made just now; nobody else holds it yet.
    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::try_unwrap(self.0).unwrap_or_else(|shared| Inner {
            kind: shared.kind,
            operation: shared.operation,
            request_id: shared.request_id,
            status: shared.status,
            messages: shared.messages.clone(),
            delivery: shared.delivery,
            retry_after: shared.retry_after,
            remains: shared.remains.clone(),
            source: shared.source.clone(),
        });
        change(&mut inner);
        Self(Arc::new(inner))
    }

    pub(crate) fn because(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.with(|inner| inner.source = Some(cause.into().into()))
    }

    pub(crate) fn of_request(self, id: RequestId) -> Self {
        self.with(|inner| inner.request_id = Some(id))
    }

    pub(crate) fn delivered(self, delivery: Option<Delivery>) -> Self {
        self.with(|inner| inner.delivery = delivery)
    }

    /// An answer had begun with this status and did not end.
    pub(crate) fn cut_off(self, status: Option<StatusCode>) -> Self {
        self.with(|inner| inner.status = status)
    }

    pub(crate) fn answered(
        self,
        status: StatusCode,
        messages: &[TppMessage],
        wait: Option<Duration>,
    ) -> Self {
        self.with(|inner| {
            inner.status = Some(status);
            inner.messages = messages.to_vec();
            inner.retry_after = wait;
            inner.delivery = None;
        })
    }

    /// Keeps what came of the answer, where the call may have had its effect.
    pub(crate) fn leaving(self, remains: impl FnOnce() -> Remains) -> Self {
        if self.kind() == ErrorKind::OutcomeUnknown {
            self.with(|inner| inner.remains = Some(remains()))
        } else {
            self
        }
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The call's name, such as `payment.create`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The `X-Request-ID` of the last attempt, if there was one. Quote it to the platform's support.
    pub fn request_id(&self) -> Option<RequestId> {
        self.0.request_id
    }

    /// The HTTP status, if an answer came or had at least begun.
    pub fn http_status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The platform's messages; their texts are the bank's words and may be personal.
    pub fn messages(&self) -> &[TppMessage] {
        &self.0.messages
    }

    /// Whether the request may have arrived; `None` when a complete answer came.
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// Whether certainly no byte of the request left.
    pub fn is_unsent(&self) -> bool {
        self.0.delivery == Some(Delivery::NotSent)
    }

    /// What came of the answer, with [`ErrorKind::OutcomeUnknown`] where at least its head came.
    pub fn remains(&self) -> Option<&Remains> {
        self.0.remains.as_ref()
    }

    /// How long the platform asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the bank may have done what was asked, although no answer says so.
    pub fn bank_may_have_acted(&self) -> bool {
        self.0.kind == ErrorKind::OutcomeUnknown
    }

    /// Whether the same call may succeed later and does no harm if made again.
    pub fn is_retryable(&self) -> bool {
        let passing = matches!(
            self.0.kind,
            ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::RateLimited
        );
        passing && !self.bank_may_have_acted()
    }

    /// What to do now, in a few words.
    pub fn advice(&self) -> &'static str {
        self.0.kind.advice()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.kind.words())?;
        if let Some(status) = self.0.status {
            write!(f, ", http {}", status.as_u16())?;
        }
        if let Some(message) = self.0.messages.first() {
            write!(f, ", {}", message.printable_code())?;
        }
        match self.0.request_id {
            Some(id) => write!(f, ", request {id}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("request_id", &self.0.request_id)
            .field("status", &self.0.status)
            .field("messages", &self.0.messages)
            .field("delivery", &self.0.delivery)
            .field("source", &self.0.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
