//! An error as it is told: to a person in lines, to a program as one JSON object.

use std::fmt;

use openpayments::api::ApiError;
use openpayments::model::message::TppMessage;
use openpayments::prelude::{Error, ErrorKind, ScaError};
use serde::Serialize;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::terminal::harmless;

/// Everything that is told of an error.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    exit_code: u8,
    message: String,
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    bank_may_have_acted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bank_messages: Vec<TppMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Failure {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let call = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
        let signature = error.chain().find_map(|cause| cause.downcast_ref::<ScaError>());
        let own = error.chain().find_map(|cause| cause.downcast_ref::<Problem>()?.next_step());
        let advice = signature
            .filter(|_| call.is_none())
            .map(ScaError::advice)
            .or_else(|| call.map(Error::advice))
            .filter(|advice| *advice != "see the cause; the session can go on");
        let message = error.to_string();
        Self {
            exit_code: Exit::of(error).number(),
            causes: causes(error, &message, call),
            message,
            kind: call
                .map(|call| format!("{:?}", call.kind()))
                .or_else(|| signature.map(|signature| format!("{:?}", signature.kind()))),
            operation: call.map(Error::operation),
            http_status: call.and_then(Error::http_status).map(|status| status.as_u16()),
            request_id: call.and_then(Error::request_id).map(|id| id.to_string()),
            bank_may_have_acted: call.is_some_and(Error::bank_may_have_acted),
            bank_messages: call
                .map(Error::messages)
                .or_else(|| signature.map(ScaError::messages))
                .unwrap_or_default()
                .to_vec(),
            next: own.or(advice).map(str::to_owned),
        }
    }

    /// What to do now.
    pub(crate) fn next_step(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// What went wrong and why, in one line.
    pub(crate) fn in_one_line(&self) -> String {
        let mut line = harmless(&self.message);
        for cause in &self.causes {
            line.push_str(", because ");
            line.push_str(&harmless(cause));
        }
        line
    }

    /// One line of JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({ "error": self }).to_string()
    }
}

/// What lies behind, without what was said before: of a refusal the call's own line says it all.
fn causes(error: &anyhow::Error, message: &str, call: Option<&Error>) -> Vec<String> {
    let is_refusal =
        call.is_some_and(|call| call.http_status().is_some() && call.kind() != ErrorKind::Protocol);
    let mut told: Vec<String> = vec![message.to_owned()];
    for cause in error.chain().skip(1).filter(|cause| !(is_refusal && cause.is::<ApiError>())) {
        let text = cause.to_string();
        if !told.iter().any(|before| before.contains(&text)) {
            told.push(text);
        }
    }
    told.split_off(1)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever interrupts knows that it is no error.
        let kind = if self.exit_code == Exit::Interrupted.number() { "" } else { "error: " };
        write!(f, "{kind}{}", harmless(&self.message))?;
        for cause in &self.causes {
            write!(f, "\n  because: {}", harmless(cause))?;
        }
        for message in &self.bank_messages {
            write!(f, "\n  the bank says: {}", message.printable_code())?;
            if let Some(text) = &message.text {
                write!(f, ", {}", harmless(text))?;
            }
        }
        let told = self.request_id.as_ref().filter(|id| {
            let is_in = |text: &String| text.contains(id.as_str());
            !is_in(&self.message) && !self.causes.iter().any(is_in)
        });
        if let Some(id) = told {
            write!(f, "\n  request: {id}")?;
        }
        match &self.next {
            Some(next) => write!(f, "\n  now: {next}"),
            None => Ok(()),
        }
    }
}
