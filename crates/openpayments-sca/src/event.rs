//! What the PSU is to see, in the order it happens.

use openpayments_model::authorisation::ScaMethod;
use openpayments_model::status::ScaStatus;

use crate::{AppLink, QrFrame, RedirectLink};

/// Something to show, or to ask.
#[derive(Debug)]
#[non_exhaustive]
pub enum ScaEvent {
    /// Several ways to sign and no preference that settles it: ask, then call
    /// [`choose`](crate::ScaSession::choose).
    ChooseMethod(Vec<ScaMethod>),
    /// Show this code; it replaces the one before. It is worth nothing after the next event.
    ShowQr(QrFrame),
    /// Offer this link: it opens BankID on the device it is opened on.
    OpenApp(AppLink),
    /// Send the PSU's browser here; when it comes back, call [`callback`](crate::ScaSession::callback).
    Redirect(RedirectLink),
    /// Where it stands; take away codes and links shown before, unless new ones follow.
    Progress(Step),
    /// The bank's own words to the PSU. Show them as text.
    Message(String),
}

/// Where the PSU is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Begun; nothing to do yet.
    Waiting,
    /// To log in at the bank.
    Authenticate,
    /// To approve a new recipient.
    ApproveRecipient,
    /// To sign.
    Sign,
    /// Done; the bank's answer is awaited.
    Done,
}

impl Step {
    /// What the PSU is asked to do, in English.
    pub fn psu_prompt(self) -> &'static str {
        match self {
            Self::Waiting => "Please wait.",
            Self::Authenticate => "Log in with BankID.",
            Self::ApproveRecipient => "Approve the new recipient with BankID.",
            Self::Sign => "Open BankID and sign.",
            Self::Done => "Done.",
        }
    }
}

impl From<&ScaStatus> for Step {
    fn from(status: &ScaStatus) -> Self {
        match status {
            ScaStatus::AuthenticationStarted => Self::Authenticate,
            ScaStatus::AuthoriseCreditorAccountStarted => Self::ApproveRecipient,
            ScaStatus::Started | ScaStatus::PsuAuthenticated => Self::Sign,
            status if status.is_final() => Self::Done,
            _ => Self::Waiting,
        }
    }
}
