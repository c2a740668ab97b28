//! How it ended: the SCA status first, then the status of what was signed.

use openpayments_model::message::TppMessage;
use openpayments_model::status::{ConsentStatus, TransactionStatus};
use serde::{Deserialize, Serialize};

use crate::{ScaError, ScaErrorKind};

/// The status of what was signed, read after the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ResourceStatus {
    /// Of a consent.
    Consent(ConsentStatus),
    /// Of a payment. Signed is not settled: follow it.
    Payment(TransactionStatus),
    /// Of the payment that is cancelled.
    Cancellation(TransactionStatus),
    /// Of a basket. Each of its payments has a status of its own: read them too.
    Basket(TransactionStatus),
}

/// What a status means for the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Signed, whatever else is known.
    Done,
    /// One PSU signed, another one has to.
    AnotherSigner,
    /// It will never take effect.
    Dead,
    /// Unsigned at some banks, signed at others.
    Ambiguous,
    /// Not signed, as far as this tells.
    Pending,
}

impl ResourceStatus {
    pub(crate) fn standing(&self) -> Standing {
        match self {
            Self::Consent(status) => match status {
                ConsentStatus::Valid => Standing::Done,
                ConsentStatus::PartiallyAuthorised => Standing::AnotherSigner,
                status if status.is_over() => Standing::Dead,
                _ => Standing::Pending,
            },
            Self::Cancellation(status) => match status {
                TransactionStatus::Cancelled => Standing::Done,
                TransactionStatus::PartiallyAcceptedTechnical => Standing::AnotherSigner,
                // What is settled or rejected can be cancelled no more.
                status if status.is_final() => Standing::Dead,
                _ => Standing::Pending,
            },
            Self::Payment(status) | Self::Basket(status) => match status {
                TransactionStatus::AcceptedWithoutPosting
                | TransactionStatus::AcceptedSettlementInProcess
                | TransactionStatus::AcceptedSettlementCompleted
                | TransactionStatus::AcceptedCreditSettlementCompleted
                | TransactionStatus::PartiallyAccepted => Standing::Done,
                TransactionStatus::PartiallyAcceptedTechnical => Standing::AnotherSigner,
                TransactionStatus::Received => Standing::Pending,
                status if status.is_refused() => Standing::Dead,
                _ => Standing::Ambiguous,
            },
        }
    }
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// The PSU signed, and the bank took it. A consent is `valid`; a payment will be executed.
    Completed(ResourceStatus),
    /// The PSU said no. Nothing was done. Ask whether to try again. Some banks reject the consent or payment with it:
    /// [`restart`](crate::ScaSession::restart) finds out, and starts nothing there; then make a new one.
    Refused,
    /// Another order of the same PSU, from us or from anybody else, ended this one. Nothing was done. Ask whether to try
    /// again.
    Superseded,
    /// BankID stopped it because it looks like fraud. Nothing was done. Do not offer to try again.
    Blocked,
    /// The PSU did not sign in time. Nothing was done. A new authorisation of the same consent or payment can be started.
    Expired,
    /// This PSU signed; another one has to sign too, with an authorisation of his own.
    NeedsAnotherSigner(ResourceStatus),
    /// The bank ended it, or rejected what was signed. The messages may say why.
    Failed {
        /// What the bank says.
        messages: Vec<TppMessage>,
        /// What to do now.
        next: NextStep,
    },
    /// Time is up and nothing is decided. Read the status later; do not sign again before.
    StillPending,
    /// It was cancelled here. The bank was not told, since it cannot be: if the PSU signs all the same, the status says
    /// so.
    Cancelled,
}

/// What to do after a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum NextStep {
    /// Go on with what was signed.
    Proceed,
    /// Ask the PSU whether to sign again; if so, [`restart`](crate::ScaSession::restart).
    AskPsu,
    /// The same consent or payment may be signed again: [`restart`](crate::ScaSession::restart).
    SignAgain,
    /// Create a new consent or payment; this one will never take effect.
    CreateAnew,
    /// Let the other signer start an authorisation of his own.
    AskOtherSigner,
    /// Read the status later, and do not sign again before it says that nothing was signed.
    ReadLater,
    /// It ends the same way each time, until the PSU or the bank changes something: no BankID, no right to the account,
    /// no way to sign that is supported.
    GiveUp,
}

impl Outcome {
    /// What to do now.
    pub fn next_step(&self) -> NextStep {
        match self {
            Self::Completed(_) => NextStep::Proceed,
            Self::Refused | Self::Cancelled | Self::Superseded => NextStep::AskPsu,
            Self::Blocked => NextStep::GiveUp,
            Self::Expired => NextStep::SignAgain,
            Self::NeedsAnotherSigner(_) => NextStep::AskOtherSigner,
            Self::Failed { next, .. } => *next,
            Self::StillPending => NextStep::ReadLater,
        }
    }

    /// Whether a new authorisation makes sense, and cannot be a second signature.
    pub(crate) fn allows_restart(&self) -> bool {
        matches!(self.next_step(), NextStep::SignAgain | NextStep::AskPsu)
    }

    /// The status of what was signed, or an error that says how it ended instead.
    ///
    /// # Errors
    /// A [`ScaError`] of the kind that goes with the outcome. Another signer is an error here too, since nothing is
    /// complete.
    pub fn into_result(self) -> Result<ResourceStatus, ScaError> {
        match self {
            Self::Completed(status) => Ok(status),
            Self::Refused => Err(ScaError::new(ScaErrorKind::PsuRefused)),
            Self::Superseded => Err(ScaError::new(ScaErrorKind::Superseded)),
            Self::Blocked => Err(ScaError::new(ScaErrorKind::Blocked)),
            Self::Expired => Err(ScaError::new(ScaErrorKind::Expired)),
            Self::NeedsAnotherSigner(_) => Err(ScaError::new(ScaErrorKind::NeedsAnotherSigner)),
            Self::Failed { messages, next } => Err(ScaError::failed(messages, next)),
            Self::StillPending => Err(ScaError::new(ScaErrorKind::StillPending)),
            Self::Cancelled => Err(ScaError::new(ScaErrorKind::Cancelled)),
        }
    }
}
