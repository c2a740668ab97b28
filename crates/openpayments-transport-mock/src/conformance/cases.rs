//! The cases. Each sets its stage, sends, and says what is wrong.

mod answers;
mod failures;
mod limits;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Method;
use openpayments_transport::{Effect, Limits, Request, Response, TransportError};

use super::{Behaviour, Exchange, Stage, Subject};

type Outcome = Result<(), String>;
type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) run: for<'a> fn(&'a dyn Subject) -> Running<'a>,
}

pub(super) const ALL: &[Case] = &[
    Case { name: "the request arrives as it was given", run: |s| Box::pin(answers::request_arrives(s)) },
    Case {
        name: "the answer is handed through byte for byte",
        run: |s| Box::pin(answers::handed_through(s)),
    },
    Case { name: "an answer without a body is empty", run: |s| Box::pin(answers::no_content(s)) },
    Case { name: "an error status is an answer", run: |s| Box::pin(answers::error_statuses(s)) },
    Case {
        name: "C-4 a redirect is an answer and is not followed",
        run: |s| Box::pin(answers::redirects(s)),
    },
    Case { name: "C-5 one send is one delivery", run: |s| Box::pin(answers::one_delivery(s)) },
    Case { name: "C-13 gzip is decoded", run: |s| Box::pin(limits::gzip(s)) },
    Case { name: "I041 another encoding is refused", run: |s| Box::pin(limits::other_encodings(s)) },
    Case { name: "C-12 a body at its limit is read", run: |s| Box::pin(limits::body_at_limit(s)) },
    Case { name: "C-12 a body over its limit is refused", run: |s| Box::pin(limits::body_over_limit(s)) },
    Case { name: "I044 a body without end is refused", run: |s| Box::pin(limits::endless(s)) },
    Case { name: "I040 a gzip bomb is refused", run: |s| Box::pin(limits::bomb(s)) },
    Case { name: "C-12 a head within its limit is read", run: |s| Box::pin(limits::head_within_limit(s)) },
    Case { name: "I045 too many header fields are refused", run: |s| Box::pin(limits::header_fields(s)) },
    Case { name: "F02 nobody listening means not sent", run: |s| Box::pin(failures::unreachable(s)) },
    Case { name: "F07 cut before the head means unknown", run: |s| Box::pin(failures::cut_before_head(s)) },
    Case { name: "F09 cut in the body keeps the head", run: |s| Box::pin(failures::cut_in_body(s)) },
    Case { name: "F10 silence ends at the deadline", run: |s| Box::pin(failures::silence(s)) },
];

async fn stage(subject: &dyn Subject, exchanges: Vec<Exchange>) -> Result<Stage, String> {
    subject.prepare(exchanges).await.map_err(|error| format!("no stage: {error}"))
}

fn get(behaviour: Behaviour) -> Exchange {
    Exchange::new(Method::GET, "/psd2/v1/thing", behaviour)
}

fn post(behaviour: Behaviour) -> Exchange {
    Exchange::new(Method::POST, "/psd2/v1/thing", behaviour)
}

fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Result<Response, String> {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).map_err(|error| error.to_string())
}

impl Stage {
    async fn get(&self) -> Result<Result<Response, TransportError>, String> {
        self.send(Method::GET, Effect::Read, Limits::default()).await
    }

    async fn get_within(&self, limits: Limits) -> Result<Result<Response, TransportError>, String> {
        self.send(Method::GET, Effect::Read, limits).await
    }

    async fn post(&self) -> Result<Result<Response, TransportError>, String> {
        self.send(Method::POST, Effect::Write, Limits::default()).await
    }

    async fn send(
        &self,
        method: Method,
        effect: Effect,
        limits: Limits,
    ) -> Result<Result<Response, TransportError>, String> {
        let http = http::Request::builder()
            .method(method)
            .uri(format!("{}/psd2/v1/thing", self.base))
            .header("x-request-id", "99391c7e-ad88-49ec-a2ad-99ddcb1f7721")
            .body(Bytes::new())
            .map_err(|error| error.to_string())?;
        Ok(self.transport.send(Request::new(http, effect).with_limits(limits)).await)
    }

    fn deliveries(&self) -> usize {
        self.received().len()
    }
}

/// Fails a case with a reason unless `holds`.
fn check(holds: bool, reason: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(reason()) }
}
