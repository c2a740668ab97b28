//! How often calls are sent again in all while a host is down, and afterwards.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use openpayments_api::CallContext;
use openpayments_api::consent::GetConsentStatus;
use openpayments_client::{Caller, Credentials, Environment, ErrorKind, ManualClock};
use openpayments_model::identifier::ConsentId;
use openpayments_model::{BicFi, Context};
use openpayments_transport_mock::FnTransport;

/// A platform that can be down, and counts what it is sent.
#[derive(Clone, Default)]
struct Platform {
    is_down: Arc<AtomicBool>,
    /// Whether each second request fails.
    is_flaky: bool,
    sends: Arc<AtomicUsize>,
}

impl Platform {
    fn caller(&self) -> Caller {
        let platform = self.clone();
        let transport = FnTransport::from_async_fn(move |request| {
            let platform = platform.clone();
            async move {
                let is_token = request.http().uri().path() == "/connect/token";
                let (status, body) = if is_token {
                    (200, r#"{"access_token":"made-up","expires_in":86400}"#)
                } else {
                    let sent = platform.sends.fetch_add(1, Ordering::SeqCst);
                    let is_down = platform.is_down.load(Ordering::SeqCst)
                        || (platform.is_flaky && sent.is_multiple_of(2));
                    if is_down { (503, "") } else { (200, r#"{"consentStatus":"valid"}"#) }
                };
                let answer = http::Response::builder().status(status);
                Ok(answer.header("content-type", "application/json").body(body.into()).unwrap())
            }
        });
        let host = "https://platform.example".parse().unwrap();
        let environment = Environment::custom(&host, &host).unwrap();
        Caller::builder(environment, Credentials::new("client-1", "made-up-secret"))
            .transport(Arc::new(transport))
            .clock(Arc::new(ManualClock::skipping_sleeps(Timestamp::UNIX_EPOCH)))
            .build()
            .unwrap()
    }

    /// Calls so often, and says how many requests that made.
    async fn sends_of(&self, caller: &Caller, calls: usize) -> usize {
        let before = self.sends.load(Ordering::SeqCst);
        for _ in 0..calls {
            let call = GetConsentStatus::new(ConsentId::parse("c-1").unwrap());
            let context = CallContext::bank(BicFi::parse("NDEASESS").unwrap(), Context::Private);
            if let Err(error) = caller.call(&call, &context).await {
                assert_eq!(error.kind(), ErrorKind::Unavailable);
            }
        }
        self.sends.load(Ordering::SeqCst) - before
    }
}

#[tokio::test]
async fn c9_a_host_that_is_down_gets_35_requests_more_for_ten_thousand_calls_and_not_20_000() {
    let platform = Platform::default();
    let caller = platform.caller();
    platform.is_down.store(true, Ordering::SeqCst);
    assert_eq!(platform.sends_of(&caller, 10_000).await, 10_035);
}

#[tokio::test]
async fn c9_calls_that_succeed_earn_the_right_to_be_sent_again() {
    let platform = Platform::default();
    let caller = platform.caller();
    platform.is_down.store(true, Ordering::SeqCst);
    platform.sends_of(&caller, 100).await;
    platform.is_down.store(false, Ordering::SeqCst);
    // 500 is 35 times 14 and 10: four more are one time more.
    assert_eq!(platform.sends_of(&caller, 4).await, 4);
    platform.is_down.store(true, Ordering::SeqCst);
    assert_eq!(platform.sends_of(&caller, 2).await, 3);
}

#[tokio::test]
async fn c9_what_was_sent_again_with_success_costs_nothing() {
    let platform = Platform { is_flaky: true, ..Platform::default() };
    let caller = platform.caller();
    assert_eq!(platform.sends_of(&caller, 1000).await, 2000);
}
