//! The machine as data that another process can go on with. It holds no token, no code and no picture.

use std::time::Duration;

use openpayments_model::authorisation::ScaMethod;
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::message::TppMessage;
use openpayments_model::status::ScaStatus;
use serde::{Deserialize, Serialize};

use super::round::{Round, Window};
use super::sight::Mark;
use super::{Action, Machine, Phase, Timing};
use crate::method::MethodPreference;
use crate::outcome::Outcome;

/// Milliseconds from the moment of the export to a moment that counts.
type FromNow = i64;

/// A [`Machine`] as it stands. Times are counted from the moment it was taken.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    phase: Kept,
    preference: Preference,
    chosen: Option<ScaMethodId>,
    #[serde(default)]
    known: Vec<AuthorisationId>,
    status: Option<ScaStatus>,
    begun: bool,
    /// SHA-256 of what names the order, to know it again; not the token itself.
    order: Option<[u8; 32]>,
    window: KeptWindow,
    slower: u64,
    deadline: FromNow,
    timing: [u64; 4],
    opens_at_start: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kept {
    Starting,
    Looking(Option<AuthorisationId>),
    Choosing(AuthorisationId, Vec<ScaMethod>),
    /// The choice may be with the bank already.
    Selecting(AuthorisationId, ScaMethodId, Vec<ScaMethod>),
    AtBank(AuthorisationId, bool),
    Signing(AuthorisationId, Option<ScaMethodId>),
    Reading(Vec<TppMessage>, Option<FromNow>),
    Ended(Outcome),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KeptWindow {
    Closed,
    Open(FromNow),
    Missed,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Preference {
    Ask,
    ThisDevice,
    OtherDevice,
    Method(ScaMethodId),
}

impl Snapshot {
    /// Drops the bank's own words, which may be personal.
    pub(crate) fn without_words(mut self) -> Self {
        if let Kept::Reading(messages, _) | Kept::Ended(Outcome::Failed { messages, .. }) = &mut self.phase {
            for message in messages {
                message.text = None;
            }
        }
        self
    }
}

impl Machine {
    /// What another process needs.
    pub(crate) fn snapshot(&self, now: Duration) -> Snapshot {
        let from_now = |then: Duration| millis(then) - millis(now);
        let whole = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Snapshot {
            phase: keep(&self.phase, from_now),
            preference: match &self.preference {
                MethodPreference::Ask => Preference::Ask,
                MethodPreference::ThisDevice => Preference::ThisDevice,
                MethodPreference::OtherDevice => Preference::OtherDevice,
                MethodPreference::Method(id) => Preference::Method(id.clone()),
            },
            chosen: self.chosen.clone(),
            known: self.known.clone(),
            status: self.round.status.clone(),
            begun: self.round.begun,
            order: self.round.order.map(|mark| mark.0),
            window: match self.round.window {
                Window::Closed => KeptWindow::Closed,
                Window::Open(end) => KeptWindow::Open(from_now(end)),
                Window::Missed => KeptWindow::Missed,
            },
            slower: whole(self.slower),
            deadline: from_now(self.deadline),
            timing: [
                whole(self.timing.deadline),
                whole(self.timing.start_window),
                whole(self.timing.poll),
                whole(self.timing.poll_animated),
            ],
            opens_at_start: self.timing.opens_at_start,
        }
    }

    /// Goes on from a snapshot that was taken `ago`. Also tells what to do first.
    pub(crate) fn resume(snapshot: Snapshot, ago: Duration, now: Duration) -> (Self, Vec<Action>) {
        let at = |then: FromNow| {
            let then = millis(now).saturating_add(then).saturating_sub(millis(ago));
            Duration::from_millis(u64::try_from(then).unwrap_or_default())
        };
        let [deadline, start_window, poll, poll_animated] = snapshot.timing.map(Duration::from_millis);
        let mut machine = Self {
            phase: Phase::Starting,
            preference: match snapshot.preference {
                Preference::Ask => MethodPreference::Ask,
                Preference::ThisDevice => MethodPreference::ThisDevice,
                Preference::OtherDevice => MethodPreference::OtherDevice,
                Preference::Method(id) => MethodPreference::Method(id),
            },
            timing: Timing {
                deadline,
                start_window,
                opens_at_start: snapshot.opens_at_start,
                poll,
                poll_animated,
            },
            chosen: snapshot.chosen,
            known: snapshot.known,
            round: Round::resumed(
                snapshot.status,
                snapshot.begun,
                snapshot.order.map(Mark),
                match snapshot.window {
                    KeptWindow::Closed => Window::Closed,
                    KeptWindow::Open(end) => Window::Open(at(end)),
                    KeptWindow::Missed => Window::Missed,
                },
            ),
            failed_polls: 0,
            slower: Duration::from_millis(snapshot.slower),
            began: now,
            deadline: at(snapshot.deadline),
        };
        let progress = machine.round.status.clone().map(Action::ShowProgress);
        let actions = match snapshot.phase {
            // Whether the bank started it is not known, and nobody asks for a second one.
            Kept::Starting => machine.look(),
            Kept::Looking(found) => {
                machine.phase = Phase::Looking { found, again: true, told: None };
                Vec::from_iter(machine.poll_in(Duration::ZERO))
            }
            Kept::Choosing(authorisation, methods) => {
                let ask = vec![Action::AskMethod(methods.clone())];
                machine.phase = Phase::Choosing { authorisation, methods };
                ask
            }
            // Whether the bank was told is not known: a second choice would be a second order. The status tells.
            Kept::Selecting(authorisation, method, methods) => {
                let told = Some((method, methods));
                machine.phase = Phase::Looking { found: Some(authorisation), again: false, told };
                Vec::from_iter(machine.poll_in(Duration::ZERO))
            }
            Kept::AtBank(authorisation, failed) => {
                machine.phase = Phase::AtBank { authorisation, failed };
                Vec::from_iter(machine.poll_in(machine.pause()))
            }
            Kept::Signing(authorisation, method) => {
                machine.phase = Phase::Signing { authorisation, method };
                progress.into_iter().chain(machine.poll_in(machine.pause())).collect()
            }
            Kept::Reading(messages, until) => {
                machine.phase = Phase::Reading { messages, until: until.map(at) };
                vec![Action::ReadStatus(Duration::ZERO)]
            }
            Kept::Ended(outcome) => {
                machine.phase = Phase::Ended(outcome);
                Vec::new()
            }
        };
        (machine, actions)
    }
}

fn keep(phase: &Phase, from_now: impl Fn(Duration) -> FromNow) -> Kept {
    match phase.clone() {
        Phase::Starting => Kept::Starting,
        Phase::Looking { found: Some(authorisation), told: Some((method, methods)), .. }
        | Phase::Selecting { authorisation, method, methods, .. } => {
            Kept::Selecting(authorisation, method, methods)
        }
        Phase::Looking { found, .. } => Kept::Looking(found),
        Phase::Choosing { authorisation, methods } => Kept::Choosing(authorisation, methods),
        Phase::AtBank { authorisation, failed } => Kept::AtBank(authorisation, failed),
        // Whether the code was taken is not known; the status tells.
        Phase::Exchanging { authorisation } => Kept::AtBank(authorisation, false),
        Phase::Signing { authorisation, method } => Kept::Signing(authorisation, method),
        Phase::Checking { then, .. } => keep(&then, from_now),
        Phase::Reading { messages, until } => Kept::Reading(messages, until.map(from_now)),
        Phase::Ended(outcome) => Kept::Ended(outcome),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
