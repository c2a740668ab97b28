//! A bank, a clock and an executor that stop wherever the test wants.

#![allow(dead_code, reason = "each test file uses its share")]

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use openpayments_api::CallContext;
use openpayments_client::{Caller, Clock, Credentials, Environment};
use openpayments_model::identifier::{ConsentId, PaymentId};
use openpayments_model::payment::{PaymentPath, PaymentRef};
use openpayments_model::psu::PsuId;
use openpayments_model::{BicFi, Context, Psu};
use openpayments_sca::{ScaEvent, Subject};
use openpayments_transport::{Delivery, Request, Response, Stage, TransportError, TransportErrorKind};
use openpayments_transport_mock::FnTransport;

use crate::bank::{LINK, TOKEN};

/// What the bank was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) starts: u32,
    pub(crate) selects: u32,
    pub(crate) exchanges: u32,
    pub(crate) polls: u32,
    pub(crate) reads: u32,
    pub(crate) lists: u32,
    /// Polls under way just now, and the most there ever were.
    pub(crate) in_flight: u32,
    pub(crate) most_in_flight: u32,
}

/// What a bank says of the authorisations there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum List {
    /// All that were started.
    #[default]
    True,
    /// None: the start did not arrive.
    Empty,
    /// It has no list.
    Unsupported,
}

/// A bank with one PSU, who signs as soon as he can.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bank {
    pub(crate) asked: Arc<Mutex<Asked>>,
    /// Whether PSUs sign on its page.
    pub(crate) redirects: bool,
    /// The clock by which each answer to a question takes ten seconds.
    pub(crate) slow: Option<Arc<StepClock>>,
    /// The answers to so many starts do not arrive.
    pub(crate) loses: u32,
    /// The answer to this start, too.
    pub(crate) loses_later: Arc<Mutex<u32>>,
    /// What it says of the authorisations there are.
    pub(crate) list: List,
    /// The headers and bodies of what was asked.
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
}

impl Bank {
    pub(crate) fn asked(&self) -> Asked {
        *self.asked.lock().unwrap()
    }

    /// Loses the answer to this start.
    pub(crate) fn lose(&self, start: u32) {
        *self.loses_later.lock().unwrap() = start;
    }

    /// The answer, or none when it is lost on its way.
    fn answer(&self, request: &Request) -> Option<(u16, &'static str, String)> {
        self.requests.lock().unwrap().push(request.clone());
        let mut asked = self.asked.lock().unwrap();
        let path = request.http().uri().path().to_owned();
        let body = String::from_utf8_lossy(request.http().body()).into_owned();
        let approach = if self.redirects { "REDIRECT" } else { "DECOUPLED" };
        let text = match (request.http().method(), path.as_str()) {
            (&Method::POST, "/connect/token") => {
                asked.exchanges += u32::from(body.contains("authorization_code"));
                r#"{"access_token":"made-up","expires_in":86400}"#.to_owned()
            }
            (&Method::POST, _) => {
                asked.starts += 1;
                if asked.starts <= self.loses || asked.starts == *self.loses_later.lock().unwrap() {
                    return None;
                }
                r#"{"scaStatus":"received","authorisationId":"a-1","scaMethods":[
                    {"authenticationType":"PUSH_OTP","authenticationMethodId":"mbid"},
                    {"authenticationType":"PUSH_OTP","authenticationMethodId":"card"}],"_links":{}}"#
                    .to_owned()
            }
            (&Method::PUT, _) => {
                asked.selects += 1;
                if self.redirects {
                    format!(
                        r#"{{"scaStatus":"scaMethodSelected","_links":{{"scaOAuth":{{"href":"{LINK}"}}}}}}"#
                    )
                } else {
                    format!(r#"{{"scaStatus":"started","challengeData":{{"data":["{TOKEN}"]}}}}"#)
                }
            }
            (_, path) if path.ends_with("/status") => {
                asked.reads += 1;
                let ready = asked.reads > 1;
                match (path.contains("consents"), ready) {
                    (true, false) => r#"{"consentStatus":"received"}"#.to_owned(),
                    (true, true) => r#"{"consentStatus":"valid"}"#.to_owned(),
                    (false, false) => r#"{"transactionStatus":"RCVD"}"#.to_owned(),
                    (false, true) => r#"{"transactionStatus":"ACSP"}"#.to_owned(),
                }
            }
            (_, path) if path.ends_with("/authorisations") => {
                asked.lists += 1;
                let there: Vec<String> = match self.list {
                    List::True => (1..=asked.starts).map(|n| format!("\"a-{n}\"")).collect(),
                    List::Empty => Vec::new(),
                    List::Unsupported => {
                        let none = r#"{"tppMessages":[{"category":"ERROR","code":"SERVICE_INVALID"}]}"#;
                        return Some((405, approach, none.to_owned()));
                    }
                };
                format!(r#"{{"authorisationIds":[{}]}}"#, there.join(","))
            }
            // One that did not arrive is none.
            _ if asked.selects < asked.starts - if self.list == List::Empty { self.loses } else { 0 } => {
                r#"{"scaStatus":"received"}"#.to_owned()
            }
            _ => {
                asked.polls += 1;
                let signed =
                    if self.redirects { asked.exchanges > 0 } else { asked.selects > 0 && asked.polls > 2 };
                if signed {
                    r#"{"scaStatus":"finalised"}"#.to_owned()
                } else if self.redirects {
                    r#"{"scaStatus":"scaMethodSelected"}"#.to_owned()
                } else {
                    format!(r#"{{"scaStatus":"started","challengeData":{{"data":["{TOKEN}"]}}}}"#)
                }
            }
        };
        Some((200, approach, text))
    }

    /// Every call arrives at once and is answered one poll later.
    pub(crate) fn transport(&self) -> FnTransport {
        let bank = self.clone();
        FnTransport::from_async_fn(move |request| {
            let bank = bank.clone();
            async move {
                let text = bank.answer(&request);
                let is_question = request.http().method() == Method::GET;
                let flight = Flight::of(&bank, is_question);
                match &bank.slow {
                    Some(clock) if is_question => clock.sleep(Duration::from_secs(10)).await,
                    _ => once().await,
                }
                drop(flight);
                let (status, approach, text) = text.ok_or_else(lost)?;
                Ok(answer(&request, status, approach, text))
            }
        })
    }
}

/// The request left, and no answer came.
fn lost() -> TransportError {
    TransportError::new(TransportErrorKind::Connection(Stage::Exchange), Delivery::Unknown)
}

/// Counts the polls under way; one that is dropped counts no more.
struct Flight(Option<Arc<Mutex<Asked>>>);

impl Flight {
    fn of(bank: &Bank, is_poll: bool) -> Self {
        if is_poll {
            let mut asked = bank.asked.lock().unwrap();
            asked.in_flight += 1;
            asked.most_in_flight = asked.most_in_flight.max(asked.in_flight);
        }
        Self(is_poll.then(|| Arc::clone(&bank.asked)))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(asked) = &self.0 {
            asked.lock().unwrap().in_flight -= 1;
        }
    }
}

pub(crate) fn answer(request: &Request, status: u16, approach: &str, text: String) -> Response {
    let id = request.http().headers()["x-request-id"].clone();
    http::Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("aspsp-sca-approach", approach)
        .header("x-request-id", id)
        .body(text.into())
        .unwrap()
}

/// Is ready at the second look.
pub(crate) async fn once() {
    let mut looked = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut looked, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Moves when the executor finds nothing else to do, to where the first sleeper wakes.
#[derive(Debug, Default)]
pub(crate) struct StepClock(Arc<Mutex<Sleepers>>);

/// The time, and who sleeps until when.
type Sleepers = (Duration, Vec<(Duration, Waker)>);

impl StepClock {
    pub(crate) fn at(now: Duration) -> Arc<Self> {
        Arc::new(Self(Arc::new(Mutex::new((now, Vec::new())))))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.lock().unwrap().0 += by;
    }

    fn to_next(&self) {
        let mut state = self.0.lock().unwrap();
        if let Some(next) = state.1.iter().map(|(wake, _)| *wake).min() {
            state.0 = state.0.max(next);
        }
        let now = state.0;
        for (_, waker) in state.1.extract_if(.., |(wake, _)| *wake <= now) {
            waker.wake();
        }
    }
}

impl Clock for StepClock {
    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().0
    }

    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::try_from(self.monotonic()).unwrap()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (clock, wake) = (Arc::clone(&self.0), self.monotonic() + duration);
        Box::pin(poll_fn(move |cx| {
            let mut state = clock.lock().unwrap();
            if state.0 >= wake {
                return Poll::Ready(());
            }
            state.1.push((wake, cx.waker().clone()));
            Poll::Pending
        }))
    }
}

/// Polls futures, and drops one after so many looks in all.
#[derive(Debug)]
pub(crate) struct Executor {
    pub(crate) clock: Arc<StepClock>,
    pub(crate) looks: u32,
    pub(crate) drop_at: Option<u32>,
}

impl Executor {
    /// The future's value, or `None` if it was dropped on the way.
    pub(crate) async fn run<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future: Pin<&mut _> = pin!(future);
        loop {
            let polled = poll_fn(|cx| {
                let woken = Arc::new(Woken::default());
                let waker = Waker::from(Arc::clone(&woken));
                let polled = future.as_mut().poll(&mut std::task::Context::from_waker(&waker));
                let _ = cx;
                Poll::Ready((polled, woken.0.load(std::sync::atomic::Ordering::SeqCst)))
            })
            .await;
            match polled {
                (Poll::Ready(value), _) => return Some(value),
                (Poll::Pending, woken) => {
                    self.looks += 1;
                    if self.drop_at == Some(self.looks) {
                        return None;
                    }
                    if !woken {
                        self.clock.to_next();
                    }
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

#[derive(Default)]
struct Woken(std::sync::atomic::AtomicBool);

impl std::task::Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

pub(crate) fn caller(bank: &Bank, clock: &Arc<StepClock>) -> Caller {
    let host = "https://platform.example".parse().unwrap();
    Caller::builder(
        Environment::custom(&host, &host).unwrap(),
        Credentials::new("client-1", "made-up-secret"),
    )
    .transport(Arc::new(bank.transport()))
    .clock(clock.clone())
    .build()
    .unwrap()
}

pub(crate) fn context(psu: &str) -> CallContext {
    let psu = Psu::new()
        .id(PsuId::parse(psu).unwrap())
        .ip_address("192.0.2.7".parse().unwrap())
        .user_agent("a browser")
        .unwrap();
    CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private).psu(psu).redirect_preferred(false)
}

pub(crate) fn consent() -> Subject {
    Subject::Consent(ConsentId::parse("c-1").unwrap())
}

pub(crate) fn payment() -> Subject {
    Subject::Payment(PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() })
}

/// One word for an event.
pub(crate) fn word(event: &ScaEvent) -> String {
    match event {
        ScaEvent::ChooseMethod(methods) => format!("choose of {}", methods.len()),
        ScaEvent::ShowQr(_) => "qr".to_owned(),
        ScaEvent::HideQr => "hide".to_owned(),
        ScaEvent::OpenApp(_) => "link".to_owned(),
        ScaEvent::StartWindowMissed => "missed".to_owned(),
        ScaEvent::Redirect(_) => "go".to_owned(),
        ScaEvent::Progress(step) => format!("{step:?}"),
        other => format!("{other:?}"),
    }
}

/// The `state` in a link to the bank's page.
pub(crate) fn state_of(event: &ScaEvent) -> Option<String> {
    let ScaEvent::Redirect(link) = event else {
        return None;
    };
    let pair = link.expose().query_pairs().find(|(name, _)| name == "state")?;
    Some(pair.1.into_owned())
}
