//! What the machine is told, and what it wants done.

use std::time::Duration;

use openpayments_api::authorisation::MethodSelected;
use openpayments_model::authorisation::{ScaMethod, ScaState, StartedAuthorisation};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::status::ScaStatus;
use secrecy::SecretString;

use super::edge::InputKind;
use super::sight::Sight;
use crate::event::Notice;
use crate::outcome::ResourceStatus;

/// Something that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The authorisation was started.
    Started(StartedAuthorisation),
    /// The authorisation could not be started.
    StartFailed,
    /// It is not known whether it was started, or the bank says that one is under way.
    StartUnknown,
    /// The authorisations there are.
    Listed(Vec<AuthorisationId>),
    /// The PSU, or whoever asks him, chose a way to sign.
    Chosen(ScaMethodId),
    /// The bank took the choice.
    Selected(MethodSelected),
    /// The bank did not take the choice. `for_good`: the same one will not do later either.
    SelectRefused {
        /// Whether the way is not offered again.
        for_good: bool,
    },
    /// It is not known whether the bank took the choice.
    SelectUnknown,
    /// The PSU came back with a code.
    Code(SecretString),
    /// The PSU came back without a code.
    Returned,
    /// The PSU came back and had said no.
    Refused,
    /// The PSU came back with an error.
    Failed,
    /// The code was exchanged, or it is not known whether it was.
    Exchanged,
    /// A poll was answered.
    Polled(ScaState),
    /// A poll, or the question which authorisations there are, was not answered.
    PollFailed,
    /// The bank asked to be polled less, after this time if it said so.
    Throttled(Option<Duration>),
    /// The bank does not tell the authorisation's status, as some do not once it is over, or has no list of them.
    /// `for_good`: it says that the authorisation is over.
    PollRefused {
        /// Whether asking again makes no sense.
        for_good: bool,
    },
    /// The status of what is signed was read.
    Read(ResourceStatus),
    /// It could not be read.
    ReadFailed,
    /// The time of [`Machine::wake_at`](super::Machine::wake_at) has come.
    Tick,
    /// The caller wants a new authorisation of the same.
    Restart,
    /// The caller gives up.
    Cancel,
}

impl Input {
    /// Which one it is.
    pub fn kind(&self) -> InputKind {
        match self {
            Self::Started(_) => InputKind::Started,
            Self::StartFailed => InputKind::StartFailed,
            Self::StartUnknown => InputKind::StartUnknown,
            Self::Listed(_) => InputKind::Listed,
            Self::Chosen(_) => InputKind::Chosen,
            Self::Selected(_) => InputKind::Selected,
            Self::SelectRefused { .. } => InputKind::SelectRefused,
            Self::SelectUnknown => InputKind::SelectUnknown,
            Self::Code(_) => InputKind::Code,
            Self::Returned => InputKind::Returned,
            Self::Refused => InputKind::Refused,
            Self::Failed => InputKind::Failed,
            Self::Exchanged => InputKind::Exchanged,
            Self::Polled(_) => InputKind::Polled,
            Self::PollFailed => InputKind::PollFailed,
            Self::Throttled(_) => InputKind::Throttled,
            Self::PollRefused { .. } => InputKind::PollRefused,
            Self::Read(_) => InputKind::Read,
            Self::ReadFailed => InputKind::ReadFailed,
            Self::Tick => InputKind::Tick,
            Self::Restart => InputKind::Restart,
            Self::Cancel => InputKind::Cancel,
        }
    }
}

/// Something to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Start an authorisation.
    Start,
    /// Ask which of these.
    AskMethod(Vec<ScaMethod>),
    /// Tell the bank the choice.
    SelectMethod(AuthorisationId, ScaMethodId),
    /// Show what the PSU needs to sign.
    Show(Sight),
    /// Take away what was shown.
    Hide,
    /// Tell that the time to open the app is over, and offer to restart.
    OfferRestart,
    /// Send the PSU to the bank by this template.
    SendToBank(String),
    /// Show where it stands.
    ShowProgress(ScaStatus),
    /// Show the bank's words.
    ShowMessage(String),
    /// Tell what is odd about the bank's answer.
    Note(Notice),
    /// Tell that the bank does not answer. The next poll stands after it.
    ReportUnavailable,
    /// Tell that it is not known whether an authorisation was started, and that none is there to go on with.
    ReportStartUnknown,
    /// Ask the bank after this time which authorisations there are.
    List(Duration),
    /// Exchange the code.
    ExchangeCode(AuthorisationId, SecretString),
    /// Ask the bank for the authorisation's status after this time.
    Poll(AuthorisationId, Duration),
    /// Read the status of what is signed after this time.
    ReadStatus(Duration),
}
