//! The answer to a start is lost: what the bank has started is found by its list, and nothing is started twice.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;
#[path = "shared/desk.rs"]
mod desk;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use desk::{Bank, Executor, List, StepClock, caller, consent, context, word};
use openpayments_client::{Clock, Error, ErrorKind};
use openpayments_model::identifier::ScaMethodId;
use openpayments_sca::{
    Authorise, MethodPreference, NextStep, Outcome, ScaError, ScaErrorKind, ScaEvent, ScaSession, SealKey,
};

fn mbid() -> MethodPreference {
    MethodPreference::Method(ScaMethodId::parse("mbid").unwrap())
}

async fn started(bank: &Bank, clock: &Arc<StepClock>, preference: MethodPreference) -> ScaSession {
    let start = Authorise::new(caller(bank, clock), context("1"), consent()).method(preference).start();
    start.await.unwrap()
}

/// What is seen until the end, or until it fails.
async fn followed(sca: &mut ScaSession, clock: &Arc<StepClock>) -> Result<Vec<String>, ScaError> {
    let mut executor = Executor { clock: Arc::clone(clock), looks: 0, drop_at: None };
    let mut seen = Vec::new();
    while let Some(event) = executor.run(sca.next()).await.unwrap()? {
        seen.push(word(&event));
    }
    Ok(seen)
}

fn may_sign_again(sca: &ScaSession) -> bool {
    sca.outcome().is_some_and(|outcome| outcome.next_step() == NextStep::SignAgain)
}

#[tokio::test]
async fn f07_a_start_without_an_answer_is_found_in_the_list_and_gone_on_with() {
    let bank = Bank { loses: 1, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let mut sca = started(&bank, &clock, mbid()).await;
    let seen = followed(&mut sca, &clock).await.unwrap();
    assert_eq!(seen, ["Sign", "qr", "link", "hide", "Done"]);
    let asked = bank.asked();
    assert_eq!((asked.starts, asked.lists, asked.selects), (1, 1, 1));
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

#[tokio::test]
async fn f07_a_start_that_did_not_arrive_is_looked_for_twice_and_made_again_only_when_asked_to() {
    let bank = Bank { loses: 1, list: List::Empty, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let mut sca = started(&bank, &clock, mbid()).await;
    let error = followed(&mut sca, &clock).await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::StartUnknown);
    let cause: &Error = error.source().unwrap().downcast_ref().unwrap();
    assert_eq!(cause.kind(), ErrorKind::OutcomeUnknown);
    assert!(cause.request_id().is_some(), "support wants to know it");
    assert_eq!(clock.monotonic(), Duration::from_secs(1));
    assert!(may_sign_again(&sca));
    assert_eq!(followed(&mut sca, &clock).await.unwrap(), [""; 0], "it has ended");
    let asked = bank.asked();
    assert_eq!((asked.starts, asked.lists, asked.selects), (1, 2, 0));
    sca.restart().await.unwrap();
    followed(&mut sca, &clock).await.unwrap();
    assert_eq!(bank.asked().starts, 2);
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

#[tokio::test]
async fn f07_a_bank_without_a_list_of_authorisations_leaves_it_unknown_and_says_so() {
    let bank = Bank { loses: 1, list: List::Unsupported, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let mut sca = started(&bank, &clock, mbid()).await;
    let error = followed(&mut sca, &clock).await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::StartUnknown);
    assert!(error.advice().contains("wait"));
    assert!(may_sign_again(&sca));
    assert_eq!((bank.asked().starts, bank.asked().lists), (1, 1));
}

#[tokio::test]
async fn a_found_authorisation_whose_ways_to_sign_were_lost_is_left_alone() {
    for preference in [MethodPreference::Ask, MethodPreference::OtherDevice] {
        let bank = Bank { loses: 1, ..Bank::default() };
        let clock = StepClock::at(Duration::ZERO);
        let mut sca = started(&bank, &clock, preference).await;
        let error = followed(&mut sca, &clock).await.unwrap_err();
        assert_eq!(error.kind(), ScaErrorKind::StartUnknown);
        assert_eq!((bank.asked().starts, bank.asked().selects), (1, 0));
        assert!(may_sign_again(&sca));
    }
}

#[tokio::test]
async fn a_restart_without_an_answer_takes_the_new_authorisation_and_not_the_one_before() {
    let bank = Bank::default();
    let clock = StepClock::at(Duration::ZERO);
    let mut sca = started(&bank, &clock, MethodPreference::Ask).await;
    let Some(ScaEvent::ChooseMethod(methods)) = sca.next().await.unwrap() else {
        panic!("nothing was asked")
    };
    sca.choose(&methods[0]).await.unwrap();
    bank.lose(2);
    sca.restart().await.unwrap();
    let seen = followed(&mut sca, &clock).await.unwrap();
    assert!(!seen.iter().any(|word| word.contains("choose")), "the same way as before: {seen:?}");
    let asked = bank.asked();
    assert_eq!((asked.starts, asked.lists, asked.selects), (2, 1, 2));
    let last = bank.requests.lock().unwrap().iter().rfind(|r| r.http().method() == "PUT").cloned().unwrap();
    assert!(last.http().uri().path().ends_with("/authorisations/a-2"));
}

#[tokio::test]
async fn f44_another_process_looks_for_the_start_that_nobody_heard_of() {
    let bank = Bank { loses: 1, ..Bank::default() };
    let clock = StepClock::at(Duration::ZERO);
    let sca = started(&bank, &clock, mbid()).await;
    let key = SealKey::new(&[7; 32]);
    let record = sca.export(Some(&key)).unwrap();
    drop(sca);
    let mut sca = ScaSession::import(caller(&bank, &clock), &record, Some(&key)).unwrap();
    followed(&mut sca, &clock).await.unwrap();
    assert_eq!((bank.asked().starts, bank.asked().lists), (1, 1));
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}
