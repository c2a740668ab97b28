//! A transport that answers an ordered script, and remembers every departure from it.

mod expectation;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use http::Method;
use openpayments_transport::{
    BodyReader, Delivery, Request, Response, Transport, TransportError, TransportErrorKind,
};

pub use self::expectation::Expectation;
use self::expectation::{Answer, Step};

/// The header that ties an answer to its request.
const REQUEST_ID: &str = "x-request-id";

/// Answers requests from a script, strictly in its order.
///
/// A request that is not the next one of the script gets
/// [`Unscripted`](TransportErrorKind::Unscripted), is remembered, and takes nothing off the script. Whatever was asked
/// is kept for [`requests`](Self::requests). As the platform does, an answer carries the `X-Request-ID` of its request
/// unless the script gives it another.
///
/// Clones share the script: give one to the code under test and keep one.
#[derive(Clone, Default)]
pub struct ScriptedTransport {
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    steps: VecDeque<Step>,
    answered: usize,
    requests: Vec<Request>,
    departures: Vec<String>,
    silent_about_request_id: bool,
}

impl ScriptedTransport {
    /// A transport that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a request to the script; what it returns takes further conditions and the answer.
    ///
    /// `target` is the path with its query, `/psd2/consent/v1/consents?withBalance=true`, and is compared as it is.
    /// The host is not looked at.
    pub fn expect(self, method: Method, target: impl Into<String>) -> Expectation {
        Expectation::new(self, method, target.into())
    }

    /// Answers without the `X-Request-ID` of the request, as a broken gateway would.
    #[must_use]
    pub fn without_request_id(self) -> Self {
        self.lock().silent_about_request_id = true;
        self
    }

    /// Every request that was sent, the unexpected ones included, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// Says whether everything went by the script and nothing of it is left.
    ///
    /// # Errors
    /// [`Departures`], which lists what was not asked for and what was asked for in vain.
    pub fn finish(&self) -> Result<(), Departures> {
        let script = self.lock();
        let left = script.steps.iter().map(|step| format!("never sent: {step}"));
        let lines: Vec<_> = script.departures.iter().cloned().chain(left).collect();
        if lines.is_empty() { Ok(()) } else { Err(Departures { lines }) }
    }

    /// [`finish`](Self::finish) for the last line of a test.
    ///
    /// # Panics
    /// When a request departed from the script or the script is not at its end.
    #[track_caller]
    pub fn assert_done(&self) {
        let result = self.finish();
        assert!(
            result.is_ok(),
            "{}",
            result.err().map(|departures| departures.to_string()).unwrap_or_default()
        );
    }

    fn add(&self, step: Step) {
        self.lock().steps.push_back(step);
    }

    /// A panic of another test thread does not make the script any less readable.
    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    /// The answer to `request`, or what it departs in.
    fn play(&mut self, request: &Request) -> Result<Answer, String> {
        self.requests.push(request.clone());
        let number = self.requests.len();
        let asked = expectation::target_of(request);
        let Some(step) = self.steps.front() else {
            return Err(format!("request {number} was {asked}, and the script is at its end"));
        };
        if let Some(difference) = step.difference(request) {
            return Err(format!("request {number} was {asked}, the script has {step}: {difference}"));
        }
        match self.steps.pop_front() {
            Some(step) => {
                self.answered += 1;
                Ok(step.into_answer())
            }
            None => Err(format!("request {number} was {asked}, and the script is at its end")),
        }
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (answer, silent) = {
            let mut script = self.lock();
            match script.play(&request) {
                Ok(answer) => (answer, script.silent_about_request_id),
                Err(departure) => {
                    script.departures.push(departure.clone());
                    return Err(TransportError::new(TransportErrorKind::Unscripted, Delivery::NotSent)
                        .with_source(departure));
                }
            }
        };
        let mut answer = match answer {
            Answer::Response(answer) => answer,
            Answer::Error(error) => return Err(error),
        };
        if let Some(id) = request.http().headers().get(REQUEST_ID)
            && !silent
            && !answer.headers().contains_key(REQUEST_ID)
        {
            answer.headers_mut().insert(REQUEST_ID, id.clone());
        }
        BodyReader::read_whole(answer, request.limits())
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.lock();
        f.debug_struct("ScriptedTransport")
            .field("answered", &script.answered)
            .field("left", &script.steps.len())
            .field("departures", &script.departures.len())
            .finish()
    }
}

/// What departed from a script: one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departures {
    lines: Vec<String>,
}

impl Departures {
    /// One line for each request that was not expected, then one for each that was never sent.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Departures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script was not kept:")?;
        self.lines.iter().try_for_each(|line| write!(f, "\n- {line}"))
    }
}

impl std::error::Error for Departures {}
