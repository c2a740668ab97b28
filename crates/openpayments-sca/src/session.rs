//! Drives the machine: makes its calls, waits its waits, hands out events.

use std::collections::VecDeque;
use std::time::Duration;

use openpayments_api::CallContext;
use openpayments_api::authorisation::{GetScaStatus, SelectMethod, Signable, StartAuthorisation};
use openpayments_api::consent::GetConsentStatus;
use openpayments_api::payment::GetPaymentStatus;
use openpayments_client::{Caller, ErrorKind};
use openpayments_model::authorisation::{ChallengeData, ScaMethod};
use openpayments_model::identifier::{AuthorisationId, ScaMethodId};
use secrecy::SecretString;
use url::Url;

use crate::callback::Answer;
use crate::event::ScaEvent;
use crate::machine::{Action, Input, Machine, StepError};
use crate::method::Device;
use crate::redirect::{CallbackState, fill};
use crate::{
    AppLink, Callback, CallbackRejected, MethodPreference, Outcome, QrFrame, ResourceStatus, ScaError,
    ScaErrorKind, Subject,
};

/// How long a `state` is good.
const STATE_LIFE: Duration = Duration::from_mins(15);

/// An authorisation about to be started.
#[derive(Debug)]
pub struct Authorise {
    caller: Caller,
    context: CallContext,
    subject: Subject,
    preference: MethodPreference,
    redirect_uri: Option<Url>,
}

impl Authorise {
    /// Of `subject`, in the same context as it was created in.
    pub fn new(caller: Caller, context: CallContext, subject: impl Into<Subject>) -> Self {
        let subject = subject.into();
        Self { caller, context, subject, preference: MethodPreference::default(), redirect_uri: None }
    }

    /// Where the PSU's browser comes back to, letter for letter one of the addresses registered for the application.
    /// Needed where the bank signs by redirect.
    #[must_use]
    pub fn redirect_to(mut self, uri: Url) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Which way to sign is preferred.
    #[must_use]
    pub fn method(mut self, preference: MethodPreference) -> Self {
        self.preference = preference;
        self
    }

    /// Starts the authorisation. Call it when the PSU is ready: at some banks his 30 seconds begin here.
    ///
    /// # Errors
    /// [`ScaErrorKind::Call`] when the call fails, [`ScaErrorKind::Unsupported`] when the bank offers no way to sign, or
    /// not the preferred one.
    pub async fn start(self) -> Result<ScaSession, ScaError> {
        let clock = self.caller.clock();
        let mut session = ScaSession {
            machine: Machine::new(self.preference.clone(), clock.monotonic()),
            started_at: clock.monotonic(),
            caller: self.caller,
            context: self.context,
            subject: self.subject,
            device: self.preference.device(),
            redirect_uri: self.redirect_uri,
            state: None,
            todo: VecDeque::new(),
            events: VecDeque::new(),
        };
        let started = match &session.subject {
            Subject::Consent(id) => {
                session.caller.call(&StartAuthorisation::new(id.clone()), &session.context).await?
            }
            Subject::Payment(payment) => {
                session.caller.call(&StartAuthorisation::new(payment.clone()), &session.context).await?
            }
        };
        session.take(Input::Started(started.body))?;
        Ok(session)
    }
}

/// One PSU signing one consent or payment.
///
/// Dropping it leaves nothing running; what the PSU began at the bank goes on there.
#[derive(Debug)]
pub struct ScaSession {
    caller: Caller,
    context: CallContext,
    subject: Subject,
    machine: Machine,
    device: Device,
    redirect_uri: Option<Url>,
    state: Option<CallbackState>,
    started_at: Duration,
    todo: VecDeque<Action>,
    events: VecDeque<ScaEvent>,
}

impl ScaSession {
    /// Waits for the next thing to show or to ask; `None` when it has ended.
    ///
    /// After [`ScaEvent::Redirect`], give the callback to [`callback`](Self::callback); going on without one polls the
    /// bank until it knows more. After [`ScaEvent::ChooseMethod`], call [`choose`](Self::choose) first.
    ///
    /// # Errors
    /// A [`ScaError`]. After [`ScaErrorKind::Call`] calling again goes on where it was.
    pub async fn next(&mut self) -> Result<Option<ScaEvent>, ScaError> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if self.machine.outcome().is_some() {
                return Ok(None);
            }
            if self.todo.is_empty() {
                let why = if self.machine.awaits_choice() {
                    "a way to sign has to be chosen first"
                } else {
                    "a call that must not be made twice failed; start a new authorisation"
                };
                return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
            }
            self.do_next().await?;
        }
    }

    /// Chooses how to sign.
    ///
    /// # Errors
    /// [`ScaErrorKind::Misuse`] when nothing is to be chosen, [`ScaErrorKind::Unsupported`] when the bank did not offer
    /// it, [`ScaErrorKind::Call`] when the call fails. The call is never sent twice: it starts a BankID order.
    pub async fn choose(&mut self, method: &ScaMethod) -> Result<(), ScaError> {
        self.take(Input::Chosen(method.authentication_method_id.clone()))?;
        self.do_next().await
    }

    /// Takes what the PSU's browser brought back: the query of the callback's address, without the question mark.
    ///
    /// A code is exchanged at once, and only once; if it is not known whether that worked, the status tells.
    ///
    /// # Errors
    /// [`ScaErrorKind::CallbackRejected`] when it is not ours or not well formed: nothing was sent, and the right one is
    /// still awaited. [`ScaErrorKind::Call`] when the code was refused.
    pub async fn callback(&mut self, query: &str) -> Result<(), ScaError> {
        let rejected = |why: CallbackRejected| ScaError::new(ScaErrorKind::CallbackRejected).because(why);
        let callback = Callback::parse(query).map_err(rejected)?;
        if !self.machine.awaits_callback() {
            return Err(rejected(CallbackRejected::UsedState));
        }
        let Some(state) = &self.state else {
            return Err(rejected(CallbackRejected::UsedState));
        };
        if !state.is(&callback.state) {
            return Err(rejected(CallbackRejected::WrongState));
        }
        self.state = None;
        if self.caller.clock().monotonic().saturating_sub(self.started_at) > STATE_LIFE {
            return Err(rejected(CallbackRejected::UsedState));
        }
        // The poll that was due is replaced by what the callback leads to.
        self.todo.clear();
        self.take(match callback.answer {
            Answer::Code(code) => Input::Code(code),
            Answer::Returned => Input::Returned,
            Answer::Refused => Input::Refused,
            Answer::Failed => Input::Failed,
        })?;
        if matches!(self.todo.front(), Some(Action::ExchangeCode(..))) {
            self.do_next().await?;
        }
        Ok(())
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.machine.outcome()
    }

    /// How it ended; still pending if it has not.
    pub fn into_outcome(self) -> Outcome {
        self.machine.outcome().cloned().unwrap_or(Outcome::StillPending)
    }

    /// Gives the machine an input and sorts what it wants done: things to show become events, the rest waits its turn.
    fn take(&mut self, input: Input) -> Result<(), ScaError> {
        let now = self.caller.clock().monotonic();
        let actions = self.machine.step(input, now).map_err(|error| {
            let kind = match error {
                StepError::Illegal(_) => ScaErrorKind::Misuse,
                StepError::NoMethod | StepError::Approach => ScaErrorKind::Unsupported,
                StepError::NoLink => ScaErrorKind::Protocol,
                StepError::Unavailable => ScaErrorKind::StillPending,
            };
            ScaError::new(kind).because(error)
        })?;
        for action in actions {
            match action {
                Action::AskMethod(methods) => self.events.push_back(ScaEvent::ChooseMethod(methods)),
                Action::ShowMessage(words) => self.events.push_back(ScaEvent::Message(words)),
                Action::ShowProgress(status) => self.events.push_back(ScaEvent::Progress((&status).into())),
                Action::ShowChallenge(method, challenge) => self.show(&method, &challenge),
                Action::SendToBank(template) => self.send_to_bank(&template)?,
                calls => self.todo.push_back(calls),
            }
        }
        Ok(())
    }

    /// Does what waits first. If it fails or is dropped half-way, it still waits first.
    async fn do_next(&mut self) -> Result<(), ScaError> {
        let input = match self.todo.front() {
            None => return Ok(()),
            Some(Action::SelectMethod(authorisation, method)) => {
                let (authorisation, method) = (authorisation.clone(), method.clone());
                // Never twice: it starts an order. If it is dropped half-way, the authorisation is lost, not doubled.
                self.todo.pop_front();
                let selected = match &self.subject {
                    Subject::Consent(id) => self.select(id.clone(), authorisation, method).await?,
                    Subject::Payment(payment) => self.select(payment.clone(), authorisation, method).await?,
                };
                return self.take(selected);
            }
            Some(Action::ExchangeCode(authorisation, code)) => {
                let (authorisation, code) = (authorisation.clone(), code.clone());
                // Never twice: a code works once.
                self.todo.pop_front();
                let exchanged = match &self.subject {
                    Subject::Consent(id) => self.exchange(id, &authorisation, &code).await,
                    Subject::Payment(payment) => self.exchange(payment, &authorisation, &code).await,
                };
                // Whether it worked or is not known: the status tells. A refusal is told after the machine moved on.
                self.take(Input::Exchanged)?;
                return exchanged;
            }
            Some(Action::Poll(authorisation, pause)) => {
                self.caller.clock().sleep(*pause).await;
                match &self.subject {
                    Subject::Consent(id) => self.poll(id.clone(), authorisation.clone()).await,
                    Subject::Payment(payment) => self.poll(payment.clone(), authorisation.clone()).await,
                }?
            }
            Some(Action::ReadStatus(pause)) => {
                self.caller.clock().sleep(*pause).await;
                Input::Read(self.read_status().await?)
            }
            // Everything else became an event.
            Some(_) => {
                self.todo.pop_front();
                return Ok(());
            }
        };
        self.todo.pop_front();
        self.take(input)
    }

    async fn select<R: Signable>(
        &self,
        resource: R,
        authorisation: AuthorisationId,
        method: ScaMethodId,
    ) -> Result<Input, ScaError> {
        let call = SelectMethod::new(resource, authorisation, method);
        Ok(Input::Selected(self.caller.call(&call, &self.context).await?.body))
    }

    async fn exchange<R: Signable>(
        &self,
        resource: &R,
        authorisation: &AuthorisationId,
        code: &SecretString,
    ) -> Result<(), ScaError> {
        let redirect_uri = self.redirect_uri.as_ref().map(Url::as_str).unwrap_or_default();
        let context = self.context.context();
        match self.caller.exchange_code(resource, authorisation, code, redirect_uri, context).await {
            Err(error) if error.kind() != ErrorKind::OutcomeUnknown => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn poll<R: Signable>(
        &self,
        resource: R,
        authorisation: AuthorisationId,
    ) -> Result<Input, ScaError> {
        match self.caller.poll(&GetScaStatus::new(resource, authorisation), &self.context).await {
            Ok(state) => Ok(Input::Polled(state.body)),
            // What passes by itself is no failure of the signature: the next poll is the next try.
            Err(error) if error.is_retryable() => Ok(Input::PollFailed),
            Err(error) => Err(error.into()),
        }
    }

    async fn read_status(&self) -> Result<ResourceStatus, ScaError> {
        Ok(match &self.subject {
            Subject::Consent(id) => {
                let status = self.caller.call(&GetConsentStatus::new(id.clone()), &self.context).await?;
                ResourceStatus::Consent(status.body)
            }
            Subject::Payment(payment) => {
                let state = self.caller.call(&GetPaymentStatus::new(payment.clone()), &self.context).await?;
                ResourceStatus::Payment(state.body.transaction_status)
            }
        })
    }

    /// What the PSU gets to see of a challenge, by method and device.
    fn show(&mut self, method: &ScaMethodId, challenge: &ChallengeData) {
        if let Some(words) = &challenge.additional_information {
            self.events.push_back(ScaEvent::Message(words.clone()));
        }
        let Some(token) = challenge.token() else { return };
        // The payload of an animated code is shown as it came; it is no token to make a link of.
        if method.as_str() == "mbid_animated_qr_token" {
            self.events.extend(QrFrame::new(token.clone()).map(ScaEvent::ShowQr));
            return;
        }
        let Some(link) = AppLink::new(self.caller.environment().bankid(), token) else {
            return;
        };
        let by_link = method.as_str() == "mbid_same_device" || self.device != Device::Other;
        let by_code = method.as_str() != "mbid_same_device" && self.device != Device::This;
        if by_code {
            let frame = QrFrame::new(SecretString::from(link.expose()));
            self.events.extend(frame.map(ScaEvent::ShowQr));
        }
        if by_link {
            self.events.push_back(ScaEvent::OpenApp(link));
        }
    }

    fn send_to_bank(&mut self, template: &str) -> Result<(), ScaError> {
        let Some(redirect_uri) = &self.redirect_uri else {
            let why = "the bank signs by redirect: give an address to come back to with redirect_to";
            return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
        };
        let state = CallbackState::random(&**self.caller.entropy());
        let link = fill(template, self.caller.environment(), self.caller.client_id(), redirect_uri, &state)?;
        self.state = Some(state);
        self.events.push_back(ScaEvent::Redirect(link));
        Ok(())
    }
}
