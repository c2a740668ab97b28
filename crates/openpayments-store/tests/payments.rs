//! The rules on top of a store: payments that are begun once, states that are taken once.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::account::AccountReference;
use openpayments_model::identifier::PaymentId;
use openpayments_model::payment::{DebtorAccount, DomesticPayment, PaymentPath, PaymentRef};
use openpayments_model::status::TransactionStatus;
use openpayments_model::{Amount, BicFi, Iban};
use openpayments_store::{Begun, MemoryStore, PaymentIntent, PaymentStage, Payments, StoreError, Unanswered};

fn payments() -> Payments {
    Payments::in_store(Arc::new(MemoryStore::new()))
}

fn morning() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn intent(key: &str, amount: &str) -> PaymentIntent {
    let account = |iban| Iban::parse(iban).unwrap();
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&account("SE4550000000058398257466")),
        Amount::parse("SEK", amount).unwrap(),
        AccountReference::iban(&account("SE2550000000054400047903")),
        "Made-up Creditor AB",
    );
    let bank = BicFi::parse("ESSESESS").unwrap();
    PaymentIntent::new(key, bank, &payment.unwrap(), morning()).unwrap()
}

fn created(id: &str) -> PaymentRef {
    PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse(id).unwrap() }
}

fn is_illegal(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Illegal { .. }))
}

#[tokio::test]
async fn a_key_is_one_payment() {
    let payments = payments();
    assert!(matches!(payments.begin(&intent("order", "1.00")).await.unwrap(), Begun::Now));
    let Begun::Before(before) = payments.begin(&intent("order", "1.00")).await.unwrap() else { panic!() };
    assert!(before.is_open());
    assert!(matches!(payments.begin(&intent("order", "2.00")).await, Err(StoreError::Conflict)));
    assert!(matches!(payments.begin(&intent("other", "2.00")).await.unwrap(), Begun::Now));
    assert_eq!(payments.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_payment_that_exists_becomes_no_other_and_is_not_given_up() {
    let payments = payments();
    let _ = payments.begin(&intent("order", "1.00")).await.unwrap();
    payments.created("order", &created("p-1")).await.unwrap();
    payments.created("order", &created("p-1")).await.unwrap();
    assert!(is_illegal(&payments.created("order", &created("p-2")).await));
    assert!(is_illegal(&payments.refused("order").await));
    assert!(is_illegal(&payments.abandoned("order").await));
    assert!(is_illegal(&payments.unanswered("order", &Unanswered::new(None, None, morning())).await));
    assert_eq!(payments.get("order").await.unwrap().unwrap().payment(), Some(&created("p-1")));
    assert!(matches!(payments.created("nothing", &created("p-1")).await, Err(StoreError::NotThere)));
}

#[tokio::test]
async fn one_that_got_no_answer_stays_open_until_it_is_found_or_given_up() {
    let payments = payments();
    let _ = payments.begin(&intent("order", "1.00")).await.unwrap();
    let request = Unanswered::new(Some("made-up-id".to_owned()), Some(502), morning());
    payments.unanswered("order", &request).await.unwrap();
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!(kept.stage, PaymentStage::Unanswered(request));
    assert!(kept.is_open());
    payments.abandoned("order").await.unwrap();
    assert!(matches!(payments.begin(&intent("order", "1.00")).await.unwrap(), Begun::Before(_)));
    payments.created("order", &created("p-1")).await.unwrap();
}

#[tokio::test]
async fn one_signature_at_a_time() {
    let payments = payments();
    let _ = payments.begin(&intent("order", "1.00")).await.unwrap();
    assert!(matches!(payments.take_for_signature("order", "a").await, Err(StoreError::Illegal { .. })));
    payments.created("order", &created("p-1")).await.unwrap();
    assert!(payments.take_for_signature("order", "a").await.unwrap());
    assert!(payments.take_for_signature("order", "a").await.unwrap());
    assert!(!payments.take_for_signature("order", "b").await.unwrap());
    payments.release("order", "b").await.unwrap();
    assert!(!payments.take_for_signature("order", "b").await.unwrap());
    payments.release("order", "a").await.unwrap();
    assert!(payments.take_for_signature("order", "b").await.unwrap());
}

#[tokio::test]
async fn a_final_status_stays() {
    let payments = payments();
    let _ = payments.begin(&intent("order", "1.00")).await.unwrap();
    payments.created("order", &created("p-1")).await.unwrap();
    payments.note_status("order", &TransactionStatus::from("ACSP")).await.unwrap();
    payments.note_status("order", &TransactionStatus::from("RJCT")).await.unwrap();
    assert!(is_illegal(&payments.note_status("order", &TransactionStatus::from("ACSP")).await));
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!(kept.status, Some(TransactionStatus::from("RJCT")));
}

#[tokio::test]
async fn what_is_shown_of_a_payment_names_nobody() {
    let shown = format!("{:?}", intent("order", "1.00"));
    assert!(
        !shown.contains("SE2550000000054400047903") && !shown.contains("SE4550000000058398257466"),
        "{shown}"
    );
}
