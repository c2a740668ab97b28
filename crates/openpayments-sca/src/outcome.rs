//! How it ended: the SCA status first, then the status of what was signed.

use openpayments_model::message::TppMessage;
use openpayments_model::status::{ConsentStatus, TransactionStatus};

use crate::{ScaError, ScaErrorKind};

/// The status of what was signed, read after the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceStatus {
    /// Of a consent.
    Consent(ConsentStatus),
    /// Of a payment. Signed is not settled: follow it.
    Payment(TransactionStatus),
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The PSU signed, and the bank took it. A consent is `valid`; a payment will be executed.
    Completed(ResourceStatus),
    /// The PSU said no. Nothing was done. Ask whether to try again.
    Refused,
    /// The PSU did not sign in time. Nothing was done. A new authorisation of the same consent or payment can be started.
    Expired,
    /// This PSU signed; another one has to sign too, with an authorisation of his own.
    NeedsAnotherSigner(ResourceStatus),
    /// The bank ended it, or rejected what was signed. The messages may say why.
    Failed {
        /// What the bank says.
        messages: Vec<TppMessage>,
    },
    /// Time is up and nothing is decided. Read the status later; do not sign again before.
    StillPending,
}

impl Outcome {
    /// The status of what was signed, or an error that says how it ended instead.
    ///
    /// # Errors
    /// A [`ScaError`] of the kind that goes with the outcome. Another signer is an error here too, since nothing is
    /// complete.
    pub fn into_result(self) -> Result<ResourceStatus, ScaError> {
        match self {
            Self::Completed(status) => Ok(status),
            Self::Refused => Err(ScaError::new(ScaErrorKind::PsuRefused)),
            Self::Expired => Err(ScaError::new(ScaErrorKind::Expired)),
            Self::NeedsAnotherSigner(_) => Err(ScaError::new(ScaErrorKind::NeedsAnotherSigner)),
            Self::Failed { messages } => Err(ScaError::new(ScaErrorKind::Failed).with_messages(messages)),
            Self::StillPending => Err(ScaError::new(ScaErrorKind::StillPending)),
        }
    }
}
