//! What the driver does beside the machine: how often it asks, how many ask at once, what it refuses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;
#[path = "shared/desk.rs"]
mod desk;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk::{Bank, Executor, StepClock, answer, caller, consent, context, payment, state_of, word};
use futures_util::StreamExt;
use openpayments_client::{Caller, Clock, Credentials, Environment};
use openpayments_model::identifier::ScaMethodId;
use openpayments_sca::{
    Authorise, CallbackRejected, MethodPreference, Outcome, PollGate, ScaErrorKind, ScaEvent, ScaSession,
};
use openpayments_transport_mock::FnTransport;

fn method(id: &str) -> MethodPreference {
    MethodPreference::Method(ScaMethodId::parse(id).unwrap())
}

fn executor(clock: &Arc<StepClock>) -> Executor {
    Executor { clock: Arc::clone(clock), looks: 0, drop_at: None }
}

/// A bank that says what a script says to each poll, each after so many seconds.
fn scripted(
    clock: &Arc<StepClock>,
    polls: Vec<(u64, u16, &'static str)>,
    times: &Arc<Mutex<Vec<Duration>>>,
) -> Caller {
    let (slow, times) = (Arc::clone(clock), Arc::clone(times));
    let polls = Arc::new(Mutex::new(polls.into_iter()));
    let transport = FnTransport::from_async_fn(move |request| {
        let (slow, times, polls) = (Arc::clone(&slow), Arc::clone(&times), Arc::clone(&polls));
        async move {
            let path = request.http().uri().path().to_owned();
            let method = request.http().method().clone();
            let (after, status, text) = match (method.as_str(), path.as_str()) {
                ("POST", "/connect/token") => (0, 200, r#"{"access_token":"made-up","expires_in":86400}"#),
                ("POST", _) => (
                    0,
                    200,
                    r#"{"scaStatus":"received","authorisationId":"a-1","scaMethods":[
                    {"authenticationType":"PUSH_OTP","authenticationMethodId":"mbid"},
                    {"authenticationType":"PHOTO_OTP","authenticationMethodId":"mbid_animated_qr_token"}]}"#,
                ),
                ("PUT", _) => {
                    (0, 200, r#"{"scaStatus":"started","challengeData":{"data":["bankid.ab.0.x"]}}"#)
                }
                (_, path) if path.ends_with("/status") => (0, 200, r#"{"consentStatus":"valid"}"#),
                _ => {
                    times.lock().unwrap().push(slow.monotonic());
                    polls.lock().unwrap().next().unwrap()
                }
            };
            if after > 0 {
                slow.sleep(Duration::from_secs(after)).await;
            }
            let mut answer = answer(&request, status, "DECOUPLED", text.to_owned());
            if status == 429 {
                answer.headers_mut().insert("retry-after", http::HeaderValue::from_static("20"));
            }
            Ok(answer)
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

/// What is seen, with the second it is seen at.
async fn seen(sca: &mut ScaSession, clock: &Arc<StepClock>) -> Vec<String> {
    let mut executor = executor(clock);
    let mut seen = Vec::new();
    loop {
        match executor.run(sca.next()).await.unwrap() {
            Ok(Some(event)) => seen.push(format!("{} {}", clock.monotonic().as_secs(), word(&event))),
            Ok(None) => return seen,
            Err(error) => seen.push(format!("{} {:?}", clock.monotonic().as_secs(), error.kind())),
        }
    }
}

fn gaps(times: &Arc<Mutex<Vec<Duration>>>) -> Vec<u64> {
    let times = times.lock().unwrap();
    times
        .windows(2)
        .map(|pair| (pair[1].checked_sub(pair[0]).unwrap()).as_millis().try_into().unwrap())
        .collect()
}

#[tokio::test]
async fn a7_i136_a_code_is_taken_away_after_two_seconds_while_the_answer_takes_twelve() {
    let clock = StepClock::at(Duration::ZERO);
    let times = Arc::default();
    let pending = r#"{"scaStatus":"started","challengeData":{"data":["bankid.ab.1.x"]}}"#;
    let polls = vec![(12, 200, pending), (12, 200, r#"{"scaStatus":"finalised"}"#)];
    let caller = scripted(&clock, polls, &times);
    let start =
        Authorise::new(caller, context("1"), consent()).method(method("mbid_animated_qr_token")).start();
    let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
    let seen = seen(&mut sca, &clock).await;
    assert_eq!(seen[..3], ["0 Sign", "0 qr", "2 hide"]);
    assert_eq!(seen[3].split(' ').nth(1), Some("qr"));
    assert_eq!(seen[4].split(' ').nth(1), Some("hide"));
    assert_eq!(gaps(&times), [13_000], "the next poll a second after the answer, never beside it");
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

#[tokio::test]
async fn a10_a_bank_that_wants_less_gets_less_for_good() {
    let clock = StepClock::at(Duration::ZERO);
    let times = Arc::default();
    let pending = r#"{"scaStatus":"started"}"#;
    let polls =
        vec![(0, 200, pending), (0, 429, "{}"), (0, 200, pending), (0, 200, r#"{"scaStatus":"finalised"}"#)];
    let caller = scripted(&clock, polls, &times);
    let start = Authorise::new(caller, context("1"), consent()).method(method("mbid")).start();
    let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
    seen(&mut sca, &clock).await;
    assert_eq!(gaps(&times), [2000, 20_000, 7000], "as long as it asked, then five seconds more each time");
}

#[tokio::test]
async fn a_bank_that_refuses_the_status_after_the_end_is_asked_for_the_consent() {
    let clock = StepClock::at(Duration::ZERO);
    let refusal = r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#;
    let caller =
        scripted(&clock, vec![(0, 200, r#"{"scaStatus":"started"}"#), (0, 400, refusal)], &Arc::default());
    let start = Authorise::new(caller, context("1"), consent()).method(method("mbid")).start();
    let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
    seen(&mut sca, &clock).await;
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

#[tokio::test]
async fn a12_ten_polls_in_a_row_without_an_answer_are_told_and_it_goes_on() {
    let clock = StepClock::at(Duration::ZERO);
    let mut polls = vec![(0, 503, "{}"); 10];
    polls.push((0, 200, r#"{"scaStatus":"finalised"}"#));
    let caller = scripted(&clock, polls, &Arc::default());
    let start = Authorise::new(caller, context("1"), consent()).method(method("mbid")).start();
    let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
    let seen = seen(&mut sca, &clock).await;
    assert_eq!(seen.iter().filter(|word| word.ends_with("Unavailable")).count(), 1, "{seen:?}");
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

#[tokio::test]
async fn f30_f39_what_the_bank_does_not_know_yet_and_what_cannot_be_read_is_asked_for_again() {
    let clock = StepClock::at(Duration::ZERO);
    let unknown = (0, 404, r#"{"tppMessages":[{"category":"ERROR","code":"RESOURCE_UNKNOWN"}]}"#);
    let finalised = (0, 200, r#"{"scaStatus":"finalised"}"#);
    for (polls, errors) in [
        (vec![unknown, unknown, unknown, finalised], 0),
        (vec![unknown, unknown, unknown, unknown, finalised], 1),
        (vec![(0, 200, "<html>"), (0, 200, "{}"), finalised], 0),
    ] {
        let caller = scripted(&clock, polls, &Arc::default());
        let start = Authorise::new(caller, context("1"), consent()).method(method("mbid")).start();
        let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
        let seen = seen(&mut sca, &clock).await;
        assert_eq!(seen.iter().filter(|word| word.ends_with("Call")).count(), errors, "{seen:?}");
        assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
    }
}

#[tokio::test]
async fn f29_an_authorisation_that_has_expired_ends_at_once() {
    let clock = StepClock::at(Duration::ZERO);
    let expired = r#"{"tppMessages":[{"category":"ERROR","code":"RESOURCE_EXPIRED"}]}"#;
    let caller = scripted(&clock, vec![(0, 403, expired)], &Arc::default());
    let start = Authorise::new(caller, context("1"), consent()).method(method("mbid")).start();
    let mut sca = executor(&clock).run(start).await.unwrap().unwrap();
    seen(&mut sca, &clock).await;
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)), "the consent says it was signed");
}

#[tokio::test]
async fn a15_a_psu_signs_once_at_a_time_at_a_bank() {
    let bank = Bank::default();
    let clock = StepClock::at(Duration::ZERO);
    let caller = caller(&bank, &clock);
    let start =
        |psu: &str| Authorise::new(caller.clone(), context(psu), consent()).method(method("mbid")).start();
    let mut first = start("1").await.unwrap();
    assert_eq!(start("1").await.unwrap_err().kind(), ScaErrorKind::Conflict);
    assert_eq!(bank.asked().starts, 1, "nothing was sent");
    let _other_psu = start("2").await.unwrap();
    seen(&mut first, &clock).await;
    let second = start("1").await.unwrap();
    drop(second);
    let mut third = start("1").await.unwrap();
    third.cancel();
    start("1").await.unwrap();
    assert_eq!(third.restart().await.map_err(|error| error.kind()), Ok(()), "nobody signs any more");
}

#[tokio::test]
async fn a_psu_who_left_the_banks_page_can_begin_again() {
    let bank = Bank { redirects: true, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let caller = caller(&bank, &clock);
    let return_to: url::Url = "https://tpp.example/callback".parse().unwrap();
    let start = || {
        Authorise::new(caller.clone(), context("1"), payment())
            .redirect_to(return_to.clone())
            .method(method("mbid"))
            .start()
    };
    let mut first = start().await.unwrap();
    first.next().await.unwrap();
    start().await.unwrap();
}

#[tokio::test]
async fn sessions_share_a_gate_and_no_more_polls_are_under_way_than_it_lets_in() {
    let clock = StepClock::at(Duration::ZERO);
    let bank = Bank { slow: Some(Arc::clone(&clock)), ..Bank::default() };
    let caller = caller(&bank, &clock);
    let gate = PollGate::new(3);
    let mut sessions = Vec::new();
    for n in 0..12 {
        let start = Authorise::new(caller.clone(), context(&format!("{n}")), consent());
        let mut sca = start.method(method("mbid")).gate(&gate).start().await.unwrap();
        while word(&sca.next().await.unwrap().unwrap()) != "link" {}
        sessions.push(sca);
    }
    let all = futures_util::future::join_all(
        sessions.iter_mut().map(|sca| async move { while sca.next().await.unwrap().is_some() {} }),
    );
    executor(&clock).run(all).await.unwrap();
    assert_eq!(bank.asked().most_in_flight, 3);
    assert!(sessions.into_iter().all(|sca| matches!(sca.into_outcome(), Outcome::Completed(_))));
}

#[tokio::test]
async fn a_session_is_a_stream_of_events_that_ends() {
    let bank = Bank::default();
    let clock = StepClock::at(Duration::ZERO);
    let start = Authorise::new(caller(&bank, &clock), context("1"), consent()).method(method("mbid")).start();
    let sca = start.await.unwrap();
    let events =
        executor(&clock).run(sca.map(|event| word(&event.unwrap())).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(events, ["Sign", "qr", "link", "hide", "Done"]);
}

#[tokio::test]
async fn a_restart_starts_one_new_authorisation_and_asks_nothing_again() {
    let bank = Bank::default();
    let clock = StepClock::at(Duration::ZERO);
    let start = Authorise::new(caller(&bank, &clock), context("1"), consent()).start();
    let mut sca = start.await.unwrap();
    let Some(ScaEvent::ChooseMethod(methods)) = sca.next().await.unwrap() else {
        panic!("nothing was asked")
    };
    sca.choose(&methods[0]).await.unwrap();
    sca.restart().await.unwrap();
    assert_eq!((bank.asked().starts, bank.asked().selects), (2, 1));
    let seen = seen(&mut sca, &clock).await;
    assert!(!seen.iter().any(|word| word.contains("choose")), "the same way as before: {seen:?}");
    assert_eq!(bank.asked().selects, 2);
    assert_eq!(sca.restart().await.unwrap_err().kind(), ScaErrorKind::Misuse, "it is signed");
    assert_eq!(bank.asked().starts, 2);
}

#[tokio::test]
async fn o4_i117_a_callback_of_another_issuer_is_refused_and_the_right_one_still_counts() {
    let bank = Bank { redirects: true, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let return_to = "https://tpp.example/callback".parse().unwrap();
    let start = Authorise::new(caller(&bank, &clock), context("1"), payment())
        .redirect_to(return_to)
        .method(method("mbid"));
    let mut sca = start.start().await.unwrap();
    let state = state_of(&sca.next().await.unwrap().unwrap()).unwrap();
    let error =
        sca.callback(&format!("code=c&state={state}&iss=https%3A%2F%2Fevil.example")).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.downcast_ref(), Some(&CallbackRejected::WrongIssuer));
    assert_eq!(bank.asked().exchanges, 0);
    sca.callback(&format!("code=c&state={state}&iss=https%3A%2F%2Fplatform.example%2F")).await.unwrap();
    assert_eq!(bank.asked().exchanges, 1);
}

#[test]
fn a_session_can_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<ScaSession>();
    is_send::<openpayments_sca::SessionRecord>();
}
