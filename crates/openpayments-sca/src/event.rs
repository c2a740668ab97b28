//! What the PSU is to see, in the order it happens.

use openpayments_model::authorisation::ScaMethod;
use openpayments_model::identifier::ScaMethodId;
use openpayments_model::status::ScaStatus;

use crate::{AppLink, QrFrame, RedirectLink};

/// Something to show, or to ask.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ScaEvent {
    /// Several ways to sign and no preference that settles it: ask, then call
    /// [`choose`](crate::ScaSession::choose).
    ChooseMethod(Vec<ScaMethod>),
    /// Show this code; it replaces the one before. Take it away at [`HideQr`](Self::HideQr), and do not show it at all
    /// once it is no longer [fresh](QrFrame::is_fresh).
    ShowQr(QrFrame),
    /// Take away the code and the link shown before.
    HideQr,
    /// Offer this link: it opens BankID on the device it is opened on.
    OpenApp(AppLink),
    /// The time to open the app, 30 s in each round, is over and the bank has not moved on. If the PSU has not opened
    /// it, it is too late: offer to sign again, and call [`restart`](crate::ScaSession::restart) if the PSU wants to. If
    /// the PSU is in the app, nothing is wrong; the bank goes on being asked either way.
    StartWindowMissed,
    /// Send the PSU's browser here; when it comes back, call [`callback`](crate::ScaSession::callback).
    Redirect(RedirectLink),
    /// Where it stands.
    Progress(Step),
    /// The bank's own words to the PSU. Show them as text.
    Message(String),
    /// Something odd about the bank's answer, for the log and not for the PSU. It goes on all the same.
    Notice(Notice),
}

/// What was odd about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// An SCA status this version has no name for; it counts as pending.
    UnknownStatus(ScaStatus),
    /// A way to sign that was offered twice; the second is left out.
    DuplicateMethod(ScaMethodId),
    /// A picture that is no PNG, is larger than 512 KiB or is only an address; it is not shown.
    PictureDropped,
    /// A start token that is not of BankID's form; no link is made of it.
    TokenDropped,
    /// A code that is older than the one before; it is not shown.
    StaleCode,
    /// The bank does not let anybody read the payment, so that nothing says whether it keeps what was asked for.
    NotReadBack,
    /// A pending status after a final one; the final one stays.
    StatusWentBack,
}

/// Where the PSU is. [`psu_prompt`](Step::psu_prompt) has the words for it.
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
