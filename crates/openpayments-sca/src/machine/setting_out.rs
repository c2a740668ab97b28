//! The steps until the PSU can sign: start, choose, go to the bank's page.

use std::time::Duration;

use openpayments_api::authorisation::MethodSelected;
use openpayments_model::authorisation::{ScaApproach, ScaMethod, StartedAuthorisation};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use openpayments_model::link::Links;

use super::timing::{AT_BANK, LAG};
use super::{Action, Input, Machine, Phase, StepError, Stepped, failed};
use crate::event::Notice;
use crate::method::MethodPreference;
use crate::outcome::{NextStep, Outcome};

impl Machine {
    pub(super) fn set_out(&mut self, phase: Phase, input: Input, now: Duration) -> Stepped {
        match (phase, input) {
            (Phase::Starting, Input::Started(started)) => Some(self.started(started, now)),
            (Phase::Starting, Input::StartFailed) => {
                Some(Ok(self.end(failed(Vec::new(), NextStep::SignAgain))))
            }
            (Phase::Starting, Input::StartUnknown) => Some(Ok(self.look())),
            (Phase::Choosing { authorisation, methods }, Input::Chosen(chosen)) => {
                let is_offered = methods.iter().any(|method| method.authentication_method_id == chosen);
                Some(if is_offered {
                    Ok(self.select(authorisation, chosen, methods, now))
                } else {
                    Err(StepError::NoMethod)
                })
            }
            (Phase::Selecting { authorisation, method, since, .. }, Input::Selected(selected)) => {
                self.begin_round(since);
                Some(self.selected(authorisation, &method, selected, now))
            }
            (Phase::Selecting { authorisation, method, methods, .. }, Input::SelectRefused { for_good }) => {
                Some(Ok(self.select_refused(authorisation, &method, methods, for_good)))
            }
            (Phase::Selecting { authorisation, method, since, .. }, Input::SelectUnknown) => {
                self.begin_round(since);
                self.phase = Phase::Signing { authorisation, method: Some(method) };
                Some(Ok(Vec::from_iter(self.poll_in(Duration::ZERO))))
            }
            _ => None,
        }
    }

    pub(super) fn be_at_bank(&mut self, phase: Phase, input: Input, now: Duration) -> Stepped {
        Some(Ok(match (phase, input) {
            (Phase::AtBank { authorisation, .. }, Input::Code(code)) => {
                self.phase = Phase::Exchanging { authorisation: authorisation.clone() };
                self.deadline = self.deadline.max(now + LAG);
                vec![Action::ExchangeCode(authorisation, code)]
            }
            (Phase::AtBank { .. }, Input::Returned) => {
                self.deadline = self.deadline.max(now + LAG);
                Vec::from_iter(self.poll_in(Duration::ZERO))
            }
            (Phase::AtBank { authorisation, .. }, Input::Failed) => {
                self.phase = Phase::AtBank { authorisation, failed: true };
                Vec::from_iter(self.poll_in(Duration::ZERO))
            }
            (Phase::AtBank { .. }, Input::Refused) => self.end(Outcome::Refused),
            (Phase::AtBank { failed, .. }, Input::Polled(state)) => self.polled(None, state, failed, now),
            (Phase::Exchanging { authorisation }, Input::Exchanged) => {
                self.phase = Phase::AtBank { authorisation, failed: false };
                Vec::from_iter(self.poll_in(Duration::ZERO))
            }
            (phase @ Phase::AtBank { .. }, input) => return self.ask_again(phase, &input, now),
            _ => return None,
        }))
    }

    fn started(&mut self, started: StartedAuthorisation, now: Duration) -> Result<Vec<Action>, StepError> {
        self.known.push(started.authorisation_id.clone());
        // Some banks need nothing more, in tests or by exemption.
        if started.sca_status.is_final() || started.sca_methods.is_empty() {
            return self.started_without_choice(started, now);
        }
        let authorisation = started.authorisation_id;
        let mut actions = self.say(started.psu_message.as_deref());
        let (methods, doubles) = without_doubles(started.sca_methods);
        actions.extend(doubles.into_iter().map(|id| Action::Note(Notice::DuplicateMethod(id))));
        if self.timing.opens_at_start {
            self.began = now;
        }
        let before = self
            .chosen
            .as_ref()
            .and_then(|chosen| methods.iter().find(|method| method.authentication_method_id == *chosen));
        match (before.or_else(|| self.preference.settle(&methods)), &self.preference) {
            (Some(method), _) => {
                let method = method.authentication_method_id.clone();
                actions.extend(self.select(authorisation, method, methods, now));
            }
            (None, MethodPreference::Method(_)) => {
                self.end(failed(Vec::new(), NextStep::SignAgain));
                return Err(StepError::NoMethod);
            }
            (None, _) => {
                self.phase = Phase::Choosing { authorisation, methods: methods.clone() };
                actions.push(Action::AskMethod(methods));
            }
        }
        Ok(actions)
    }

    /// The bank chose, or there is nothing left to choose for.
    fn started_without_choice(
        &mut self,
        started: StartedAuthorisation,
        now: Duration,
    ) -> Result<Vec<Action>, StepError> {
        let authorisation = started.authorisation_id;
        let method = started.chosen_sca_method.map(|method| method.authentication_method_id);
        let challenge = started.challenge_data.as_ref();
        self.begin_round(now);
        let mut actions = self.say(started.psu_message.as_deref());
        if started.sca_status.is_final() || challenge.is_some() {
            self.phase = Phase::Signing { authorisation, method: method.clone() };
            actions.extend(self.watch(method.as_ref(), challenge, &started.sca_status, Vec::new(), now));
        } else if ["scaOAuth", "scaRedirect"].iter().any(|name| started.links.get(name).is_some()) {
            actions.extend(self.send_to_bank(authorisation, &started.links, now)?);
            actions.extend(self.watch(None, None, &started.sca_status, Vec::new(), now));
        } else {
            self.end(failed(Vec::new(), NextStep::GiveUp));
            return Err(StepError::NoMethod);
        }
        Ok(actions)
    }

    pub(super) fn select(
        &mut self,
        authorisation: AuthorisationId,
        method: ScaMethodId,
        methods: Vec<ScaMethod>,
        now: Duration,
    ) -> Vec<Action> {
        self.chosen = Some(method.clone());
        let since = if self.timing.opens_at_start { self.began } else { now };
        self.phase =
            Phase::Selecting { authorisation: authorisation.clone(), method: method.clone(), methods, since };
        vec![Action::SelectMethod(authorisation, method)]
    }

    fn select_refused(
        &mut self,
        authorisation: AuthorisationId,
        refused: &ScaMethodId,
        mut methods: Vec<ScaMethod>,
        for_good: bool,
    ) -> Vec<Action> {
        self.chosen = None;
        if for_good {
            methods.retain(|method| method.authentication_method_id != *refused);
        }
        if methods.is_empty() {
            let next = if for_good { NextStep::GiveUp } else { NextStep::SignAgain };
            return self.end(failed(Vec::new(), next));
        }
        self.phase = Phase::Choosing { authorisation, methods: methods.clone() };
        vec![Action::AskMethod(methods)]
    }

    fn selected(
        &mut self,
        authorisation: AuthorisationId,
        method: &ScaMethodId,
        selected: MethodSelected,
        now: Duration,
    ) -> Result<Vec<Action>, StepError> {
        let MethodSelected { approach, body, .. } = selected;
        let mut actions = self.say(body.psu_message.as_deref());
        match approach {
            Some(ScaApproach::Redirect) => {
                if body.sca_status.is_final() {
                    self.phase = Phase::AtBank { authorisation, failed: false };
                } else {
                    actions.extend(self.send_to_bank(authorisation, &body.links, now)?);
                }
                actions.extend(self.watch_body(None, body, now));
            }
            Some(ScaApproach::Decoupled) => {
                self.phase = Phase::Signing { authorisation, method: Some(method.clone()) };
                actions.extend(self.watch_body(Some(method), body, now));
            }
            // Nothing is left to approach.
            _ if body.sca_status.is_final() => {
                self.phase = Phase::Signing { authorisation, method: Some(method.clone()) };
                actions.extend(self.watch_body(Some(method), body, now));
            }
            _ => {
                self.end(failed(Vec::new(), NextStep::GiveUp));
                return Err(StepError::Approach);
            }
        }
        Ok(actions)
    }

    fn send_to_bank(
        &mut self,
        authorisation: AuthorisationId,
        links: &Links,
        now: Duration,
    ) -> Result<Vec<Action>, StepError> {
        let Some(link) = links.get("scaOAuth").or_else(|| links.get("scaRedirect")) else {
            self.end(failed(Vec::new(), NextStep::GiveUp));
            return Err(StepError::NoLink);
        };
        self.deadline = self.deadline.max(now + AT_BANK);
        self.phase = Phase::AtBank { authorisation, failed: false };
        Ok(vec![Action::SendToBank(link.to_owned())])
    }
}

/// The methods without those whose id stood before, and the ids of the latter.
fn without_doubles(methods: Vec<ScaMethod>) -> (Vec<ScaMethod>, Vec<ScaMethodId>) {
    let mut kept: Vec<ScaMethod> = Vec::new();
    let mut doubles = Vec::new();
    for method in methods {
        if kept.iter().any(|earlier| earlier.authentication_method_id == method.authentication_method_id) {
            doubles.push(method.authentication_method_id);
        } else {
            kept.push(method);
        }
    }
    (kept, doubles)
}
