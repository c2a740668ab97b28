//! Shows the journey: call by call for people, or one JSON object a line for programs.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::calls::Call;
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

    pub(crate) fn call(&self, call: &Call) {
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
            terminal::line(call);
        }
    }
}
