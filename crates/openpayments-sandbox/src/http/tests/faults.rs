//! Faults that need no socket: what the platform does, and what is answered, when one strikes.

use futures_util::FutureExt as _;
use serde_json::json;

use super::*;
use crate::fault::{CannedAnswer, Fault, Faults};
use crate::ledger::Ledger;

const CONSENTS: &str = "/psd2/consent/v1/consents";
const ONE: &str = "/psd2/consent/v1/consents/{consentId}";

fn faults(bench: &Bench) -> Faults {
    Faults::new(Arc::clone(&bench.platform))
}

#[tokio::test]
async fn b5_a_fault_strikes_the_nth_call_of_its_operation_and_bank_so_many_times() {
    let bench = Bench::new();
    let fault = Fault::answer_instead(CannedAnswer::status(418));
    let fault = fault.operation("createConsent").bank("ESSESESS").nth(2).times(2);
    let id = faults(&bench).script(fault).unwrap();
    let seb = bench.accounts_caller("ESSESESS").await;
    let nordea = bench.accounts_caller("NDEASESS").await;
    let mut statuses = Vec::new();
    for caller in [&seb, &nordea, &seb, &seb, &seb] {
        statuses.push(caller.post(CONSENTS, &consent_body()).await.status);
    }
    assert_eq!(statuses, [201, 201, 418, 418, 201]);
    let [armed] = faults(&bench).list().try_into().unwrap();
    assert_eq!((armed.id, armed.met, armed.struck), (id, 4, 2));
    let ledger = Ledger::new(Arc::clone(&bench.platform));
    let struck = ledger.requests().into_iter().filter(|seen| seen.faults == ["answer-instead"]).count();
    assert_eq!(struck, 2);
    assert_eq!(bench.platform.with_world(|world, _| world.consents.len()), 3, "struck ones made none");
}

#[tokio::test]
async fn an_answer_afterwards_replaces_what_was_done_and_keeps_its_location() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let canned = CannedAnswer::status(201).body("application/json", "{}");
    faults(&bench).script(Fault::answer_afterwards(canned).path("POST", CONSENTS)).unwrap();
    let answer = caller.post(CONSENTS, &consent_body()).await;
    assert_eq!((answer.status, answer.text.as_str()), (201, "{}"));
    let location = answer.header("location").to_owned();
    assert_eq!(caller.get(&location).await.status, 200, "the consent is there");
}

#[tokio::test]
async fn a_canned_answer_may_have_any_status_and_no_body() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    for status in [302, 408, 429, 499] {
        let canned = CannedAnswer::status(status).header("Retry-After", "7");
        faults(&bench).script(Fault::answer_instead(canned)).unwrap();
        let answer = caller.get(&format!("{CONSENTS}/x")).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, ""));
        assert_eq!(answer.header("retry-after"), "7");
        assert_eq!(answer.header("content-type"), "");
        assert_eq!(answer.header("x-request-id"), REQUEST_ID);
    }
}

#[tokio::test]
async fn a_request_delivered_twice_is_done_twice_and_answered_once() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    faults(&bench).script(Fault::deliver_twice().operation("createConsent")).unwrap();
    let first = caller.post(CONSENTS, &consent_body()).await;
    assert_eq!(first.status, 201);
    assert_eq!(bench.platform.with_world(|world, _| world.consents.len()), 2);
    let ledger = Ledger::new(Arc::clone(&bench.platform));
    let seen: Vec<_> = ledger.find(REQUEST_ID).iter().map(|seen| (seen.status, seen.faults.len())).collect();
    assert_eq!(seen, [(201, 1), (201, 1)]);
}

#[tokio::test]
async fn a_wrong_request_id_is_a_uuid_and_not_the_one_that_was_sent() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    faults(&bench).script(Fault::wrong_request_id()).unwrap();
    let answer = caller.get(&format!("{CONSENTS}/x")).await;
    let id = answer.header("x-request-id");
    assert!(crate::world::mint::is_uuid(id) && id != REQUEST_ID, "{id}");
}

#[tokio::test]
async fn what_is_delayed_goes_on_when_the_clock_is_moved() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    for (fault, acts_at_once) in [
        (Fault::delay_request(Duration::from_secs(5)), false),
        (Fault::delay_answer(Duration::from_secs(5)), true),
        (Fault::drip(40, Duration::from_secs(1)), true),
    ] {
        let before = bench.platform.with_world(|world, _| world.consents.len());
        faults(&bench).script(fault.operation("createConsent")).unwrap();
        let body = consent_body();
        let mut answer = std::pin::pin!(caller.post(CONSENTS, &body));
        assert!(answer.as_mut().now_or_never().is_none());
        let after = bench.platform.with_world(|world, _| world.consents.len());
        assert_eq!(after - before, usize::from(acts_at_once));
        let answer = loop {
            bench.advance(1000);
            if let Some(answer) = answer.as_mut().now_or_never() {
                break answer;
            }
        };
        assert_eq!(answer.status, 201);
        answer.json();
    }
}

#[tokio::test]
async fn i181_a_fault_that_can_never_strike_is_refused() {
    let bench = Bench::new();
    for (fault, why) in [
        (Fault::lose_answer().operation("noSuchCall"), "no call fits"),
        (Fault::lose_answer().path("POST", ONE), "no call fits"),
        (Fault::lose_answer().operation("createConsent").path("GET", ONE), "no call fits"),
        (Fault::lose_answer().bank("ABCDSESS"), "no such bank"),
        (Fault::lose_answer().nth(0), "count from 1"),
        (Fault::lose_answer().times(0), "count from 1"),
        (Fault::drop_connection().operation("createConsent"), "no call yet"),
        (Fault::break_handshake(), "does not speak TLS"),
        (Fault::drip(0, Duration::ZERO), "at least one byte"),
        (Fault::answer_instead(CannedAnswer::status(99)), "200 to 999"),
        (Fault::answer_instead(CannedAnswer::status(200).header("a\nb", "c")), "not a header"),
    ] {
        let error = faults(&bench).script(fault).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    faults(&bench).script(Fault::lose_answer().operation("token")).unwrap();
}

#[tokio::test]
async fn faults_can_be_taken_back() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let teapot = || Fault::answer_instead(CannedAnswer::status(418)).times(9);
    let id = faults(&bench).script(teapot()).unwrap();
    assert_eq!(caller.get(ONE).await.status, 418);
    assert!(faults(&bench).remove(id) && !faults(&bench).remove(id));
    assert_eq!(caller.get(ONE).await.status, 404);
    faults(&bench).script(teapot()).unwrap();
    faults(&bench).clear();
    assert_eq!(caller.get(ONE).await.status, 404);
    assert_eq!(bench.send("GET", "/", &[], "").await.status, 200, "pages are never struck");
    assert_eq!(json!(faults(&bench).list().len()), json!(0));
}
