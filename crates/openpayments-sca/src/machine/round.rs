//! What the PSU has before his eyes, and for how long: rounds, start windows, pictures that grow old.

use std::time::Duration;

use openpayments_model::authorisation::ChallengeData;
use openpayments_model::identifier::ScaMethodId;
use openpayments_model::status::ScaStatus;

use super::input::Action;
use super::sight::{Mark, Seen, is_animated, see};
use super::timing::FRAME_LIFE;
use crate::event::Notice;

/// The time in which the PSU has to open the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Window {
    /// Nothing has to be opened now.
    #[default]
    Closed,
    /// Until then.
    Open(Duration),
    /// It is over, and that has been told.
    Missed,
}

/// The last picture of a code that changes.
#[derive(Clone, Copy, Debug)]
struct Frame {
    mark: Mark,
    counter: Option<u64>,
    at: Duration,
}

/// One or more rounds of a PSU signing, by what the bank last said of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    pub(crate) status: Option<ScaStatus>,
    /// Whether a round has begun; the first one's window opens before its status is known.
    pub(crate) begun: bool,
    pub(crate) order: Option<Mark>,
    pub(crate) window: Window,
    frame: Option<Frame>,
    showing: bool,
    /// Whether the last answer had nothing to show.
    blank: bool,
    said: Option<String>,
    noted: Vec<Notice>,
}

impl Round {
    /// Before the first answer, with a window that opens at `opened`.
    pub(super) fn opened(opened: Duration, window: Duration) -> Self {
        Self { window: Window::Open(opened + window), ..Self::default() }
    }

    /// As another process left it. What it showed is not shown here.
    pub(super) fn resumed(
        status: Option<ScaStatus>,
        begun: bool,
        order: Option<Mark>,
        window: Window,
    ) -> Self {
        Self { status, begun, order, window, ..Self::default() }
    }

    /// Takes in an answer. `window` is how long the next window is open, if one opens.
    pub(super) fn meet(
        &mut self,
        status: &ScaStatus,
        challenge: Option<&ChallengeData>,
        method: Option<&ScaMethodId>,
        window: Duration,
        now: Duration,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.status.as_ref() != Some(status) {
            self.hide(&mut actions);
            actions.push(Action::ShowProgress(status.clone()));
            if !ScaStatus::KNOWN.contains(status) {
                self.note(Notice::UnknownStatus(status.clone()), &mut actions);
            }
            self.turn(status, now + window);
            self.status = Some(status.clone());
        }
        actions.extend(self.tick(now));
        let challenge = challenge.filter(|_| !status.is_final());
        if let Some(words) = challenge.and_then(|challenge| challenge.additional_information.as_ref()) {
            actions.extend(self.say(words));
        }
        let seen = challenge.map_or(Ok(None), |challenge| see(method, challenge)).unwrap_or_else(|notice| {
            self.note(notice, &mut actions);
            None
        });
        self.blank = seen.is_none();
        match seen {
            Some(seen) => self.look(seen, now + window, now, &mut actions),
            None => self.hide(&mut actions),
        }
        actions
    }

    /// A status that was not there before: a further round has a window of its own.
    fn turn(&mut self, status: &ScaStatus, window_ends: Duration) {
        match status {
            ScaStatus::AuthenticationStarted
            | ScaStatus::AuthoriseCreditorAccountStarted
            | ScaStatus::Started => {
                if self.begun {
                    self.window = Window::Open(window_ends);
                }
                self.begun = true;
            }
            ScaStatus::PsuAuthenticated => self.window = Window::Closed,
            status if status.is_final() => self.window = Window::Closed,
            _ => {}
        }
    }

    fn look(&mut self, seen: Seen, window_ends: Duration, now: Duration, actions: &mut Vec<Action>) {
        if self.order != Some(seen.order) {
            let too_late = self.order.is_none() && self.window == Window::Missed;
            self.order = Some(seen.order);
            self.frame = None;
            if too_late {
                return;
            }
            self.window = Window::Open(window_ends);
        } else if let Some(frame) = self.frame.filter(|_| seen.is_fed()) {
            if frame.mark == seen.frame {
                return;
            }
            if seen.counter < frame.counter {
                self.hide(actions);
                self.note(Notice::StaleCode, actions);
                return;
            }
        } else if self.showing {
            return;
        }
        self.frame = seen.is_fed().then_some(Frame { mark: seen.frame, counter: seen.counter, at: now });
        if self.window != Window::Missed {
            self.showing = true;
            actions.push(Action::Show(seen.sight));
        }
    }

    /// What time alone changes.
    pub(super) fn tick(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.frame_ends().is_some_and(|end| end <= now) {
            self.hide(&mut actions);
        }
        if matches!(self.window, Window::Open(end) if end <= now) {
            self.window = Window::Missed;
            self.hide(&mut actions);
            actions.push(Action::OfferRestart);
        }
        actions
    }

    /// When time alone changes something.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        let window = match self.window {
            Window::Open(end) => Some(end),
            Window::Closed | Window::Missed => None,
        };
        [self.frame_ends(), window].into_iter().flatten().min()
    }

    fn frame_ends(&self) -> Option<Duration> {
        self.frame.filter(|_| self.showing).map(|frame| frame.at + FRAME_LIFE)
    }

    /// Whether the bank has to be asked often, because it feeds a code that changes.
    pub(super) fn is_fed(&self, method: Option<&ScaMethodId>) -> bool {
        is_animated(method) && !self.blank && self.window != Window::Missed
    }

    /// The bank's words, unless they are the same as before.
    pub(super) fn say(&mut self, words: &str) -> Option<Action> {
        if self.said.as_deref() == Some(words) {
            return None;
        }
        self.said = Some(words.to_owned());
        Some(Action::ShowMessage(words.to_owned()))
    }

    pub(super) fn hide(&mut self, actions: &mut Vec<Action>) {
        if std::mem::take(&mut self.showing) {
            actions.push(Action::Hide);
        }
    }

    /// Each oddity is told once.
    fn note(&mut self, notice: Notice, actions: &mut Vec<Action>) {
        if !self.noted.contains(&notice) {
            self.noted.push(notice.clone());
            actions.push(Action::Note(notice));
        }
    }
}
