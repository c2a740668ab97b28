//! The steps after the answer to a start was lost: the bank may have started an authorisation, and another one could end
//! the order of the first. So the bank is asked which authorisations there are, and nothing is started a second time.

use std::time::Duration;

use openpayments_model::authorisation::{ScaMethod, ScaState};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::status::ScaStatus;

use super::timing::READ_AGAIN;
use super::{Action, Input, Machine, Phase, Stepped, failed};
use crate::method::MethodPreference;
use crate::outcome::NextStep;

impl Machine {
    /// No answer came to the start, or the bank says that an authorisation is under way.
    pub(super) fn look(&mut self) -> Vec<Action> {
        self.phase = Phase::Looking { found: None, again: true, told: None };
        Vec::from_iter(self.poll_in(Duration::ZERO))
    }

    pub(super) fn looked(&mut self, phase: Phase, input: Input, now: Duration) -> Stepped {
        Some(Ok(match (phase, input) {
            (Phase::Looking { found: None, again, .. }, Input::Listed(there)) => self.listed(there, again),
            (Phase::Looking { found: Some(found), told, .. }, Input::Polled(state)) => match told {
                Some((method, methods)) => self.told(found, method, methods, state, now),
                None => self.found(found, state, now),
            },
            (Phase::Looking { .. }, Input::PollRefused { .. }) => self.not_found(),
            (phase @ Phase::Looking { .. }, input @ (Input::PollFailed | Input::Throttled(_))) => {
                return self.ask_again(phase, &input, now);
            }
            _ => return None,
        }))
    }

    /// One that was not there before is the one that was started.
    fn listed(&mut self, there: Vec<AuthorisationId>, again: bool) -> Vec<Action> {
        self.failed_polls = 0;
        let mut new = there.into_iter().filter(|id| !self.known.contains(id));
        match (new.next(), new.next()) {
            (Some(found), None) => {
                self.known.push(found.clone());
                self.phase = Phase::Looking { found: Some(found), again, told: None };
                Vec::from_iter(self.poll_in(Duration::ZERO))
            }
            // It may be on its way still.
            (None, _) if again => {
                self.phase = Phase::Looking { found: None, again: false, told: None };
                Vec::from_iter(self.poll_in(READ_AGAIN))
            }
            // Several are the other signers', and nobody can tell which.
            _ => self.not_found(),
        }
    }

    /// The ways to sign were in the answer that was lost. Where one is settled all the same, it is taken; where the bank
    /// has chosen itself, or is done, it goes on.
    fn found(&mut self, authorisation: AuthorisationId, state: ScaState, now: Duration) -> Vec<Action> {
        let wanted = match &self.preference {
            MethodPreference::Method(id) => Some(id.clone()),
            _ => self.chosen.clone(),
        };
        if state.sca_status.is_final() || state.challenge_data.is_some() {
            self.begin_round(now);
            self.phase = Phase::Signing { authorisation, method: wanted.clone() };
            return self.polled(wanted.as_ref(), state, false, now);
        }
        match wanted {
            Some(method) => self.select(authorisation, method, Vec::new(), now),
            None => self.not_found(),
        }
    }

    /// A choice may be with the bank, and a second one would be a second order: it is told only where the bank says that
    /// none was made.
    fn told(
        &mut self,
        authorisation: AuthorisationId,
        method: ScaMethodId,
        methods: Vec<ScaMethod>,
        state: ScaState,
        now: Duration,
    ) -> Vec<Action> {
        let is_unmade = matches!(state.sca_status, ScaStatus::Received | ScaStatus::PsuIdentified);
        if is_unmade && state.challenge_data.is_none() {
            return self.select(authorisation, method, methods, now);
        }
        self.begin_round(now);
        self.phase = Phase::Signing { authorisation, method: Some(method.clone()) };
        self.polled(Some(&method), state, false, now)
    }

    /// Nothing is there to go on with: none was started, or none that has an order running.
    fn not_found(&mut self) -> Vec<Action> {
        let mut actions = self.end(failed(Vec::new(), NextStep::SignAgain));
        actions.push(Action::ReportStartUnknown);
        actions
    }
}
