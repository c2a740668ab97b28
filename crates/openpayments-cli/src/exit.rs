//! How the command ends, as a number for scripts.

use std::process::ExitCode;

use openpayments::model::InvalidValue;
use openpayments::prelude::{Error, ErrorKind, ScaError, ScaErrorKind};

use crate::problem::Problem;

/// What an exit code says. 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something on this machine: a file, a port.
    Machine,
    /// The command was given wrongly. Nothing was sent.
    Usage,
    /// Credentials or certificate.
    Identity,
    /// A consent, or a signature, is missing.
    SignatureNeeded,
    /// The bank or the platform said no.
    Refused,
    /// Too many calls for now.
    Quota,
    /// Gave up; nothing was done that must be found out about.
    GaveUp,
    /// The bank may have acted and nobody knows. Not a failure: look before doing it again.
    OutcomeUnknown,
    /// What was begun cannot be remembered or found.
    Store,
    /// Stopped by the person at the keyboard.
    Interrupted,
}

impl Exit {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Machine => 1,
            Self::Usage => 2,
            Self::Identity => 3,
            Self::SignatureNeeded => 4,
            Self::Refused => 5,
            Self::Quota => 6,
            Self::GaveUp => 7,
            Self::OutcomeUnknown => 8,
            Self::Store => 9,
            Self::Interrupted => 130,
        }
    }

    /// Of the first cause that tells.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(of_cause).unwrap_or(Self::Machine)
    }

    /// Of a call that failed.
    pub(crate) fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Configuration | ErrorKind::InvalidInput => Self::Usage,
            ErrorKind::Auth | ErrorKind::Certificate | ErrorKind::Tls => Self::Identity,
            ErrorKind::ConsentInvalid | ErrorKind::ConsentExpired | ErrorKind::ScaRequired => {
                Self::SignatureNeeded
            }
            ErrorKind::Refused | ErrorKind::Unsupported | ErrorKind::Conflict => Self::Refused,
            ErrorKind::QuotaExhausted | ErrorKind::RateLimited => Self::Quota,
            ErrorKind::OutcomeUnknown => Self::OutcomeUnknown,
            _ => Self::GaveUp,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(problem) = cause.downcast_ref::<Problem>() {
        return Some(problem.exit());
    }
    if let Some(error) = cause.downcast_ref::<ScaError>() {
        return of_signature(error.kind());
    }
    if let Some(error) = cause.downcast_ref::<Error>() {
        return Some(Exit::of_kind(error.kind()));
    }
    cause.is::<InvalidValue>().then_some(Exit::Usage)
}

/// `None` where the cause behind it tells more.
fn of_signature(kind: ScaErrorKind) -> Option<Exit> {
    match kind {
        ScaErrorKind::Call => None,
        ScaErrorKind::PsuRefused
        | ScaErrorKind::Expired
        | ScaErrorKind::NeedsAnotherSigner
        | ScaErrorKind::Superseded
        | ScaErrorKind::Cancelled => Some(Exit::SignatureNeeded),
        ScaErrorKind::Failed
        | ScaErrorKind::Unsupported
        | ScaErrorKind::Conflict
        | ScaErrorKind::Over
        | ScaErrorKind::Mismatch
        | ScaErrorKind::Blocked => Some(Exit::Refused),
        ScaErrorKind::Record | ScaErrorKind::Store => Some(Exit::Store),
        ScaErrorKind::Misuse => Some(Exit::Usage),
        _ => Some(Exit::GaveUp),
    }
}
