//! Drives the machine: makes its calls, waits its waits, hands out events.
//!
//! Whatever is under way, a pause or a call, is kept in the session and not in the future of `next`. So a future that is
//! dropped loses nothing: the next one goes on with the same call.

mod work;

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use openpayments_api::CallContext;
use openpayments_client::Caller;
use openpayments_model::authorisation::ScaMethod;
use secrecy::SecretString;
use url::Url;

use self::work::{Alarm, Doing};
use crate::callback::Answer;
use crate::event::ScaEvent;
use crate::gate::{Claim, claim};
use crate::machine::{Action, Input, Machine, STATE_LIFE, Sight, StepError};
use crate::method::Device;
use crate::outcome::Standing;
use crate::record::SessionId;
use crate::redirect::{CallbackState, StateHash, Verifier, fill};
use crate::subject::Via;
use crate::{
    AppLink, Callback, CallbackRejected, Outcome, PollGate, QrFrame, ScaError, ScaErrorKind, Subject,
};

/// One PSU signing one consent or payment.
///
/// Dropping a future of it loses nothing: what was under way goes on with the next call. Dropping the session leaves
/// nothing running; what the PSU began at the bank goes on there, and [`export`](Self::export) beforehand lets another
/// process follow it.
///
/// It is also a [`Stream`] of events.
pub struct ScaSession {
    pub(crate) id: SessionId,
    pub(crate) via: Via,
    pub(crate) subject: Subject,
    pub(crate) machine: Machine,
    /// Apart, since a session that waits for an app has no use for it.
    pub(crate) redirect: Box<Redirect>,
    gate: PollGate,
    claim: Option<Claim>,
    todo: VecDeque<Action>,
    doing: Option<Doing>,
    alarm: Option<Alarm>,
    /// What kept the answer to the start from coming.
    lost_start: Option<openpayments_client::Error>,
    events: VecDeque<ScaEvent>,
    errors: VecDeque<ScaError>,
    /// The order whose link was handed out last; it is opened by itself once.
    opened: Option<StateHash>,
    is_jittered: bool,
}

/// What the way to the bank's page and back needs.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) uri: Option<Url>,
    pub(crate) pkce: bool,
    /// What the callback is known by, and until when.
    pub(crate) state: Option<(StateHash, Duration)>,
    /// The same, while its code is exchanged: if that certainly did not happen, it is awaited again.
    pub(crate) spent: Option<(StateHash, Duration)>,
    pub(crate) verifier: Option<Verifier>,
}

/// What a session is made of.
pub(crate) struct Parts {
    pub(crate) caller: Caller,
    pub(crate) context: CallContext,
    pub(crate) subject: Subject,
    pub(crate) machine: Machine,
    pub(crate) gate: PollGate,
    pub(crate) claim: Option<Claim>,
    pub(crate) redirect_uri: Option<Url>,
    pub(crate) pkce: bool,
    pub(crate) id: Option<SessionId>,
}

impl ScaSession {
    pub(crate) fn of(parts: Parts) -> Self {
        Self {
            id: parts.id.unwrap_or_else(|| SessionId::random(&**parts.caller.entropy())),
            opened: parts.machine.order().map(StateHash::from),
            via: Via { caller: parts.caller, context: Arc::new(parts.context) },
            subject: parts.subject,
            machine: parts.machine,
            redirect: Box::new(Redirect {
                uri: parts.redirect_uri,
                pkce: parts.pkce,
                state: None,
                spent: None,
                verifier: None,
            }),
            gate: parts.gate,
            claim: parts.claim,
            todo: VecDeque::new(),
            doing: None,
            alarm: None,
            lost_start: None,
            events: VecDeque::new(),
            errors: VecDeque::new(),
            is_jittered: false,
        }
    }

    /// What it is kept under.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// What is signed.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Starts what [`Authorise::prepare`](crate::Authorise::prepare) has prepared; nothing for one that was started.
    ///
    /// # Errors
    /// As [`Authorise::start`](crate::Authorise::start).
    pub async fn begin_now(&mut self) -> Result<(), ScaError> {
        if matches!(self.todo.front(), Some(Action::Start)) { self.one_call().await } else { Ok(()) }
    }

    /// Waits for the next thing to show or to ask; `None` when it has ended.
    ///
    /// After [`ScaEvent::Redirect`], give the callback to [`callback`](Self::callback); going on without one polls the
    /// bank until it knows more. After [`ScaEvent::ChooseMethod`], call [`choose`](Self::choose) first.
    ///
    /// # Errors
    /// A [`ScaError`]. After [`ScaErrorKind::Call`] and [`ScaErrorKind::Unavailable`] calling again goes on where it
    /// was. [`ScaErrorKind::StartUnknown`] when no answer came to the start and the bank lists nothing to go on with.
    pub async fn next(&mut self) -> Result<Option<ScaEvent>, ScaError> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Chooses how to sign.
    ///
    /// # Errors
    /// [`ScaErrorKind::Misuse`] when nothing is to be chosen, [`ScaErrorKind::Unsupported`] when the bank did not offer
    /// it, [`ScaErrorKind::Call`] when the bank did not take it: the ways that are left are asked for again. The call is
    /// never sent twice, since it starts an order; when no answer comes, the authorisation's status tells.
    pub async fn choose(&mut self, method: &ScaMethod) -> Result<(), ScaError> {
        self.decide(method)?;
        self.one_call().await
    }

    /// Chooses how to sign, and tells the bank with the [`next`](Self::next) call: [export](Self::export) the session in
    /// between, and whoever goes on with the record after this process was killed asks the bank whether it was told.
    ///
    /// # Errors
    /// [`ScaErrorKind::Misuse`] and [`ScaErrorKind::Unsupported`] as [`choose`](Self::choose).
    pub fn decide(&mut self, method: &ScaMethod) -> Result<(), ScaError> {
        self.take(Input::Chosen(method.authentication_method_id.clone()))
    }

    /// Takes what the PSU's browser brought back: the query of the callback's address, without the question mark.
    ///
    /// A code is exchanged at once, and only once; if it is not known whether that worked, the status tells. If the
    /// exchange certainly did not happen, because it did not leave or the auth server was busy, the same callback may be
    /// given again.
    ///
    /// # Errors
    /// [`ScaErrorKind::CallbackRejected`] when it is not ours or not well formed: nothing was sent, and the right one is
    /// still awaited; also when the auth server refused the code. [`ScaErrorKind::Call`] when it could not be exchanged
    /// for another reason.
    pub async fn callback(&mut self, query: &str) -> Result<(), ScaError> {
        let rejected = |why: CallbackRejected| ScaError::new(ScaErrorKind::CallbackRejected).because(why);
        self.take_callback(Callback::parse(query).map_err(rejected)?).await
    }

    pub(crate) async fn take_callback(&mut self, callback: Callback) -> Result<(), ScaError> {
        self.accept(callback).map_err(|why| ScaError::new(ScaErrorKind::CallbackRejected).because(why))?;
        if matches!(self.todo.front(), Some(Action::ExchangeCode(..))) {
            self.one_call().await?;
        }
        Ok(())
    }

    /// Checks a callback and lets the machine take it. From here on its `state` is used up.
    fn accept(&mut self, callback: Callback) -> Result<(), CallbackRejected> {
        if !self.machine.awaits_callback() {
            return Err(CallbackRejected::UsedState);
        }
        let (state, ends) = self.redirect.state.ok_or(CallbackRejected::UsedState)?;
        if callback.state_hash() != state {
            return Err(CallbackRejected::WrongState);
        }
        let auth = self.via.caller.environment().auth().origin().ascii_serialization();
        if callback.issuer.is_some_and(|issuer| issuer.trim_end_matches('/') != auth) {
            return Err(CallbackRejected::WrongIssuer);
        }
        self.redirect.state = None;
        if self.now() >= ends {
            return Err(CallbackRejected::Expired);
        }
        self.redirect.spent = Some((state, ends));
        // The poll that was due, or under way, is replaced by what the callback leads to.
        self.todo.clear();
        self.doing = None;
        self.take(match callback.answer {
            Answer::Code(code) => Input::Code(code),
            Answer::Returned => Input::Returned,
            Answer::Refused => Input::Refused,
            Answer::Failed => Input::Failed,
        })
        .map_err(|_| CallbackRejected::UsedState)
    }

    /// Starts a new authorisation of the same consent or payment, because the PSU asked for it: after
    /// [`ScaEvent::StartWindowMissed`], or after an outcome that may be [signed
    /// again](crate::NextStep::SignAgain). The one before is not followed any more. The way to sign is the same, if the
    /// bank still offers it.
    ///
    /// After an outcome, the bank is asked first where the consent or payment stands: some reject what was not signed.
    ///
    /// # Errors
    /// [`ScaErrorKind::Over`] when it is signed already or has ended: nothing was started.
    /// [`ScaErrorKind::Misuse`] when signing again makes no sense or could be a second signature,
    /// [`ScaErrorKind::Conflict`] as for [`Authorise::start`](crate::Authorise::start), and [`ScaErrorKind::Call`] when
    /// the call fails: it was sent once, and nothing is sent again before the next call of this. When no answer comes,
    /// [`next`](Self::next) finds out what the bank has started.
    pub async fn restart(&mut self) -> Result<(), ScaError> {
        if self.machine.outcome().is_some_and(Outcome::allows_restart) {
            let status = self.subject.resource().read(self.via.clone()).await?;
            if matches!(status.standing(), Standing::Done | Standing::Dead) {
                return Err(ScaError::new(ScaErrorKind::Over));
            }
        }
        if self.claim.is_none() {
            self.claim = claim(&self.via.caller, &self.via.context)?;
        }
        let before = std::mem::take(&mut self.todo);
        if let Err(error) = self.take(Input::Restart) {
            self.todo = before;
            return Err(error);
        }
        self.redirect.state = None;
        self.redirect.spent = None;
        self.redirect.verifier = None;
        self.doing = None;
        self.one_call().await
    }

    /// Gives up. The bank is not told, since it cannot be: if the PSU signs all the same, what was signed takes effect,
    /// and its status says so. The outcome stays [`Outcome::Cancelled`]; after the PSU has signed it is
    /// [`Outcome::StillPending`].
    pub fn cancel(&mut self) {
        self.doing = None;
        self.todo.clear();
        // Only a signature that has ended cannot be cancelled, and it stays as it is.
        let _ = self.take(Input::Cancel);
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.machine.outcome()
    }

    /// How it ended; still pending if it has not.
    pub fn into_outcome(self) -> Outcome {
        self.machine.outcome().cloned().unwrap_or(Outcome::StillPending)
    }

    /// Shares a bound on polls in flight with sessions of other callers.
    pub fn share_gate(&mut self, gate: &PollGate) {
        self.gate = gate.clone();
    }

    pub(crate) fn now(&self) -> Duration {
        self.via.caller.clock().monotonic()
    }

    /// Makes the call that waits first, to its end.
    pub(crate) async fn one_call(&mut self) -> Result<(), ScaError> {
        poll_fn(|cx| {
            loop {
                match self.poll_work(cx) {
                    Poll::Ready(Ok(())) if self.doing.is_some() => {}
                    settled => return settled,
                }
            }
        })
        .await
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<ScaEvent>, ScaError>> {
        loop {
            if let Some(event) = next_of(&mut self.events) {
                if matches!(&event, ScaEvent::ShowQr(frame) if !frame.is_fresh(self.now())) {
                    continue;
                }
                return Poll::Ready(Ok(Some(event)));
            }
            if let Some(error) = self.errors.pop_front() {
                return Poll::Ready(Err(error));
            }
            if self.machine.outcome().is_some() {
                return Poll::Ready(Ok(None));
            }
            if let Poll::Ready(worked) = self.poll_work(cx) {
                worked?;
                continue;
            }
            match self.poll_alarm(cx) {
                Poll::Ready(ticked) => ticked?,
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Gives the machine an input and sorts what it wants done.
    pub(crate) fn take(&mut self, input: Input) -> Result<(), ScaError> {
        let result = self.machine.step(input, self.now());
        self.settle_claim();
        let actions = result.map_err(|error| {
            let kind = match error {
                StepError::Illegal(_) | StepError::NotAgain => ScaErrorKind::Misuse,
                StepError::NoMethod | StepError::Approach => ScaErrorKind::Unsupported,
                StepError::NoLink => ScaErrorKind::Protocol,
            };
            ScaError::new(kind).because(error)
        })?;
        self.sort(actions)
    }

    /// Over, or at the bank's page: no order of ours is left that another one could end.
    pub(crate) fn settle_claim(&mut self) {
        if self.machine.outcome().is_some() || self.machine.awaits_callback() {
            self.claim = None;
        }
    }

    pub(crate) fn will_do(&mut self, actions: impl IntoIterator<Item = Action>) {
        self.todo.extend(actions);
    }

    /// Things to show become events, the rest waits its turn.
    pub(crate) fn sort(&mut self, actions: Vec<Action>) -> Result<(), ScaError> {
        for action in actions {
            match action {
                Action::AskMethod(methods) => self.events.push_back(ScaEvent::ChooseMethod(methods)),
                Action::ShowMessage(words) => self.events.push_back(ScaEvent::Message(words)),
                Action::ShowProgress(status) => self.events.push_back(ScaEvent::Progress((&status).into())),
                Action::Show(sight) => self.show(sight),
                Action::Hide => {
                    // What was not handed out yet never will be.
                    self.events.retain(|event| !matches!(event, ScaEvent::ShowQr(_) | ScaEvent::OpenApp(_)));
                    self.events.push_back(ScaEvent::HideQr);
                }
                Action::OfferRestart => self.events.push_back(ScaEvent::StartWindowMissed),
                Action::Note(notice) => self.events.push_back(ScaEvent::Notice(notice)),
                Action::ReportUnavailable => self.errors.push_back(ScaError::new(ScaErrorKind::Unavailable)),
                Action::ReportStartUnknown => {
                    let error = ScaError::new(ScaErrorKind::StartUnknown);
                    let lost = self.lost_start.take();
                    self.errors.push_back(match lost {
                        Some(lost) => error.because(lost),
                        None => error,
                    });
                }
                Action::SendToBank(template) => {
                    if let Err(error) = self.send_to_bank(&template) {
                        self.todo.clear();
                        self.take(Input::Cancel)?;
                        return Err(error);
                    }
                }
                calls => self.todo.push_back(calls),
            }
        }
        Ok(())
    }

    /// What the PSU gets to see, by device.
    fn show(&mut self, sight: Sight) {
        let token = match sight {
            Sight::Token(token) => token,
            Sight::Code(payload) => {
                let frame = QrFrame::new(payload).map(|frame| frame.that_came_at(self.now()));
                self.events.extend(frame.map(ScaEvent::ShowQr));
                return;
            }
            Sight::Picture(png) => {
                let frame = QrFrame::of_picture(png).that_came_at(self.now());
                self.events.push_back(ScaEvent::ShowQr(frame));
                return;
            }
        };
        let Some(mut link) = AppLink::new(self.via.caller.environment().bankid(), &token) else {
            return;
        };
        let order = StateHash::of(&token);
        if self.opened.replace(order) == Some(order) {
            link = link.again();
        }
        let device = self.machine.preference().device();
        let same_device = self.machine.chosen().is_some_and(|method| method.as_str() == "mbid_same_device");
        if !same_device && device != Device::This {
            let frame = QrFrame::new(SecretString::from(link.expose()));
            self.events.extend(frame.map(ScaEvent::ShowQr));
        }
        if same_device || device != Device::Other {
            self.events.push_back(ScaEvent::OpenApp(link));
        }
    }

    fn send_to_bank(&mut self, template: &str) -> Result<(), ScaError> {
        let Some(redirect_uri) = &self.redirect.uri else {
            let why = "the bank signs by redirect: give an address to come back to with redirect_to";
            return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
        };
        let caller = &self.via.caller;
        let state = CallbackState::random(&**caller.entropy());
        let verifier = self.redirect.pkce.then(|| Verifier::random(&**caller.entropy()));
        let link = fill(
            template,
            caller.environment(),
            caller.client_id(),
            redirect_uri,
            &state,
            verifier.as_ref(),
        )?;
        self.redirect.state = Some((state.hash(), self.now() + STATE_LIFE));
        self.redirect.verifier = verifier;
        self.events.push_back(ScaEvent::Redirect(link));
        Ok(())
    }
}

/// The first; a session that waits holds no room for more to come.
fn next_of<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let first = queue.pop_front();
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
    first
}

impl fmt::Debug for ScaSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScaSession")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("phase", &self.machine.phase())
            .field("doing", &self.doing)
            .finish_non_exhaustive()
    }
}

/// Ends when the session has ended. An error does not end it, but [`ScaErrorKind::Misuse`] comes back each time until
/// what is missing is done.
impl Stream for ScaSession {
    type Item = Result<ScaEvent, ScaError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx).map(Result::transpose)
    }
}
