//! The steps while the bank is asked, and what its answers come to.

use std::time::Duration;

use openpayments_model::authorisation::{ChallengeData, ScaState, SelectedMethod};
use openpayments_model::identifier::ScaMethodId;
use openpayments_model::message::TppMessage;
use openpayments_model::status::ScaStatus;

use super::timing::{FAILED_POLLS, LAG, READ_AGAIN, SLOWER};
use super::{Action, Input, Machine, Phase, PhaseKind, Stepped, failed};
use crate::event::Notice;
use crate::outcome::{NextStep, Outcome, ResourceStatus, Standing};
use crate::text::{BankIdState, BankIdText};

impl Machine {
    pub(super) fn sign(&mut self, phase: Phase, input: Input, now: Duration) -> Stepped {
        Some(Ok(match (phase, input) {
            (Phase::Signing { method, .. }, Input::Polled(state)) => {
                self.polled(method.as_ref(), state, false, now)
            }
            (_, Input::Tick) if self.is_signing() => self.round.tick(now),
            (Phase::Checking { .. }, Input::Tick) => Vec::new(),
            (Phase::Checking { then, over }, Input::Read(status)) => self.checked(*then, over, status, now),
            (Phase::Checking { then, .. }, Input::ReadFailed) => {
                self.phase = *then;
                self.poll_failed(now)
            }
            (phase @ Phase::Signing { .. }, input) => return self.ask_again(phase, &input, now),
            _ => return None,
        }))
    }

    pub(super) fn read(&mut self, phase: Phase, input: Input, now: Duration) -> Stepped {
        Some(Ok(match (phase, input) {
            (Phase::Reading { messages, until }, Input::Read(status)) => {
                self.judge(status, messages, until, now)
            }
            (Phase::Reading { .. }, Input::ReadFailed) => self.read_failed(),
            // What was told first stays: a status that is behind cannot undo a signature.
            (_, Input::Polled(_)) => vec![Action::Note(Notice::StatusWentBack)],
            _ => return None,
        }))
    }

    /// A poll came back without a status.
    pub(super) fn ask_again(&mut self, phase: Phase, input: &Input, now: Duration) -> Stepped {
        Some(Ok(match input {
            Input::PollFailed => self.poll_failed(now),
            Input::Throttled(asked) => {
                self.slower += SLOWER;
                self.failed_polls += 1;
                self.poll_later(self.pause().max(asked.unwrap_or_default()), now)
            }
            Input::PollRefused { for_good } => {
                self.phase = Phase::Checking { then: Box::new(phase), over: *for_good };
                vec![Action::ReadStatus(Duration::ZERO)]
            }
            _ => return None,
        }))
    }

    pub(super) fn polled(
        &mut self,
        method: Option<&ScaMethodId>,
        state: ScaState,
        told: bool,
        now: Duration,
    ) -> Vec<Action> {
        self.failed_polls = 0;
        let mut actions = self.say(state.psu_message.as_deref());
        let pending = !state.sca_status.is_final();
        let messages = state.tpp_messages.clone();
        // On the bank's page nothing has to be opened here.
        let challenge = state.challenge_data.as_ref().filter(|_| self.phase() == PhaseKind::Signing);
        actions.extend(self.watch(method, challenge, &state.sca_status, state.tpp_messages, now));
        if pending && told {
            actions.retain(|action| !matches!(action, Action::Poll(..)));
            actions.extend(self.end(failed(messages, NextStep::SignAgain)));
        }
        actions
    }

    pub(super) fn watch_body(
        &mut self,
        method: Option<&ScaMethodId>,
        body: SelectedMethod,
        now: Duration,
    ) -> Vec<Action> {
        self.watch(method, body.challenge_data.as_ref(), &body.sca_status, body.tpp_messages, now)
    }

    /// Takes a status: shows what is new about it, then waits, reads or ends.
    pub(super) fn watch(
        &mut self,
        method: Option<&ScaMethodId>,
        challenge: Option<&ChallengeData>,
        status: &ScaStatus,
        messages: Vec<TppMessage>,
        now: Duration,
    ) -> Vec<Action> {
        let mut actions = self.round.meet(status, challenge, method, self.timing.start_window, now);
        if self.phase() == PhaseKind::AtBank {
            actions.retain(|action| !matches!(action, Action::OfferRestart));
        }
        if status.is_success() {
            self.failed_polls = 0;
            self.phase = Phase::Reading { messages, until: None };
            actions.push(Action::ReadStatus(Duration::ZERO));
        } else if status.is_final() {
            actions.extend(self.end(of_failure(messages)));
        } else {
            let pause = self.pause();
            if now + pause > self.deadline {
                actions.extend(self.end(Outcome::StillPending));
            } else {
                actions.extend(self.poll_in(pause));
            }
        }
        actions
    }

    /// A poll that failed says nothing about the signature, not even when time is up.
    fn poll_failed(&mut self, now: Duration) -> Vec<Action> {
        // A bank that is in trouble is asked less often: twice and then four times as long between.
        let pause = self.pause() * (1 << self.failed_polls.min(2));
        self.failed_polls += 1;
        self.poll_later(pause, now)
    }

    fn poll_later(&mut self, pause: Duration, now: Duration) -> Vec<Action> {
        let mut actions = if self.phase() == PhaseKind::Signing { self.round.tick(now) } else { Vec::new() };
        if self.failed_polls >= FAILED_POLLS || now + pause > self.deadline {
            self.failed_polls = 0;
            actions.push(Action::ReportUnavailable);
        }
        actions.extend(self.poll_in(pause));
        actions
    }

    pub(super) fn poll_in(&self, pause: Duration) -> Option<Action> {
        match &self.phase {
            Phase::AtBank { authorisation, .. }
            | Phase::Signing { authorisation, .. }
            | Phase::Looking { found: Some(authorisation), .. } => {
                Some(Action::Poll(authorisation.clone(), pause))
            }
            Phase::Looking { found: None, .. } => Some(Action::List(pause)),
            _ => None,
        }
    }

    pub(super) fn pause(&self) -> Duration {
        let fed = matches!(&self.phase, Phase::Signing { method, .. } if self.round.is_fed(method.as_ref()));
        let pause = if fed { self.timing.poll_animated } else { self.timing.poll };
        pause + self.slower
    }

    /// Signed; now what was signed tells how it ended. Its status may lag behind the signature.
    fn judge(
        &mut self,
        status: ResourceStatus,
        messages: Vec<TppMessage>,
        until: Option<Duration>,
        now: Duration,
    ) -> Vec<Action> {
        self.failed_polls = 0;
        let waits_for_another = messages.iter().any(|message| message.code == "AUTHORISATION_PENDING_API");
        match status.standing() {
            Standing::Dead => self.end(failed(messages, NextStep::CreateAnew)),
            Standing::AnotherSigner => self.end(Outcome::NeedsAnotherSigner(status)),
            Standing::Done => self.end(Outcome::Completed(status)),
            _ if waits_for_another => self.end(Outcome::NeedsAnotherSigner(status)),
            // By itself it could mean either, but the SCA status came first and said signed.
            Standing::Ambiguous => self.end(Outcome::Completed(status)),
            Standing::Pending if until.is_some_and(|until| now + READ_AGAIN > until) => {
                self.end(Outcome::StillPending)
            }
            Standing::Pending => {
                let until = Some(until.unwrap_or(now + LAG));
                self.phase = Phase::Reading { messages, until };
                vec![Action::ReadStatus(READ_AGAIN)]
            }
        }
    }

    fn read_failed(&mut self) -> Vec<Action> {
        self.failed_polls += 1;
        let mut actions = vec![Action::ReadStatus(self.timing.poll)];
        if self.failed_polls >= FAILED_POLLS {
            self.failed_polls = 0;
            actions.insert(0, Action::ReportUnavailable);
        }
        actions
    }

    /// The SCA status is not to be had. Only what says beyond doubt that it was signed, or never will be, ends it.
    fn checked(&mut self, then: Phase, over: bool, status: ResourceStatus, now: Duration) -> Vec<Action> {
        match status.standing() {
            Standing::Done => self.end(Outcome::Completed(status)),
            Standing::AnotherSigner => self.end(Outcome::NeedsAnotherSigner(status)),
            Standing::Dead => self.end(failed(Vec::new(), NextStep::CreateAnew)),
            Standing::Ambiguous | Standing::Pending if over => {
                self.end(failed(Vec::new(), NextStep::SignAgain))
            }
            Standing::Ambiguous | Standing::Pending => {
                self.phase = then;
                if now + self.pause() > self.deadline {
                    return self.end(Outcome::StillPending);
                }
                self.poll_failed(now)
            }
        }
    }
}

/// Where a bank passes on BankID's own hint: as a message's code or its text.
fn hints(message: &TppMessage) -> impl Iterator<Item = &str> {
    [Some(message.code.as_str()), message.text.as_deref().map(str::trim)].into_iter().flatten()
}

/// A failed signature by what the bank says of it.
fn of_failure(messages: Vec<TppMessage>) -> Outcome {
    let says = |code: &str| messages.iter().any(|message| message.code == code);
    if says("AUTHENTICATION_SESSION_EXPIRED") {
        return Outcome::Expired;
    }
    let for_good = ["PSU_RIGHTS_MISSING", "BANKID_NOT_ACTIVATED", "TPP_KYC_INVALID"].into_iter().any(says);
    let text_of = |hint| BankIdText::of_hint(BankIdState::Failed, hint, false);
    let known = messages.iter().flat_map(hints).find(|hint| text_of(hint) != BankIdText::UnknownError);
    match known.map(|hint| (text_of(hint), hint)) {
        Some((BankIdText::UserCancelled, _)) => Outcome::Refused,
        Some((BankIdText::Superseded, _)) => Outcome::Superseded,
        Some((BankIdText::Expired | BankIdText::NotFoundHere, _)) => Outcome::Expired,
        Some((BankIdText::Stopped, "transactionRiskBlocked")) => Outcome::Blocked,
        Some(_) => failed(messages, NextStep::GiveUp),
        None if for_good => failed(messages, NextStep::GiveUp),
        None => failed(messages, NextStep::SignAgain),
    }
}
