//! Shows the journey: call by call for people, or one JSON object a line for programs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::terminal;

/// Where the journey is, and how it is shown.
#[derive(Debug)]
pub(crate) struct Report {
    json: bool,
    step: Mutex<&'static str>,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, step: Mutex::new("start") }
    }

    /// Begins a step; the calls that follow are shown under it.
    pub(crate) fn step(&self, name: &'static str, title: &str) {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.text(format_args!("\n{title}"));
    }

    /// Text for people.
    pub(crate) fn text(&self, text: impl fmt::Display) {
        if !self.json {
            terminal::line(text);
        }
    }

    /// Text that a person must see to go on, however the rest is shown.
    pub(crate) fn must_see(&self, text: impl fmt::Display) {
        if self.json { terminal::note(text) } else { terminal::line(text) }
    }

    /// The last line for programs.
    pub(crate) fn summary(&self, mut summary: Value) {
        if let Some(members) = summary.as_object_mut() {
            members.insert("step".to_owned(), "summary".into());
        }
        if self.json {
            terminal::line(summary);
        }
    }

    fn call(&self, call: &Call) {
        let step = *self.step.lock().unwrap_or_else(PoisonError::into_inner);
        if self.json {
            terminal::line(json!({
                "step": step,
                "operation": call.operation,
                "method": call.method,
                "path": call.path,
                "status": call.status,
                "request_id": call.request_id,
                "ms": call.ms,
            }));
        } else {
            let Call { method, path, ms, request_id, .. } = call;
            let status = call.status.map_or("---".to_owned(), |status| status.to_string());
            terminal::line(format_args!("  {method:<6} {status} {ms:>4} ms  {request_id}  {path}"));
        }
    }
}

/// One finished call, as the SDK's tracing events tell it.
#[derive(Debug, Default)]
struct Call {
    operation: String,
    method: String,
    path: String,
    request_id: String,
    status: Option<u64>,
    ms: u64,
}

impl Visit for Call {
    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "operation" => &mut self.operation,
            "method" => &mut self.method,
            "path" => &mut self.path,
            "request_id" => &mut self.request_id,
            _ => return,
        };
        value.clone_into(place);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = Some(value),
            "ms" => self.ms = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Turns the SDK's tracing events into call lines.
#[derive(Debug)]
pub(crate) struct CallLines {
    report: Arc<Report>,
}

impl CallLines {
    pub(crate) fn new(report: Arc<Report>) -> Self {
        Self { report }
    }
}

impl<S: tracing::Subscriber> Layer<S> for CallLines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "openpayments::call" {
            let mut call = Call::default();
            event.record(&mut call);
            self.report.call(&call);
        }
    }
}
