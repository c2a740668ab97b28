//! The SDK's calls as they happen, read from its tracing events.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::terminal;

/// One finished call.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) request_id: String,
    pub(crate) status: Option<u64>,
    pub(crate) ms: u64,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, ms, request_id, .. } = self;
        let status = self.status.map_or("---".to_owned(), |status| status.to_string());
        write!(f, "  {method:<6} {status} {ms:>4} ms  {request_id}  {path}")
    }
}

impl Call {
    fn text(&mut self, field: &Field) -> Option<&mut String> {
        match field.name() {
            "operation" => Some(&mut self.operation),
            "method" => Some(&mut self.method),
            "path" => Some(&mut self.path),
            "request_id" => Some(&mut self.request_id),
            _ => None,
        }
    }
}

impl Visit for Call {
    fn record_str(&mut self, field: &Field, value: &str) {
        if let Some(text) = self.text(field) {
            value.clone_into(text);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = Some(value),
            "ms" => self.ms = value,
            _ => {}
        }
    }

    /// What is told by its `Display` comes as this.
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if let Some(text) = self.text(field) {
            *text = format!("{value:?}");
        }
    }
}

/// Turns the SDK's tracing events into calls, and hands each on.
pub(crate) struct CallLines<F>(pub(crate) F);

impl<S: tracing::Subscriber, F: Fn(&Call) + 'static> Layer<S> for CallLines<F> {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "openpayments::call" {
            let mut call = Call::default();
            event.record(&mut call);
            (self.0)(&call);
        }
    }
}

/// A line on standard error for each call from now on.
pub(crate) fn show_on_standard_error() {
    tracing_subscriber::registry().with(CallLines(|call: &Call| terminal::note(call))).init();
}
