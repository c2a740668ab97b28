//! K-4 and K-5: a whole journey with a listener for everything, of this SDK and of what it is built on.
//!
//! Alone in its process, because what a process listens to is set once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "it/canary.rs"]
mod canary;
#[path = "it/support.rs"]
mod support;

use std::error::Error as _;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use openpayments::model::identifier::ConsentId;
use openpayments::prelude::*;
use openpayments_sandbox::Sandbox;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt};

use self::canary::{ID, PERSON, assert_clean};
use self::support::{bank, created, platform, sign};

/// Everything that any span or event says, of this SDK and of what it is built on.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<String>>);

impl Visit for Heard {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{}={value:?}", field.name()).unwrap();
    }
}

impl<S: tracing::Subscriber> Layer<S> for Heard {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::Id, _: LayerContext<'_, S>) {
        span.record(&mut self.clone());
    }
    fn on_record(&self, _: &tracing::Id, values: &tracing::span::Record<'_>, _: LayerContext<'_, S>) {
        values.record(&mut self.clone());
    }
    fn on_event(&self, event: &tracing::Event<'_>, _: LayerContext<'_, S>) {
        event.record(&mut self.clone());
    }
}

#[tokio::test]
async fn k5_no_span_and_no_event_of_a_whole_journey_says_more_than_it_may() {
    let heard = Heard::default();
    // For the whole process: a call site that another test met first, without a listener, might stay silent.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(heard.clone())).unwrap();
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let willing = bank(&client, "NDEASESS", PERSON);
    let payment = created(&willing).await;
    sign(&client, &willing, payment.clone()).await.into_result().unwrap();
    let consent =
        willing.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;
    sign(&client, &willing, consent.clone()).await.into_result().unwrap();
    let accounts = willing.accounts(&consent).await.unwrap().body;
    let refused = willing.accounts(&ConsentId::parse(ID).unwrap()).await.unwrap_err();

    let said = heard.0.lock().unwrap().clone();
    assert!(
        said.contains("operation=\"payment.create\"") && said.contains("request_id="),
        "nothing was heard"
    );
    assert_clean("a span or event", &said);
    let mut told = format!("{refused} {refused:?}");
    if let Some(cause) = refused.source() {
        write!(told, "{cause} {cause:?}").unwrap();
    }
    assert_clean("an error", &told);
    let known = [
        sandbox.client_secret().expose().to_owned(),
        payment.id.to_string(),
        consent.to_string(),
        accounts
            .first()
            .and_then(|account| account.iban.clone())
            .map(|iban| iban.as_str().to_owned())
            .unwrap(),
    ];
    for value in known {
        assert!(!said.contains(&value), "a span or event says {value}");
    }
}
