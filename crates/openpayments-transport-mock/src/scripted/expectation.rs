//! One line of a script: the request it waits for and the answer it gives.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use openpayments_transport::{Delivery, Request, Response, TransportError, TransportErrorKind};

use super::ScriptedTransport;

type Condition = Box<dyn Fn(&Request) -> bool + Send>;

/// A request of a script that waits for its answer.
#[must_use = "a request of the script counts once it has an answer"]
pub struct Expectation {
    script: ScriptedTransport,
    step: Step,
}

impl Expectation {
    pub(super) fn new(script: ScriptedTransport, method: Method, target: String) -> Self {
        let answer = Answer::Response(Response::new(Bytes::new()));
        Self { script, step: Step { method, target, conditions: Vec::new(), answer } }
    }

    /// Asks for the header field `name` to have `value`.
    pub fn with_header(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.matching(format!("header {name} differs"), move |request| {
            request.http().headers().get(name).is_some_and(|found| found.as_bytes() == value.as_bytes())
        })
    }

    /// Asks for the header field `name` to be there, with any value.
    pub fn with_any_header(self, name: &'static str) -> Self {
        self.matching(format!("header {name} is missing"), move |request| {
            request.http().headers().contains_key(name)
        })
    }

    /// Asks for the header field `name` not to be there.
    pub fn without_header(self, name: &'static str) -> Self {
        self.matching(format!("header {name} is there"), move |request| {
            !request.http().headers().contains_key(name)
        })
    }

    /// Asks for exactly this body.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.matching("the body differs", move |request| *request.http().body() == body)
    }

    /// Asks for a body for which `condition` holds.
    pub fn with_body_like(self, condition: impl Fn(&[u8]) -> bool + Send + 'static) -> Self {
        self.matching("the body is not as expected", move |request| condition(request.http().body()))
    }

    /// Asks for a request for which `condition` holds; `difference` says what is wrong when it does not.
    pub fn matching(
        mut self,
        difference: impl Into<String>,
        condition: impl Fn(&Request) -> bool + Send + 'static,
    ) -> Self {
        self.step.conditions.push((difference.into(), Box::new(condition)));
        self
    }

    /// Answers with a JSON body.
    ///
    /// # Panics
    /// When `status` is no HTTP status.
    #[track_caller]
    pub fn answer_json(self, status: u16, body: impl Into<Bytes>) -> ScriptedTransport {
        let mut answer = empty(status);
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *answer.body_mut() = body.into();
        self.answer(answer)
    }

    /// Answers with a status alone.
    ///
    /// # Panics
    /// When `status` is no HTTP status.
    #[track_caller]
    pub fn answer_status(self, status: u16) -> ScriptedTransport {
        self.answer(empty(status))
    }

    /// Answers with a JSON body and further header fields.
    ///
    /// # Panics
    /// When `status` is no HTTP status, or a header field is not valid.
    #[track_caller]
    pub fn answer_json_with(
        self,
        status: u16,
        headers: &[(&'static str, &str)],
        body: impl Into<Bytes>,
    ) -> ScriptedTransport {
        let mut answer = empty(status);
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in headers {
            let value = HeaderValue::from_str(value);
            assert!(value.is_ok(), "the value of {name} is no header value");
            if let Ok(value) = value {
                answer.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        *answer.body_mut() = body.into();
        self.answer(answer)
    }

    /// Answers with any response. Its body is on the wire form: gzip if its headers say so.
    pub fn answer(self, answer: Response) -> ScriptedTransport {
        self.end_with(Answer::Response(answer))
    }

    /// Fails with an error of `kind`.
    pub fn fail(self, kind: TransportErrorKind, delivery: Delivery) -> ScriptedTransport {
        self.fail_with(TransportError::new(kind, delivery))
    }

    /// Fails with `error`.
    pub fn fail_with(self, error: TransportError) -> ScriptedTransport {
        self.end_with(Answer::Error(error))
    }

    fn end_with(mut self, answer: Answer) -> ScriptedTransport {
        self.step.answer = answer;
        self.script.add(self.step);
        self.script
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation").field("request", &format_args!("{}", self.step)).finish_non_exhaustive()
    }
}

#[track_caller]
fn empty(status: u16) -> Response {
    let mut answer = Response::new(Bytes::new());
    let status = StatusCode::from_u16(status);
    assert!(status.is_ok(), "that is no HTTP status");
    *answer.status_mut() = status.unwrap_or_default();
    answer
}

/// A request with its answer, as the script keeps it.
pub(super) struct Step {
    method: Method,
    target: String,
    conditions: Vec<(String, Condition)>,
    answer: Answer,
}

pub(super) enum Answer {
    Response(Response),
    Error(TransportError),
}

impl Step {
    /// How `request` differs from what is expected. Values of headers and bodies are not told.
    pub(super) fn difference(&self, request: &Request) -> Option<String> {
        if request.http().method() != self.method {
            return Some("another method".to_owned());
        }
        if target(request) != self.target {
            return Some("another target".to_owned());
        }
        let failed = self.conditions.iter().find(|(_, holds)| !holds(request));
        failed.map(|(difference, _)| difference.clone())
    }

    pub(super) fn into_answer(self) -> Answer {
        self.answer
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}

pub(super) fn target_of(request: &Request) -> String {
    format!("{} {}", request.http().method(), target(request))
}

fn target(request: &Request) -> &str {
    request.http().uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}
