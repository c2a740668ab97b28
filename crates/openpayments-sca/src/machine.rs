//! What comes next: a state machine without IO. Time comes in as input, and nothing is random.
//!
//! Every edge stands in the table [`EDGES`]; whatever is not there is an [`IllegalStep`].

mod edge;
mod following;
mod input;
mod looking;
mod round;
mod setting_out;
mod sight;
mod snapshot;
mod timing;

use std::time::Duration;

use openpayments_model::authorisation::ScaMethod;
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::message::TppMessage;

pub use self::edge::{EDGES, Edge, InputKind, PhaseKind, diagram};
pub use self::input::{Action, Input};
use self::round::Round;
pub use self::sight::Sight;
pub(crate) use self::sight::{Mark, is_start_token};
pub(crate) use self::snapshot::Snapshot;
pub use self::timing::Timing;
pub(crate) use self::timing::{AT_BANK as STATE_LIFE, FRAME_LIFE};
use crate::method::MethodPreference;
use crate::outcome::{NextStep, Outcome};

/// An input that has no place in the present phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{on:?} does not go with the phase {from:?}")]
#[non_exhaustive]
pub struct IllegalStep {
    /// The phase.
    pub from: PhaseKind,
    /// The input.
    pub on: InputKind,
}

/// Why no signature can come about at this bank, or a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The order of steps is wrong. The state is as before.
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
    /// After this outcome a new authorisation makes no sense, or could be a second signature. The state is as before.
    #[error("a new authorisation does not go with how the last one ended")]
    NotAgain,
}

/// What a step comes to; `None` for one that has no place in the phase.
type Stepped = Option<Result<Vec<Action>, StepError>>;

#[derive(Clone, Debug)]
enum Phase {
    Starting,
    /// The answer to the start was lost, or whoever chose a way to sign was gone before he could say whether the bank took
    /// it.
    Looking {
        /// What the bank seems to have started.
        found: Option<AuthorisationId>,
        /// Whether to look once more when there is none.
        again: bool,
        /// The choice that the bank may have been told, and what it was chosen from.
        told: Option<(ScaMethodId, Vec<ScaMethod>)>,
    },
    Choosing {
        authorisation: AuthorisationId,
        methods: Vec<ScaMethod>,
    },
    Selecting {
        authorisation: AuthorisationId,
        method: ScaMethodId,
        methods: Vec<ScaMethod>,
        since: Duration,
    },
    AtBank {
        authorisation: AuthorisationId,
        /// The PSU came back with an error: it is over unless the status says otherwise.
        failed: bool,
    },
    Exchanging {
        authorisation: AuthorisationId,
    },
    Signing {
        authorisation: AuthorisationId,
        method: Option<ScaMethodId>,
    },
    Checking {
        then: Box<Phase>,
        /// Whether the bank said that the authorisation is over.
        over: bool,
    },
    Reading {
        messages: Vec<TppMessage>,
        /// How long it may lag, once it was read.
        until: Option<Duration>,
    },
    Ended(Outcome),
}

impl Phase {
    fn kind(&self) -> PhaseKind {
        match self {
            Self::Starting => PhaseKind::Starting,
            Self::Looking { .. } => PhaseKind::Looking,
            Self::Choosing { .. } => PhaseKind::Choosing,
            Self::Selecting { .. } => PhaseKind::Selecting,
            Self::AtBank { .. } => PhaseKind::AtBank,
            Self::Exchanging { .. } => PhaseKind::Exchanging,
            Self::Signing { .. } => PhaseKind::Signing,
            Self::Checking { .. } => PhaseKind::Checking,
            Self::Reading { .. } => PhaseKind::Reading,
            Self::Ended(_) => PhaseKind::Ended,
        }
    }
}

/// The state of one authorisation. It holds no token and no code.
#[derive(Clone, Debug)]
pub struct Machine {
    phase: Phase,
    preference: MethodPreference,
    timing: Timing,
    /// The way the PSU signed before, for a restart.
    chosen: Option<ScaMethodId>,
    /// Authorisations the bank has told of, to know a new one by.
    known: Vec<AuthorisationId>,
    round: Round,
    failed_polls: u32,
    slower: Duration,
    began: Duration,
    deadline: Duration,
}

impl Machine {
    /// Before the authorisation is started. `now` is the time on whichever monotonic clock the later inputs use.
    pub fn new(preference: MethodPreference, now: Duration) -> Self {
        Self::with_timing(preference, Timing::default(), now)
    }

    /// The same for a bank of which more is known.
    pub fn with_timing(preference: MethodPreference, timing: Timing, now: Duration) -> Self {
        Self {
            phase: Phase::Starting,
            preference,
            timing,
            chosen: None,
            known: Vec::new(),
            round: Round::default(),
            failed_polls: 0,
            slower: Duration::ZERO,
            began: now,
            deadline: now + timing.deadline,
        }
    }

    /// What it is doing.
    pub fn phase(&self) -> PhaseKind {
        self.phase.kind()
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
        self.phase() == PhaseKind::AtBank
    }

    /// Whether a way to sign has to be chosen.
    pub fn awaits_choice(&self) -> bool {
        self.phase() == PhaseKind::Choosing
    }

    /// When to give an [`Input::Tick`], unless something else happens before.
    pub fn wake_at(&self) -> Option<Duration> {
        self.round.wake_at().filter(|_| self.is_signing())
    }

    /// Whether the PSU signs in an app, also while the bank does not tell how far he is.
    fn is_signing(&self) -> bool {
        match &self.phase {
            Phase::Signing { .. } => true,
            Phase::Checking { then, .. } => matches!(**then, Phase::Signing { .. }),
            _ => false,
        }
    }

    /// Whether what was made just now may not be known everywhere at the bank yet: for three polls in a row.
    pub(crate) fn may_be_unknown_yet(&self) -> bool {
        self.failed_polls < 3
    }

    /// The way to sign that was chosen last.
    pub(crate) fn chosen(&self) -> Option<&ScaMethodId> {
        self.chosen.as_ref()
    }

    /// What stands for the order that was shown last.
    pub(crate) fn order(&self) -> Option<Mark> {
        self.round.order
    }

    pub(crate) fn preference(&self) -> &MethodPreference {
        &self.preference
    }

    /// Takes an input and tells what to do next.
    ///
    /// # Errors
    /// A [`StepError`]. After [`StepError::Illegal`], [`StepError::NotAgain`] and a choice that is not offered the state
    /// is as before; after the others it has ended.
    pub fn step(&mut self, input: Input, now: Duration) -> Result<Vec<Action>, StepError> {
        let (from, on) = (self.phase.kind(), input.kind());
        let illegal = IllegalStep { from, on };
        let edge = edge::find(from, on).ok_or(illegal)?;
        let phase = self.phase.clone();
        let result = match input {
            Input::Restart => Some(self.restart(&phase, now)),
            Input::Cancel => Some(Ok(self.cancel(phase))),
            input => match phase {
                Phase::Starting | Phase::Choosing { .. } | Phase::Selecting { .. } => {
                    self.set_out(phase, input, now)
                }
                Phase::Looking { .. } => self.looked(phase, input, now),
                Phase::AtBank { .. } | Phase::Exchanging { .. } => self.be_at_bank(phase, input, now),
                Phase::Signing { .. } | Phase::Checking { .. } => self.sign(phase, input, now),
                Phase::Reading { .. } | Phase::Ended(_) => self.read(phase, input, now),
            },
        };
        let result = result.unwrap_or_else(|| Err(illegal.into()));
        debug_assert!(
            edge.to.contains(&self.phase()) || (result.is_err() && self.phase() == from),
            "{edge:?} led to {:?}",
            self.phase()
        );
        result
    }

    fn restart(&mut self, phase: &Phase, now: Duration) -> Result<Vec<Action>, StepError> {
        if let Phase::Ended(outcome) = phase
            && !outcome.allows_restart()
        {
            return Err(StepError::NotAgain);
        }
        let mut actions = Vec::new();
        self.round.hide(&mut actions);
        self.round = Round::default();
        self.failed_polls = 0;
        self.began = now;
        self.deadline = now + self.timing.deadline;
        self.phase = Phase::Starting;
        actions.push(Action::Start);
        Ok(actions)
    }

    fn cancel(&mut self, phase: Phase) -> Vec<Action> {
        self.end(match phase {
            Phase::Ended(outcome) => outcome,
            // It is signed; nobody here can undo that.
            Phase::Reading { .. } => Outcome::StillPending,
            _ => Outcome::Cancelled,
        })
    }

    fn say(&mut self, words: Option<&str>) -> Vec<Action> {
        words.and_then(|words| self.round.say(words)).into_iter().collect()
    }

    fn begin_round(&mut self, opened: Duration) {
        self.round = Round::opened(opened, self.timing.start_window);
    }

    /// Nothing is left to see.
    fn end(&mut self, outcome: Outcome) -> Vec<Action> {
        let mut actions = Vec::new();
        self.round.hide(&mut actions);
        self.phase = Phase::Ended(outcome);
        actions
    }
}

fn failed(messages: Vec<TppMessage>, next: NextStep) -> Outcome {
    Outcome::Failed { messages, next }
}
