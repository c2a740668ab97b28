//! The rules on top of a store: payments that are begun once, states that are taken once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::account::AccountReference;
use openpayments_model::identifier::PaymentId;
use openpayments_model::payment::{DebtorAccount, DomesticPayment, PaymentPath, PaymentRef};
use openpayments_model::status::TransactionStatus;
use openpayments_model::{Amount, BicFi, Iban};
use openpayments_store::{
    Attempt, Begun, Key, Kind, MemoryStore, PaymentIntent, PaymentStage, Payments, Store, StoreError,
    Unanswered,
};

fn payments() -> Payments {
    Payments::in_store(Arc::new(MemoryStore::new()))
}

fn morning() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn bank() -> BicFi {
    BicFi::parse("ESSESESS").unwrap()
}

fn payment(amount: &str) -> DomesticPayment {
    let account = |iban| Iban::parse(iban).unwrap();
    DomesticPayment::new(
        DebtorAccount::iban(&account("SE4550000000058398257466")),
        Amount::parse("SEK", amount).unwrap(),
        AccountReference::iban(&account("SE2550000000054400047903")),
        "Made-up Creditor AB",
    )
    .unwrap()
}

fn intent(key: &str, amount: &str) -> PaymentIntent {
    PaymentIntent::new(key, bank(), &payment(amount), morning()).unwrap()
}

fn created(id: &str) -> PaymentRef {
    PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse(id).unwrap() }
}

fn is_illegal(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Illegal { .. }))
}

/// Begins it, and gives the attempt.
async fn begun(payments: &Payments, intent: &PaymentIntent) -> Attempt {
    match payments.begin(intent).await.unwrap() {
        Begun::Now(attempt) => attempt,
        Begun::Before(before) => panic!("{before:?}"),
    }
}

/// One that exists.
async fn existing(payments: &Payments) -> Attempt {
    let attempt = begun(payments, &intent("order", "1.00")).await;
    payments.created(&attempt, &created("p-1")).await.unwrap();
    attempt
}

#[tokio::test]
async fn p1_a_key_is_one_payment() {
    let payments = payments();
    begun(&payments, &intent("order", "1.00")).await;
    let Begun::Before(before) = payments.begin(&intent("order", "1.00")).await.unwrap() else { panic!() };
    assert!(before.is_open());
    assert!(matches!(payments.begin(&intent("order", "2.00")).await, Err(StoreError::Conflict)));
    begun(&payments, &intent("other", "2.00")).await;
    assert_eq!(payments.list().await.unwrap().len(), 2);
}

#[test]
fn i032_a_key_that_says_nothing_or_too_much_is_refused() {
    let payment = payment("1.00");
    for key in ["", "  ", &"k".repeat(201), &"k".repeat(1024)] {
        let refused = PaymentIntent::new(key, bank(), &payment, morning());
        assert!(matches!(refused, Err(StoreError::InvalidKey)), "{key:?}");
    }
}

#[tokio::test]
async fn a_payment_that_exists_becomes_no_other_and_is_not_given_up() {
    let payments = payments();
    let attempt = existing(&payments).await;
    payments.created(&attempt, &created("p-1")).await.unwrap();
    assert!(is_illegal(&payments.created(&attempt, &created("p-2")).await));
    assert!(is_illegal(&payments.found("order", &created("p-2")).await));
    assert!(is_illegal(&payments.refused(&attempt).await));
    assert!(is_illegal(&payments.abandoned("order").await));
    assert!(is_illegal(&payments.unanswered(&attempt, &Unanswered::new(None, None, morning())).await));
    let anew = payments.begin_anew(&intent("order", "1.00")).await;
    assert!(matches!(anew, Err(StoreError::Illegal { .. })), "{anew:?}");
    assert_eq!(payments.get("order").await.unwrap().unwrap().payment(), Some(&created("p-1")));
    assert!(matches!(payments.found("nothing", &created("p-1")).await, Err(StoreError::NotThere)));
}

#[tokio::test]
async fn one_that_got_no_answer_stays_open_until_it_is_found_or_given_up() {
    let payments = payments();
    let attempt = begun(&payments, &intent("order", "1.00")).await;
    let request = Unanswered::new(Some("made-up-id".to_owned()), Some(502), morning());
    payments.unanswered(&attempt, &request).await.unwrap();
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!(kept.unanswered(), Some(&request));
    assert!(kept.is_open());
    payments.abandoned("order").await.unwrap();
    assert!(matches!(payments.begin(&intent("order", "1.00")).await.unwrap(), Begun::Before(_)));
    payments.found("order", &created("p-1")).await.unwrap();
}

#[tokio::test]
async fn p2_a_late_answer_to_an_attempt_that_was_given_up_is_not_taken_for_the_next_ones() {
    let payments = payments();
    let first = begun(&payments, &intent("order", "1.00")).await;
    let second = payments.begin_anew(&intent("order", "1.00")).await.unwrap();
    let late = payments.created(&first, &created("p-1")).await;
    assert!(matches!(late, Err(StoreError::Superseded)), "{late:?}");
    payments.created(&second, &created("p-2")).await.unwrap();
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!((kept.payment(), kept.attempt, kept.given_up.len()), (Some(&created("p-2")), 2, 1));
    let other = payments.begin_anew(&intent("order", "2.00")).await;
    assert!(matches!(other, Err(StoreError::Conflict)), "{other:?}");
}

#[tokio::test]
async fn a_second_attempt_that_is_refused_does_not_free_the_key_of_a_first_that_may_exist() {
    let payments = payments();
    let first = begun(&payments, &intent("order", "1.00")).await;
    let request = Unanswered::new(Some("made-up-id".to_owned()), None, morning());
    payments.unanswered(&first, &request).await.unwrap();
    let second = payments.begin_anew(&intent("order", "1.00")).await.unwrap();
    payments.refused(&second).await.unwrap();
    let Begun::Before(before) = payments.begin(&intent("order", "1.00")).await.unwrap() else { panic!() };
    assert_eq!(before.unanswered(), Some(&request));
}

#[tokio::test]
async fn one_signature_at_a_time() {
    let payments = payments();
    let attempt = begun(&payments, &intent("order", "1.00")).await;
    assert!(matches!(payments.take_for_signature("order", "a").await, Err(StoreError::Illegal { .. })));
    payments.created(&attempt, &created("p-1")).await.unwrap();
    assert!(payments.take_for_signature("order", "a").await.unwrap());
    assert!(payments.take_for_signature("order", "a").await.unwrap());
    assert!(!payments.take_for_signature("order", "b").await.unwrap());
    payments.release("order", "b").await.unwrap();
    assert!(!payments.take_for_signature("order", "b").await.unwrap());
    payments.release("order", "a").await.unwrap();
    assert!(payments.take_for_signature("order", "b").await.unwrap());
}

#[tokio::test]
async fn p8_a_final_status_stays() {
    let payments = payments();
    existing(&payments).await;
    payments.note_status("order", &TransactionStatus::from("ACSP")).await.unwrap();
    payments.note_status("order", &TransactionStatus::from("RJCT")).await.unwrap();
    assert!(is_illegal(&payments.note_status("order", &TransactionStatus::from("ACSP")).await));
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!(kept.status, Some(TransactionStatus::from("RJCT")));
}

/// Everything the store holds under payments, as text.
async fn raw(store: &MemoryStore) -> String {
    let entries = store.list(Kind::Payment).await.unwrap();
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.value).into_owned()).collect()
}

#[tokio::test]
async fn of_a_payment_that_was_refused_or_forgotten_nothing_is_left_but_its_key() {
    let store = Arc::new(MemoryStore::new());
    let payments = Payments::in_store(store.clone());
    let noted =
        PaymentIntent::new(Key::new("order").note("Made-up note"), bank(), &payment("1.00"), morning());
    let noted = noted.unwrap();
    for forget in [false, true] {
        let attempt = begun(&payments, &noted).await;
        assert!(raw(&store).await.contains("Made-up note") && raw(&store).await.contains("SE25"));
        if forget {
            payments.forget("order").await.unwrap();
        } else {
            payments.refused(&attempt).await.unwrap();
        }
        let left = raw(&store).await;
        assert!(!left.contains("Made-up") && !left.contains("SE25") && !left.contains("1.00"), "{left}");
        assert!(payments.list().await.unwrap().is_empty());
        let late = payments.created(&attempt, &created("p-1")).await;
        assert!(matches!(late, Err(StoreError::Superseded)), "{late:?}");
    }
    begun(&payments, &intent("order", "2.00")).await;
}

#[tokio::test]
async fn s10_what_is_over_is_forgotten_after_its_time_and_never_sent_again() {
    let store = Arc::new(MemoryStore::new());
    let payments = Payments::in_store(store.clone());
    existing(&payments).await;
    let evening = "2026-11-23T20:00:00Z".parse().unwrap();
    assert_eq!(payments.forget_older_than(evening).await.unwrap(), 0, "the bank still works on it");
    payments.note_status("order", &TransactionStatus::from("ACSC")).await.unwrap();
    begun(&payments, &intent("open", "3.00")).await;
    assert_eq!(payments.forget_older_than(morning()).await.unwrap(), 0, "its time has not come");
    assert_eq!(payments.forget_older_than(evening).await.unwrap(), 1);
    assert_eq!(payments.forget_older_than(evening).await.unwrap(), 0);

    let left = payments.get("order").await.unwrap().unwrap();
    assert_eq!((left.payment(), &left.terms), (Some(&created("p-1")), &None));
    let open = payments.get("open").await.unwrap().unwrap();
    assert!(open.terms.is_some(), "one that may exist is kept until somebody closes it");
    let Begun::Before(_) = payments.begin(&intent("order", "1.00")).await.unwrap() else { panic!() };
    assert!(matches!(payments.begin(&intent("order", "2.00")).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn what_is_shown_of_a_payment_names_nobody() {
    let mut intent = intent("order", "1.00");
    let mut request = Unanswered::new(None, Some(201), morning());
    request.body = Some("Made-up body".to_owned());
    (intent.note, intent.stage) = (Some("Made-up note".to_owned()), PaymentStage::Unanswered(request));
    let shown = format!("{intent:?}");
    for personal in ["SE2550000000054400047903", "SE4550000000058398257466", "Made-up"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}
