//! What a session has under way: a pause, its place in the queue, a call.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use http::StatusCode;
use openpayments_api::authorisation::MethodSelected;
use openpayments_api::{ApiError, ApiErrorKind};
use openpayments_client::{Error, ErrorKind};
use openpayments_model::authorisation::{ScaState, StartedAuthorisation};
use openpayments_model::identifier::AuthorisationId;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use super::{ScaSession, next_of};
use crate::machine::{Action, Input};
use crate::subject::{Answer, Exchange};
use crate::{CallbackRejected, ResourceStatus, ScaError, ScaErrorKind};

/// A wait for a time.
pub(super) type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;
type Queue = Pin<Box<dyn Future<Output = Place> + Send>>;
type Place = Option<OwnedSemaphorePermit>;

/// A wait for a time, known to wake a task: it need not be looked at each time the task runs.
pub(super) struct Alarm {
    at: Duration,
    waker: Waker,
    wait: Wait,
}

/// A call that only asks: it is made again and again, and one that is lost does no harm.
pub(super) enum Question {
    /// Which authorisations there are.
    Which,
    /// Where the authorisation stands.
    Authorisation(AuthorisationId),
    /// Where what is signed stands.
    Resource,
}

/// A call that holds a place among the polls in flight until the answer is there, or nobody waits for it any more.
pub(super) struct Held<T> {
    answer: Answer<T>,
    _place: Place,
}

impl<T> Held<T> {
    fn new(answer: Answer<T>, place: Place) -> Self {
        Self { answer, _place: place }
    }
}

/// The one thing that is under way. A waiting session holds a timer and no more; the call is made when its time has come
/// and there is room for it.
pub(super) enum Doing {
    Pausing(Wait, Question),
    Queueing(Queue, Question),
    Listing(Held<Vec<AuthorisationId>>),
    Polling(Held<ScaState>),
    Reading(Held<ResourceStatus>),
    Starting(Answer<StartedAuthorisation>),
    Selecting(Answer<MethodSelected>),
    Exchanging(Answer<()>),
}

impl fmt::Debug for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pausing(..) => "Pausing",
            Self::Queueing(..) => "Queueing",
            Self::Listing(_) => "Listing",
            Self::Polling(_) => "Polling",
            Self::Reading(_) => "Reading",
            Self::Starting(_) => "Starting",
            Self::Selecting(_) => "Selecting",
            Self::Exchanging(_) => "Exchanging",
        })
    }
}

impl ScaSession {
    /// One step of what is under way; if nothing is, begins what waits first.
    pub(super) fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ScaError>> {
        let Some(doing) = &mut self.doing else {
            return Poll::Ready(self.begin());
        };
        let next = match doing {
            Doing::Pausing(wait, _) => {
                ready!(wait.as_mut().poll(cx));
                self.gate.try_enter().map(Some)
            }
            Doing::Queueing(queue, _) => Some(ready!(queue.as_mut().poll(cx))),
            Doing::Listing(held) => {
                let answer = ready!(held.answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.listed(answer));
            }
            Doing::Polling(held) => {
                let answer = ready!(held.answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.polled(answer));
            }
            Doing::Reading(held) => {
                let answer = ready!(held.answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.read(answer));
            }
            Doing::Starting(answer) => {
                let answer = ready!(answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.started(answer));
            }
            Doing::Selecting(answer) => {
                let answer = ready!(answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.selected(answer));
            }
            Doing::Exchanging(answer) => {
                let answer = ready!(answer.as_mut().poll(cx));
                self.doing = None;
                return Poll::Ready(self.exchanged(answer));
            }
        };
        // A pause is over, or there is room.
        if let Some(Doing::Pausing(_, question) | Doing::Queueing(_, question)) = self.doing.take() {
            self.doing = Some(match next {
                None => Doing::Queueing(Box::pin(self.gate.clone().enter()), question),
                Some(place) => self.ask(question, place),
            });
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for the time at which something has to be taken away, while something else is under way.
    pub(super) fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ScaError>> {
        let Some(at) = self.machine.wake_at() else {
            self.alarm = None;
            return Poll::Pending;
        };
        let left = at.saturating_sub(self.now());
        if !left.is_zero() {
            let is_set = |alarm: &Alarm| alarm.at == at && alarm.waker.will_wake(cx.waker());
            if self.alarm.as_ref().is_some_and(is_set) {
                return Poll::Pending;
            }
            let mut wait = match self.alarm.take() {
                Some(alarm) if alarm.at == at => alarm.wait,
                _ => self.wait(left),
            };
            if wait.as_mut().poll(cx).is_pending() {
                self.alarm = Some(Alarm { at, waker: cx.waker().clone(), wait });
                return Poll::Pending;
            }
        }
        self.alarm = None;
        Poll::Ready(self.take(Input::Tick))
    }

    fn begin(&mut self) -> Result<(), ScaError> {
        let resource = self.subject.resource();
        let doing = match next_of(&mut self.todo) {
            Some(Action::Start) => Doing::Starting(resource.start(self.via.clone())),
            Some(Action::SelectMethod(authorisation, method)) => {
                Doing::Selecting(resource.select(self.via.clone(), authorisation, method))
            }
            Some(Action::ExchangeCode(authorisation, code)) => {
                let with = Exchange {
                    code,
                    redirect_uri: self.redirect.uri.as_ref().map(Url::to_string).unwrap_or_default(),
                    verifier: self.redirect.verifier.as_ref().map(|verifier| verifier.0.clone()),
                };
                Doing::Exchanging(resource.exchange(self.via.clone(), authorisation, with))
            }
            Some(Action::Poll(authorisation, pause)) => {
                let pause = self.jittered(pause);
                Doing::Pausing(self.wait(pause), Question::Authorisation(authorisation))
            }
            Some(Action::List(pause)) => Doing::Pausing(self.wait(pause), Question::Which),
            Some(Action::ReadStatus(pause)) => Doing::Pausing(self.wait(pause), Question::Resource),
            // Everything else became an event.
            Some(_) => return Ok(()),
            None => {
                let why = "a way to sign has to be chosen first";
                return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
            }
        };
        self.doing = Some(doing);
        Ok(())
    }

    fn ask(&self, question: Question, place: Place) -> Doing {
        let resource = self.subject.resource();
        match question {
            Question::Which => Doing::Listing(Held::new(resource.list(self.via.clone()), place)),
            Question::Authorisation(id) => {
                Doing::Polling(Held::new(resource.poll(self.via.clone(), id), place))
            }
            Question::Resource => Doing::Reading(Held::new(resource.read(self.via.clone()), place)),
        }
    }

    fn wait(&self, pause: Duration) -> Wait {
        self.via.caller.clock().sleep(pause)
    }

    /// The first pause is any part of a whole one, so that sessions that began together do not poll together.
    fn jittered(&mut self, pause: Duration) -> Duration {
        if pause.is_zero() || std::mem::replace(&mut self.is_jittered, true) {
            return pause;
        }
        let mut random = [0; 4];
        self.via.caller.entropy().fill(&mut random);
        pause.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX))
    }

    fn started(&mut self, answer: Result<StartedAuthorisation, Error>) -> Result<(), ScaError> {
        match answer {
            Ok(started) => self.take(Input::Started(started)),
            // It may be with the bank, or the bank says that one was there before: the list tells.
            Err(error) if matches!(error.kind(), ErrorKind::OutcomeUnknown | ErrorKind::Conflict) => {
                self.lost_start = Some(error);
                self.take(Input::StartUnknown)
            }
            Err(error) => {
                self.take(Input::StartFailed)?;
                Err(error.into())
            }
        }
    }

    fn listed(&mut self, answer: Result<Vec<AuthorisationId>, Error>) -> Result<(), ScaError> {
        match answer {
            Ok(there) => self.take(Input::Listed(there)),
            Err(error) => {
                let has_no_list = matches!(error.kind(), ErrorKind::Refused | ErrorKind::Unsupported);
                self.unanswered(error, has_no_list)
            }
        }
    }

    fn selected(&mut self, answer: Result<MethodSelected, Error>) -> Result<(), ScaError> {
        let error = match answer {
            Ok(selected) => return self.take(Input::Selected(selected)),
            Err(error) => error,
        };
        // It may be with the bank, or the bank says it was there before: the status tells.
        if matches!(error.kind(), ErrorKind::OutcomeUnknown | ErrorKind::Conflict) {
            return self.take(Input::SelectUnknown);
        }
        let for_good =
            matches!(error.kind(), ErrorKind::Refused | ErrorKind::InvalidInput | ErrorKind::Unsupported);
        self.take(Input::SelectRefused { for_good })?;
        Err(error.into())
    }

    /// Whether it worked or is not known: the status tells. A refusal is told after the machine moved on.
    fn exchanged(&mut self, answer: Result<(), Error>) -> Result<(), ScaError> {
        let spent = self.redirect.spent.take();
        if answer.as_ref().is_err_and(leaves_the_code) {
            self.redirect.state = spent;
        } else {
            self.redirect.verifier = None;
        }
        self.take(Input::Exchanged)?;
        match answer {
            Err(error) if error.kind() != ErrorKind::OutcomeUnknown => {
                let api = error.source().and_then(|source| source.downcast_ref::<ApiError>());
                if api.is_some_and(|api| api.kind() == ApiErrorKind::InvalidGrant) {
                    return Err(ScaError::new(ScaErrorKind::CallbackRejected).because(CallbackRejected::Code));
                }
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    fn polled(&mut self, answer: Result<ScaState, Error>) -> Result<(), ScaError> {
        let error = match answer {
            Ok(state) => return self.take(Input::Polled(state)),
            Err(error) => error,
        };
        let is_over = error
            .messages()
            .iter()
            .any(|message| ["RESOURCE_EXPIRED", "RESOURCE_BLOCKED"].contains(&message.code.as_str()));
        if is_over {
            return self.take(Input::PollRefused { for_good: true });
        }
        if error.http_status() == Some(StatusCode::NOT_FOUND) && self.machine.may_be_unknown_yet() {
            return self.take(Input::PollFailed);
        }
        // Some banks refuse to tell the status once it is signed, in words of their own.
        let is_refused = error.http_status() == Some(StatusCode::BAD_REQUEST);
        self.unanswered(error, is_refused)
    }

    fn unanswered(&mut self, error: Error, is_refused: bool) -> Result<(), ScaError> {
        if is_refused {
            return self.take(Input::PollRefused { for_good: false });
        }
        if error.kind() == ErrorKind::RateLimited {
            return self.take(Input::Throttled(error.retry_after()));
        }
        // What passes by itself is no failure of the signature: the next poll is the next try.
        self.take(Input::PollFailed)?;
        // One that cannot be read or belongs to another request is as good as none.
        if error.is_retryable() || error.kind() == ErrorKind::Protocol { Ok(()) } else { Err(error.into()) }
    }

    fn read(&mut self, answer: Result<ResourceStatus, Error>) -> Result<(), ScaError> {
        match answer {
            Ok(status) => self.take(Input::Read(status)),
            Err(error) => {
                self.take(Input::ReadFailed)?;
                if error.is_retryable() { Ok(()) } else { Err(error.into()) }
            }
        }
    }
}

/// Whether a code is as good after this failure as before: the request did not leave, or it was turned away before anybody
/// looked at the code.
fn leaves_the_code(error: &Error) -> bool {
    let api = error.source().and_then(|source| source.downcast_ref::<ApiError>());
    error.is_unsent()
        || error.kind() == ErrorKind::RateLimited
        || api.is_some_and(|api| api.kind() == ApiErrorKind::InvalidClient)
}
