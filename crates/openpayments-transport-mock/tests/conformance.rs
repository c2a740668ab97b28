//! The doubles themselves pass the suite that real transports must pass.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use openpayments_transport::{Request, Transport};
use openpayments_transport_mock::conformance::{self, Exchange, OverSockets, Scripted, Stage, Subject};
use openpayments_transport_mock::{FnTransport, ScriptedTransport};

#[tokio::test]
async fn the_scripted_transport_conforms() {
    conformance::run(&Scripted).await.assert_passed();
}

/// The scripted answers, behind a closure.
struct Closure;

#[async_trait]
impl Subject for Closure {
    async fn prepare(&self, exchanges: Vec<Exchange>) -> std::io::Result<Stage> {
        let stage = Arc::new(Scripted.prepare(exchanges).await?);
        let inner = Arc::clone(stage.transport());
        let transport = FnTransport::from_async_fn(move |request: Request| {
            let inner = Arc::clone(&inner);
            async move { inner.send(request).await }
        });
        Ok(Stage::new(Arc::new(transport), "http://127.0.0.1", move || stage.received()))
    }
}

#[tokio::test]
async fn a_closure_transport_conforms() {
    conformance::run(&Closure).await.assert_passed();
}

#[tokio::test]
async fn a_transport_that_lies_is_found_out() {
    // Answers everything with an empty 200, and never sends a byte.
    let liar = || -> Arc<dyn Transport> {
        Arc::new(FnTransport::from_fn(|_| Ok(http::Response::new(Bytes::new()))))
    };
    let report = conformance::run(&OverSockets::new(liar)).await;
    let failed: Vec<_> = report.failed().iter().map(|(name, _)| *name).collect();
    // Nothing but an empty 2xx can be taken for the truth.
    assert!(failed.len() >= 15, "{report}");
}

#[tokio::test]
async fn a_transport_that_sends_twice_is_found_out() {
    struct Twice;

    #[async_trait]
    impl Subject for Twice {
        async fn prepare(&self, exchanges: Vec<Exchange>) -> std::io::Result<Stage> {
            let stage = Arc::new(Scripted.prepare(exchanges).await?);
            let inner = Arc::clone(stage.transport());
            let transport = FnTransport::from_async_fn(move |request: Request| {
                let inner = Arc::clone(&inner);
                async move {
                    match inner.send(request.clone()).await {
                        Err(_) => inner.send(request).await,
                        answer => answer,
                    }
                }
            });
            Ok(Stage::new(Arc::new(transport), "http://127.0.0.1", move || stage.received()))
        }
    }

    let report = conformance::run(&Twice).await;
    assert!(report.failed().iter().any(|(name, _)| name.starts_with("F07")), "{report}");
}

#[tokio::test]
async fn an_empty_script_fails_the_suite() {
    struct Empty;

    #[async_trait]
    impl Subject for Empty {
        async fn prepare(&self, _: Vec<Exchange>) -> std::io::Result<Stage> {
            Ok(Stage::new(Arc::new(ScriptedTransport::new()), "http://127.0.0.1", Vec::new))
        }
    }

    assert!(conformance::run(&Empty).await.passed().is_empty());
}
