//! The scripted double as a subject of the suite: what the network would do is told to it as errors.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use openpayments_transport::{
    Delivery, Limits, Request, Response, Stage as Reached, TransportError, TransportErrorKind,
};

use super::{Behaviour, Exchange, Stage, Subject};
use crate::ScriptedTransport;

/// Puts [`ScriptedTransport`] through the suite.
#[derive(Clone, Copy, Debug)]
pub struct Scripted;

#[async_trait]
impl Subject for Scripted {
    async fn prepare(&self, exchanges: Vec<Exchange>) -> std::io::Result<Stage> {
        let reachable =
            !exchanges.iter().any(|exchange| matches!(exchange.behaviour, Behaviour::Unreachable));
        let script = exchanges.into_iter().fold(ScriptedTransport::new(), |script, exchange| {
            let expectation = script.expect(exchange.method, exchange.target);
            match exchange.behaviour {
                Behaviour::Answer(answer) => expectation.answer(answer),
                Behaviour::Endless => {
                    expectation.answer(Response::new(vec![0; Limits::default().body + 1].into()))
                }
                failing => expectation.fail_with(failure(failing)),
            }
        });
        let asked = script.clone();
        Ok(Stage::new(Arc::new(script), "http://127.0.0.1", move || {
            let requests: Vec<http::Request<Bytes>> =
                asked.requests().into_iter().map(Request::into_http).collect();
            if reachable { requests } else { Vec::new() }
        }))
    }
}

fn failure(behaviour: Behaviour) -> TransportError {
    let broken = TransportErrorKind::Connection(Reached::Exchange);
    match behaviour {
        Behaviour::Silent => {
            TransportError::new(TransportErrorKind::Timeout(Reached::Exchange), Delivery::Unknown)
        }
        Behaviour::Unreachable => {
            TransportError::new(TransportErrorKind::Connection(Reached::Connect), Delivery::NotSent)
        }
        Behaviour::CutInBody(answer) => {
            let (head, _) = answer.into_parts();
            TransportError::new(broken, Delivery::Unknown).with_head(head.status, head.headers)
        }
        Behaviour::CutBeforeHead | Behaviour::Answer(_) | Behaviour::Endless => {
            TransportError::new(broken, Delivery::Unknown)
        }
    }
}
