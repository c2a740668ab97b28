//! What comes next: a state machine without IO. Time comes in as input.
//!
//! Every edge stands in [`Machine::step`]; whatever is not there is an [`IllegalStep`].

use std::time::Duration;

use openpayments_api::authorisation::MethodSelected;
use openpayments_model::authorisation::{
    ChallengeData, ScaApproach, ScaMethod, ScaState, StartedAuthorisation,
};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::message::TppMessage;
use openpayments_model::status::{ConsentStatus, ScaStatus, TransactionStatus};
use secrecy::{ExposeSecret, SecretString};

use crate::method::MethodPreference;
use crate::outcome::{Outcome, ResourceStatus};

/// How long the PSU has in all.
pub const DEADLINE: Duration = Duration::from_mins(5);
/// Between polls while the bank feeds a code that changes every second.
const POLL_ANIMATED: Duration = Duration::from_secs(1);
/// Between polls otherwise.
const POLL: Duration = Duration::from_secs(2);
/// Between readings of a status that lags behind the signature.
const READ_AGAIN: Duration = Duration::from_secs(1);
/// How long a status may lag behind the signature.
const LAG: Duration = Duration::from_secs(30);
/// How many polls in a row may fail.
const FAILED_POLLS: u32 = 10;

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// The authorisation was started.
    Started(StartedAuthorisation),
    /// The PSU, or whoever asks him, chose a way to sign.
    Chosen(ScaMethodId),
    /// The bank took the choice.
    Selected(MethodSelected),
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
    /// A poll was not answered.
    PollFailed,
    /// The status of what was signed was read.
    Read(ResourceStatus),
}

/// Something to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Ask which of these.
    AskMethod(Vec<ScaMethod>),
    /// Tell the bank the choice.
    SelectMethod(AuthorisationId, ScaMethodId),
    /// Show what the PSU needs to sign.
    ShowChallenge(ScaMethodId, ChallengeData),
    /// Send the PSU to the bank by this template.
    SendToBank(String),
    /// Show where it stands.
    ShowProgress(ScaStatus),
    /// Show the bank's words.
    ShowMessage(String),
    /// Exchange the code.
    ExchangeCode(AuthorisationId, SecretString),
    /// Ask the bank for the authorisation's status after this time.
    Poll(AuthorisationId, Duration),
    /// Read the status of what was signed after this time.
    ReadStatus(Duration),
}

/// An input that has no place in the present phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input} does not go with the phase {phase}")]
pub struct IllegalStep {
    phase: &'static str,
    input: &'static str,
}

/// Why no signature can come about at this bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The caller's order of steps is wrong.
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
    /// The bank offers no way to sign, or not the one that was asked for.
    #[error("the bank does not offer the way to sign")]
    NoMethod,
    /// The bank wants the PSU's credentials to pass through us, or names no approach.
    #[error("the bank's approach is not redirect and not decoupled")]
    Approach,
    /// The bank wants a redirect and sends no link.
    #[error("the bank sent no link to redirect to")]
    NoLink,
    /// The bank did not answer ten polls in a row.
    #[error("the bank did not answer ten times in a row")]
    Unavailable,
}

#[derive(Clone, Debug)]
enum Phase {
    Starting,
    Choosing(AuthorisationId, Vec<ScaMethod>),
    Selecting(AuthorisationId, ScaMethodId),
    AtBank(AuthorisationId),
    Exchanging(AuthorisationId),
    Signing(AuthorisationId, ScaMethodId),
    Reading { messages: Vec<TppMessage>, since: Duration },
    Ended(Outcome),
}

impl Phase {
    fn name(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Choosing(..) => "choosing",
            Self::Selecting(..) => "selecting",
            Self::AtBank(_) => "at the bank",
            Self::Exchanging(_) => "exchanging",
            Self::Signing(..) => "signing",
            Self::Reading { .. } => "reading",
            Self::Ended(_) => "ended",
        }
    }
}

impl Input {
    fn name(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Chosen(_) => "chosen",
            Self::Selected(_) => "selected",
            Self::Code(_) => "code",
            Self::Returned => "returned",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Exchanged => "exchanged",
            Self::Polled(_) => "polled",
            Self::PollFailed => "poll failed",
            Self::Read(_) => "read",
        }
    }
}

/// The state of one authorisation.
#[derive(Clone, Debug)]
pub struct Machine {
    phase: Phase,
    preference: MethodPreference,
    shown: Option<(ScaStatus, Option<SecretString>)>,
    failed_polls: u32,
    deadline: Duration,
}

impl Machine {
    /// Before the authorisation is started. `now` is the time on whichever monotonic clock the later inputs use.
    pub fn new(preference: MethodPreference, now: Duration) -> Self {
        Self { phase: Phase::Starting, preference, shown: None, failed_polls: 0, deadline: now + DEADLINE }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.phase {
            Phase::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether the PSU is at the bank's page and a callback is awaited.
    pub fn awaits_callback(&self) -> bool {
        matches!(self.phase, Phase::AtBank(_))
    }

    /// Whether a way to sign has to be chosen.
    pub fn awaits_choice(&self) -> bool {
        matches!(self.phase, Phase::Choosing(..))
    }

    /// Takes an input and tells what to do next.
    ///
    /// # Errors
    /// A [`StepError`]. After [`StepError::Illegal`] the state is as before; the others end nothing at the bank, but
    /// this session cannot go on.
    pub fn step(&mut self, input: Input, now: Duration) -> Result<Vec<Action>, StepError> {
        let illegal = IllegalStep { phase: self.phase.name(), input: input.name() };
        match (self.phase.clone(), input) {
            (Phase::Starting, Input::Started(started)) => self.started(started, now),
            (Phase::Choosing(authorisation, methods), Input::Chosen(chosen)) => {
                if !methods.iter().any(|method| method.authentication_method_id == chosen) {
                    return Err(StepError::NoMethod);
                }
                Ok(self.select(authorisation, chosen))
            }
            (Phase::Selecting(authorisation, method), Input::Selected(selected)) => {
                self.selected(authorisation, method, selected, now)
            }
            (Phase::AtBank(authorisation), Input::Code(code)) => {
                self.phase = Phase::Exchanging(authorisation.clone());
                Ok(vec![Action::ExchangeCode(authorisation, code)])
            }
            (Phase::Exchanging(authorisation), Input::Exchanged)
            | (Phase::AtBank(authorisation), Input::Returned) => {
                self.phase = Phase::AtBank(authorisation.clone());
                Ok(vec![Action::Poll(authorisation, Duration::ZERO)])
            }
            (Phase::AtBank(_), Input::Refused) => Ok(self.end(Outcome::Refused)),
            (Phase::AtBank(_), Input::Failed) => Ok(self.end(Outcome::Failed { messages: Vec::new() })),
            (Phase::AtBank(authorisation), Input::Polled(state)) => {
                self.failed_polls = 0;
                Ok(self.watch(authorisation, None, &state.sca_status, state.tpp_messages, now))
            }
            (Phase::Signing(authorisation, method), Input::Polled(state)) => {
                self.failed_polls = 0;
                let challenge = state.challenge_data.map(|challenge| (method.clone(), challenge));
                self.phase = Phase::Signing(authorisation.clone(), method);
                Ok(self.watch(authorisation, challenge, &state.sca_status, state.tpp_messages, now))
            }
            (Phase::AtBank(authorisation) | Phase::Signing(authorisation, _), Input::PollFailed) => {
                self.failed_polls += 1;
                if self.failed_polls >= FAILED_POLLS {
                    return Err(StepError::Unavailable);
                }
                Ok(self.poll_again(authorisation, now))
            }
            (Phase::Reading { messages, since }, Input::Read(status)) => {
                Ok(self.judge(status, messages, since, now))
            }
            _ => Err(illegal.into()),
        }
    }

    fn started(&mut self, started: StartedAuthorisation, now: Duration) -> Result<Vec<Action>, StepError> {
        let mut actions: Vec<Action> = started.psu_message.map(Action::ShowMessage).into_iter().collect();
        let authorisation = started.authorisation_id;
        // Some banks need nothing more, in tests or by exemption.
        if started.sca_status.is_final() {
            actions.extend(self.watch(authorisation, None, &started.sca_status, Vec::new(), now));
            return Ok(actions);
        }
        if started.sca_methods.is_empty() {
            return Err(StepError::NoMethod);
        }
        match (self.preference.settle(&started.sca_methods), &self.preference) {
            (Some(method), _) => {
                let method = method.authentication_method_id.clone();
                actions.extend(self.select(authorisation, method));
            }
            (None, MethodPreference::Method(_)) => return Err(StepError::NoMethod),
            (None, _) => {
                self.phase = Phase::Choosing(authorisation, started.sca_methods.clone());
                actions.push(Action::AskMethod(started.sca_methods));
            }
        }
        Ok(actions)
    }

    fn select(&mut self, authorisation: AuthorisationId, method: ScaMethodId) -> Vec<Action> {
        self.phase = Phase::Selecting(authorisation.clone(), method.clone());
        vec![Action::SelectMethod(authorisation, method)]
    }

    fn selected(
        &mut self,
        authorisation: AuthorisationId,
        method: ScaMethodId,
        selected: MethodSelected,
        now: Duration,
    ) -> Result<Vec<Action>, StepError> {
        let body = selected.body;
        let mut actions: Vec<Action> = body.psu_message.map(Action::ShowMessage).into_iter().collect();
        match selected.approach {
            Some(ScaApproach::Redirect) => {
                let link = body.links.get("scaOAuth").or_else(|| body.links.get("scaRedirect"));
                actions.push(Action::SendToBank(link.ok_or(StepError::NoLink)?.to_owned()));
                self.phase = Phase::AtBank(authorisation.clone());
                actions.extend(self.watch(authorisation, None, &body.sca_status, body.tpp_messages, now));
            }
            Some(ScaApproach::Decoupled) => {
                let challenge = body.challenge_data.map(|challenge| (method.clone(), challenge));
                self.phase = Phase::Signing(authorisation.clone(), method);
                actions.extend(self.watch(
                    authorisation,
                    challenge,
                    &body.sca_status,
                    body.tpp_messages,
                    now,
                ));
            }
            _ => return Err(StepError::Approach),
        }
        Ok(actions)
    }

    /// Takes a status: shows what is new about it, then waits, reads or ends.
    fn watch(
        &mut self,
        authorisation: AuthorisationId,
        challenge: Option<(ScaMethodId, ChallengeData)>,
        status: &ScaStatus,
        messages: Vec<TppMessage>,
        now: Duration,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        let status_is_new = self.shown.as_ref().is_none_or(|(shown, _)| shown != status);
        if status_is_new {
            actions.push(Action::ShowProgress(status.clone()));
        }
        let token = challenge.as_ref().and_then(|(_, challenge)| challenge.token().cloned());
        let token_is_new = self.shown.as_ref().is_none_or(|(_, shown)| !same(shown.as_ref(), token.as_ref()));
        self.shown = Some((status.clone(), token));
        if let Some((method, challenge)) =
            challenge.filter(|_| !status.is_final() && (status_is_new || token_is_new))
        {
            actions.push(Action::ShowChallenge(method, challenge));
        }
        if status.is_success() {
            self.phase = Phase::Reading { messages, since: now };
            actions.push(Action::ReadStatus(Duration::ZERO));
        } else if status.is_final() {
            actions.extend(self.end(failed(messages)));
        } else {
            actions.extend(self.poll_again(authorisation, now));
        }
        actions
    }

    fn poll_again(&mut self, authorisation: AuthorisationId, now: Duration) -> Vec<Action> {
        let animated =
            matches!(&self.phase, Phase::Signing(_, method) if method.as_str().contains("animated_qr"));
        let pause = if animated { POLL_ANIMATED } else { POLL };
        if now + pause > self.deadline {
            return self.end(Outcome::StillPending);
        }
        vec![Action::Poll(authorisation, pause)]
    }

    /// Signed; now what was signed tells how it ended. Its status may lag behind the signature.
    fn judge(
        &mut self,
        status: ResourceStatus,
        messages: Vec<TppMessage>,
        since: Duration,
        now: Duration,
    ) -> Vec<Action> {
        let verdict = match &status {
            ResourceStatus::Consent(ConsentStatus::Valid) => Some(Outcome::Completed(status)),
            ResourceStatus::Consent(ConsentStatus::PartiallyAuthorised)
            | ResourceStatus::Payment(TransactionStatus::PartiallyAcceptedTechnical) => {
                Some(Outcome::NeedsAnotherSigner(status))
            }
            ResourceStatus::Consent(consent) if consent.is_over() => Some(failed(messages.clone())),
            ResourceStatus::Payment(payment) if payment.is_refused() => Some(failed(messages.clone())),
            ResourceStatus::Consent(_) | ResourceStatus::Payment(TransactionStatus::Received) => None,
            ResourceStatus::Payment(_) => Some(Outcome::Completed(status)),
        };
        match verdict {
            Some(outcome) => self.end(outcome),
            None if now + READ_AGAIN > since + LAG => self.end(Outcome::StillPending),
            None => {
                self.phase = Phase::Reading { messages, since };
                vec![Action::ReadStatus(READ_AGAIN)]
            }
        }
    }

    fn end(&mut self, outcome: Outcome) -> Vec<Action> {
        self.phase = Phase::Ended(outcome);
        Vec::new()
    }
}

/// A failed signature by what the bank says of it.
fn failed(messages: Vec<TppMessage>) -> Outcome {
    if messages.iter().any(|message| message.code == "AUTHENTICATION_SESSION_EXPIRED") {
        Outcome::Expired
    } else {
        Outcome::Failed { messages }
    }
}

fn same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(ExposeSecret::expose_secret) == other.map(ExposeSecret::expose_secret)
}
