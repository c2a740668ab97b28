//! Ten thousand callers at once, over real sockets: how often the auth server is asked is counted by the server.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use openpayments_api::CallContext;
use openpayments_api::directory::ListCountries;
use openpayments_client::{Caller, Credentials, Environment, Error, ErrorKind};
use openpayments_model::identifier::RequestId;
use openpayments_model::{Context, Product, ScopeSet};
use openpayments_transport::{Request, Response, Transport, TransportError};
use openpayments_transport_reqwest::{ReqwestTransport, Trust};
use tokio::sync::Semaphore;

const CALLERS: usize = 10_000;
/// Sockets at a time; ten thousand would only measure the machine's limits.
const IN_FLIGHT: usize = 64;

#[derive(Default)]
struct Platform {
    tokens: AtomicUsize,
    refuses_clients: bool,
    /// The token that is good. Older ones are answered with 401.
    generation: AtomicUsize,
    /// How often each request id was seen on the API.
    calls: Mutex<HashMap<String, usize>>,
}

impl Platform {
    async fn start(self) -> (Arc<Self>, Environment) {
        let platform = Arc::new(self);
        let router = Router::new()
            .route("/connect/token", post(token))
            .route("/psd2/aspspinformation/v1/countries", get(countries))
            .with_state(Arc::clone(&platform));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (platform, Environment::custom(&host, &host).unwrap())
    }
}

async fn token(
    State(platform): State<Arc<Platform>>,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let asked = platform.tokens.fetch_add(1, Ordering::SeqCst) + 1;
    let json = [("content-type", "application/json")];
    if platform.refuses_clients {
        return (StatusCode::BAD_REQUEST, json, r#"{"error":"invalid_client"}"#.to_owned());
    }
    (StatusCode::OK, json, format!(r#"{{"access_token":"made-up-{asked}","expires_in":3600}}"#))
}

async fn countries(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
) -> (StatusCode, [(&'static str, &'static str); 1], &'static str) {
    let id = headers["x-request-id"].to_str().unwrap().to_owned();
    *platform.calls.lock().unwrap().entry(id).or_default() += 1;
    let good = format!("Bearer made-up-{}", platform.generation.load(Ordering::SeqCst));
    let json = [("content-type", "application/json")];
    if headers["authorization"].to_str().unwrap() == good {
        (StatusCode::OK, json, r#"{"countries":[]}"#)
    } else {
        (StatusCode::UNAUTHORIZED, json, r#"{"tppMessages":[{"category":"ERROR","code":"TOKEN_EXPIRED"}]}"#)
    }
}

/// A transport around a transport: so many at a time.
#[derive(Debug)]
struct Narrow {
    inner: ReqwestTransport,
    places: Semaphore,
}

#[async_trait]
impl Transport for Narrow {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let _place = self.places.acquire().await.unwrap();
        self.inner.send(request).await
    }
}

fn caller(environment: Environment) -> Caller {
    let inner = ReqwestTransport::builder().trust(Trust::Nobody).build().unwrap();
    Caller::builder(environment, Credentials::new("client-1", "made-up-secret"))
        .transport(Arc::new(Narrow { inner, places: Semaphore::new(IN_FLIGHT) }))
        // All of them wait for their turn on two cores.
        .deadline(std::time::Duration::from_mins(5))
        .build()
        .unwrap()
}

async fn call_all(caller: &Caller) -> Vec<Result<RequestId, Error>> {
    let calls: Vec<_> = (0..CALLERS)
        .map(|_| {
            let caller = caller.clone();
            let call = async move {
                let context = CallContext::directory(Context::Private);
                caller.call(&ListCountries::all(), &context).await.map(|answer| answer.request_id)
            };
            tokio::spawn(call)
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn n01_t1_ten_thousand_cold_calls_make_exactly_one_token_request() {
    let (platform, environment) =
        Platform { generation: AtomicUsize::new(1), ..Platform::default() }.start().await;
    let answers = call_all(&caller(environment)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(platform.tokens.load(Ordering::SeqCst), 1);
    assert_eq!(platform.calls.lock().unwrap().len(), CALLERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn n02_t2_when_the_fetch_fails_all_get_the_same_error_and_one_request_was_made() {
    let (platform, environment) = Platform { refuses_clients: true, ..Platform::default() }.start().await;
    let answers = call_all(&caller(environment)).await;
    let errors: Vec<Error> = answers.into_iter().map(Result::unwrap_err).collect();
    let first = errors.first().unwrap();
    assert_eq!(first.kind(), ErrorKind::Auth);
    assert!(errors.iter().all(|error| error.request_id() == first.request_id()));
    assert_eq!(platform.tokens.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn n04_t7_ten_thousand_refusals_of_one_token_make_one_refresh_and_one_resend_each() {
    let (platform, environment) =
        Platform { generation: AtomicUsize::new(2), ..Platform::default() }.start().await;
    let caller = caller(environment);
    // The token that is fetched first is the one the API will refuse.
    caller.ensure_token(ScopeSet::new(Product::AspspInformation, Context::Private)).await.unwrap();
    let answers = call_all(&caller).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(platform.tokens.load(Ordering::SeqCst), 2);
    let calls = platform.calls.lock().unwrap();
    assert!(calls.values().all(|seen| *seen == 1), "a resend has an id of its own");
    assert!(calls.len() <= 2 * CALLERS, "nobody was sent more than twice");
}
