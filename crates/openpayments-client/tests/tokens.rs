//! Access tokens: one fetch for any number of callers, early renewal, failures that pass.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use openpayments_api::CallContext;
use openpayments_api::directory::ListCountries;
use openpayments_client::{Caller, Credentials, Environment, Error, ErrorKind, ManualClock};
use openpayments_model::{Context, Product, ScopeSet};
use openpayments_transport_mock::FnTransport;
use tokio::sync::Semaphore;

/// An auth server in a closure: counts, answers what it is told, and lets answers out one permit at a time.
#[derive(Debug)]
struct AuthServer {
    asked: AtomicUsize,
    answer: Mutex<(u16, String)>,
    gate: Semaphore,
}

impl AuthServer {
    fn granting(lifetime: &str) -> Arc<Self> {
        let server =
            Self { asked: AtomicUsize::new(0), answer: Mutex::default(), gate: Semaphore::new(1_000_000) };
        server.answers(200, &format!(r#"{{"access_token":"t"{lifetime}}}"#));
        Arc::new(server)
    }

    fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn caller(self: &Arc<Self>, clock: &Arc<ManualClock>) -> Caller {
        let server = Arc::clone(self);
        let transport = FnTransport::from_async_fn(move |request| {
            let server = Arc::clone(&server);
            async move {
                if request.http().uri().path() != "/connect/token" {
                    return Ok(http::Response::new(Bytes::from_static(br#"{"countries":[]}"#)));
                }
                server.asked.fetch_add(1, Ordering::SeqCst);
                server.gate.acquire().await.unwrap().forget();
                let (status, body) = server.answer.lock().unwrap().clone();
                let mut response = http::Response::new(Bytes::from(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                Ok(response)
            }
        });
        let host = "https://platform.example".parse().unwrap();
        Caller::builder(
            Environment::custom(&host, &host).unwrap(),
            Credentials::new("client-1", "made-up-secret"),
        )
        .transport(Arc::new(transport))
        .clock(clock.clone())
        .build()
        .unwrap()
    }
}

const HOUR: &str = r#","expires_in":3600"#;

fn still() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH))
}

fn scopes() -> ScopeSet {
    ScopeSet::new(Product::AccountInformation, Context::Private)
}

/// Lets tasks that were started in the background run to their end.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut TaskContext::from_waker(Waker::noop()))
}

#[tokio::test]
async fn t1_many_callers_of_one_scope_set_share_one_fetch() {
    let server = AuthServer::granting(HOUR);
    let caller = server.caller(&still());
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.ensure_token(scopes()).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.asked(), 1);
    caller.ensure_token(ScopeSet::new(Product::AccountInformation, Context::Corporate)).await.unwrap();
    assert_eq!(server.asked(), 2, "private and corporate never mix");
}

#[tokio::test]
async fn t3_n03_a_leader_that_goes_away_takes_nobody_down() {
    let server = AuthServer::granting(HOUR);
    server.gate.forget_permits(1_000_000);
    let caller = server.caller(&still());
    {
        let scopes = scopes();
        let mut leader = pin!(caller.ensure_token(scopes));
        assert!(poll_once(leader.as_mut()).is_pending());
        settle().await;
        assert_eq!(server.asked(), 1);
    }
    let follower = tokio::spawn({
        let caller = caller.clone();
        async move { caller.ensure_token(scopes()).await }
    });
    settle().await;
    server.gate.add_permits(10);
    follower.await.unwrap().unwrap();
    assert_eq!(server.asked(), 1, "the leader's fetch went on");
}

#[tokio::test]
async fn t2_n02_a_failed_fetch_is_told_to_all_and_not_repeated_for_a_second() {
    let server = AuthServer::granting(HOUR);
    server.answers(503, "");
    let clock = still();
    let caller = server.caller(&clock);
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.ensure_token(scopes()).await.unwrap_err() })
        })
        .collect();
    let mut told: Vec<Error> = Vec::new();
    for call in calls {
        told.push(call.await.unwrap());
    }
    assert_eq!(server.asked(), 1);
    assert!(told.iter().all(|error| error.request_id() == told.first().unwrap().request_id()));

    clock.advance(Duration::from_millis(999));
    caller.ensure_token(scopes()).await.unwrap_err();
    assert_eq!(server.asked(), 1);
    server.answers(200, r#"{"access_token":"t"}"#);
    clock.advance(Duration::from_millis(252));
    caller.ensure_token(scopes()).await.unwrap();
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn t4_t5_f54_renewal_comes_early_and_its_failure_is_not_seen_while_the_token_is_good() {
    let server = AuthServer::granting(HOUR);
    let clock = still();
    let caller = server.caller(&clock);
    caller.ensure_token(scopes()).await.unwrap();

    clock.advance(Duration::from_secs(3600 * 74 / 100));
    caller.ensure_token(scopes()).await.unwrap();
    settle().await;
    assert_eq!(server.asked(), 1, "before 75 % of its life a token is left alone");

    server.answers(503, "");
    clock.advance(Duration::from_secs(3600 * 12 / 100));
    for _ in 0..10 {
        caller.ensure_token(scopes()).await.unwrap();
        settle().await;
    }
    assert_eq!(server.asked(), 2, "past 85 % it is renewed, and a failure is not repeated at once");

    clock.advance(Duration::from_mins(9));
    assert_eq!(caller.ensure_token(scopes()).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn t6_refused_credentials_are_tried_less_and_less_often_and_heal() {
    let server = AuthServer::granting(HOUR);
    server.answers(400, r#"{"error":"invalid_client"}"#);
    let clock = still();
    let caller = server.caller(&clock);
    for _ in 0..600 {
        assert_eq!(caller.ensure_token(scopes()).await.unwrap_err().kind(), ErrorKind::Auth);
        clock.advance(Duration::from_secs(1));
    }
    assert!((8..=18).contains(&server.asked()), "{} fetches in ten minutes", server.asked());
    server.answers(200, r#"{"access_token":"t"}"#);
    clock.advance(Duration::from_secs(61));
    caller.ensure_token(scopes()).await.unwrap();
}

#[tokio::test]
async fn t9_odd_lifetimes_are_bounded() {
    for (lifetime, good_for, over_after) in
        [("", 299, 301), (r#","expires_in":999999999"#, 86_399, 86_401), (r#","expires_in":"100""#, 99, 101)]
    {
        let server = AuthServer::granting(lifetime);
        let clock = still();
        let caller = server.caller(&clock);
        caller.ensure_token(scopes()).await.unwrap();
        server.answers(503, "");
        clock.advance(Duration::from_secs(good_for));
        caller.ensure_token(scopes()).await.unwrap();
        clock.advance(Duration::from_secs(over_after - good_for));
        caller.ensure_token(scopes()).await.unwrap_err();
    }
    let server = AuthServer::granting(r#","expires_in":10"#);
    let caller = server.caller(&still());
    caller.ensure_token(scopes()).await.unwrap();
    caller.ensure_token(scopes()).await.unwrap();
    assert_eq!(server.asked(), 2, "ten seconds are not worth keeping");
}

#[tokio::test]
async fn t11_i084_a_narrower_grant_is_found_before_the_first_call() {
    for (granted, fits) in [
        ("aspspinformation private", true),
        ("private accountinformation aspspinformation", true),
        ("aspspinformation corporate", false),
        ("private", false),
    ] {
        let server = AuthServer::granting(&format!(r#","scope":"{granted}""#));
        let caller = server.caller(&still());
        let answer = caller.call(&ListCountries::all(), &CallContext::directory(Context::Private)).await;
        match answer {
            Ok(_) => assert!(fits, "{granted}"),
            Err(error) => {
                assert!(!fits, "{granted}");
                assert_eq!(error.kind(), ErrorKind::Auth);
                assert!(std::error::Error::source(&error).unwrap().to_string().contains("scope"));
            }
        }
    }
}

#[tokio::test]
async fn t14_i150_a_token_is_over_by_whichever_clock_says_so_first() {
    let server = AuthServer::granting(HOUR);
    let clock = still();
    let caller = server.caller(&clock);
    caller.ensure_token(scopes()).await.unwrap();
    clock.set_wall(Timestamp::from_second(3601).unwrap());
    caller.ensure_token(scopes()).await.unwrap();
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn f55_a_call_outlasts_a_short_outage_of_the_auth_server() {
    let server = AuthServer::granting(HOUR);
    server.answers(503, "");
    let clock = Arc::new(ManualClock::skipping_sleeps(Timestamp::UNIX_EPOCH));
    let caller = server.caller(&clock);
    let error =
        caller.call(&ListCountries::all(), &CallContext::directory(Context::Private)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(server.asked(), 3, "the first try and two more, each past the pause");
}
