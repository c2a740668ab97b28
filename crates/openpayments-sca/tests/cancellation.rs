//! Every wait of a session is given up once, and the session goes on: in the same process with its next call, and in
//! another process from its record. What must not be sent twice is sent once.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;
#[path = "shared/desk.rs"]
mod desk;

use std::time::Duration;

use desk::{Asked, Bank, Executor, StepClock, caller, consent, context, payment, state_of, word};
use openpayments_client::Caller;
use openpayments_model::identifier::ScaMethodId;
use openpayments_sca::{Authorise, MethodPreference, Outcome, ScaEvent, ScaSession, SealKey, Subject};

/// What became of a journey.
#[derive(Debug, PartialEq)]
struct Journey {
    outcome: Outcome,
    events: Vec<String>,
    asked: Asked,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum AfterDrop {
    /// Call again on the same session.
    GoOn,
    /// Export it, drop it, import it over a caller of its own.
    Move,
}

/// A caller that has its token, so that no wait for one comes between.
async fn ready(bank: &Bank, executor: &mut Executor) -> Caller {
    let caller = caller(bank, &executor.clock);
    for product in
        [openpayments_model::Product::AccountInformation, openpayments_model::Product::PaymentInitiation]
    {
        let scopes = openpayments_model::ScopeSet::new(product, openpayments_model::Context::Private);
        caller.ensure_token(scopes).await.unwrap();
    }
    caller
}

/// From the start to the end. `drop_at`: the look, counted over the whole journey, after which the future is dropped.
async fn journey(bank: Bank, subject: Subject, drop_at: Option<u32>, then: AfterDrop) -> (Journey, u32) {
    let mut executor = Executor { clock: StepClock::at(Duration::from_secs(1000)), looks: 0, drop_at: None };
    let first = ready(&bank, &mut executor).await;
    let return_to = "https://tpp.example/callback".parse().unwrap();
    let mut start = Authorise::new(first, context("199001010001"), subject).redirect_to(return_to);
    if bank.loses > 0 {
        // The ways to sign are in the answer that is lost.
        start = start.method(MethodPreference::Method(ScaMethodId::parse("mbid").unwrap()));
    }
    let start = start.start();
    let mut sca = executor.run(start).await.unwrap().unwrap();
    executor.looks = 0;
    executor.drop_at = drop_at;

    let mut events = Vec::new();
    let mut callback = None;
    loop {
        let looked = executor.looks;
        let next = match callback.take() {
            // The PSU comes back, one look after he was sent.
            Some(state) => {
                let query = format!("code=c-1&state={state}");
                executor.run(sca.callback(&query)).await.map(|done| done.map(|()| None))
            }
            None => executor.run(sca.next()).await.map(|event| event.map(Some)),
        };
        let Some(event) = next else {
            assert!(executor.looks > looked);
            if then == AfterDrop::Move {
                sca = moved(sca, &bank, &mut executor).await;
            }
            continue;
        };
        let event = event.unwrap();
        let Some(event) = event else { continue };
        let Some(event) = event else { break };
        events.push(word(&event));
        callback = state_of(&event);
        if matches!(event, ScaEvent::StartWindowMissed) {
            executor.run(sca.restart()).await.unwrap().unwrap();
        }
        if let ScaEvent::ChooseMethod(methods) = event {
            let chosen = executor.run(sca.choose(methods.first().unwrap())).await;
            if chosen.is_none() && then == AfterDrop::Move {
                sca = moved(sca, &bank, &mut executor).await;
            }
        }
    }
    let journey = Journey { outcome: sca.into_outcome(), events, asked: bank.asked() };
    (journey, executor.looks)
}

/// The session in another process, whose clock has another zero.
async fn moved(sca: ScaSession, bank: &Bank, executor: &mut Executor) -> ScaSession {
    let key = SealKey::new(&[7; 32]);
    let record = sca.export(Some(&key)).unwrap();
    drop(sca);
    let caller = ready(bank, executor).await;
    ScaSession::import(caller, &record, Some(&key)).unwrap()
}

async fn every_wait(bank: fn() -> Bank, subject: fn() -> Subject) {
    let redirects = bank().redirects;
    let (whole, looks) = journey(bank(), subject(), None, AfterDrop::GoOn).await;
    assert!(matches!(whole.outcome, Outcome::Completed(_)), "{whole:?}");
    assert!(looks >= 6, "there are {looks} waits to give up");
    for look in 1..=looks {
        let (dropped, _) = journey(bank(), subject(), Some(look), AfterDrop::GoOn).await;
        assert_eq!(dropped.outcome, whole.outcome, "look {look}");
        assert_eq!(dropped.events, whole.events, "look {look}");
        assert_eq!(dropped.asked, whole.asked, "look {look}: a call that was under way goes on");

        let (moved, _) = journey(bank(), subject(), Some(look), AfterDrop::Move).await;
        assert_eq!(moved.outcome, whole.outcome, "look {look}, moved: {moved:?}");
        let Asked { starts, selects, exchanges, most_in_flight, .. } = moved.asked;
        // A link to the bank's page that was lost on its way is not sent again by itself: the PSU asked for a new start.
        let asked_again = u32::from(redirects && moved.events.iter().any(|event| event == "missed"));
        let once = (1 + asked_again, 1 + asked_again, u32::from(redirects));
        assert_eq!((starts, selects, exchanges), once, "look {look}, moved: {moved:?}");
        assert_eq!(most_in_flight, 1, "never two polls at once");
    }
}

#[tokio::test]
async fn f42_f46_a_consent_signed_in_the_app_survives_any_wait_that_is_given_up() {
    every_wait(Bank::default, consent).await;
}

#[tokio::test]
async fn f42_f46_a_payment_signed_in_the_app_survives_any_wait_that_is_given_up() {
    every_wait(Bank::default, payment).await;
}

#[tokio::test]
async fn f42_f46_a_payment_signed_on_the_banks_page_survives_any_wait_that_is_given_up() {
    every_wait(|| Bank { redirects: true, ..Bank::default() }, payment).await;
}

#[tokio::test]
async fn f42_f44_a_payment_whose_start_was_not_answered_survives_any_wait_that_is_given_up() {
    every_wait(|| Bank { loses: 1, ..Bank::default() }, payment).await;
}

#[tokio::test]
async fn a_start_that_is_given_up_is_not_sent_again_and_blocks_nobody() {
    for look in 1..=3 {
        let bank = Bank::default();
        let clock = StepClock::at(Duration::ZERO);
        let mut executor = Executor { clock, looks: 0, drop_at: None };
        let caller = ready(&bank, &mut executor).await;
        executor.drop_at = Some(executor.looks + look);
        let start = || Authorise::new(caller.clone(), context("1"), consent()).start();
        let given_up = executor.run(start()).await.is_none();
        assert_eq!(bank.asked().starts, 1);
        assert_eq!(given_up, look == 1, "there is one wait in it");
        if given_up {
            executor.run(start()).await.unwrap().unwrap();
            assert_eq!(bank.asked().starts, 2, "only because it was asked for");
        }
    }
}
