//! What others do at the same time: between a reading and a writing, and in processes of their own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use openpayments_model::account::AccountReference;
use openpayments_model::identifier::PaymentId;
use openpayments_model::payment::{DebtorAccount, DomesticPayment, PaymentPath, PaymentRef};
use openpayments_model::{Amount, BicFi, Iban};
use openpayments_store::{
    Attempt, Begun, Entry, Kind, MemoryStore, PaymentIntent, Payments, SqliteStore, Store, StoreError,
};

fn intent(key: &str) -> PaymentIntent {
    let account = |iban| Iban::parse(iban).unwrap();
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&account("SE4550000000058398257466")),
        Amount::parse("SEK", "1.00").unwrap(),
        AccountReference::iban(&account("SE2550000000054400047903")),
        "Made-up Creditor AB",
    );
    let at: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    PaymentIntent::new(key, BicFi::parse("ESSESESS").unwrap(), &payment.unwrap(), at).unwrap()
}

async fn begun(payments: &Payments, key: &str) -> Attempt {
    match payments.begin(&intent(key)).await.unwrap() {
        Begun::Now(attempt) => attempt,
        Begun::Before(before) => panic!("{before:?}"),
    }
}

/// Lets others do everything between a reading and the removal after it.
#[derive(Debug)]
struct Slow(Arc<MemoryStore>, AtomicBool);

impl Slow {
    /// Another process finds the open payment at the bank.
    async fn meanwhile(&self, key: &str) {
        if !self.1.swap(true, Ordering::SeqCst) {
            let payment = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() };
            Payments::in_store(self.0.clone()).found(key, &payment).await.unwrap();
        }
    }
}

#[async_trait]
impl Store for Slow {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.0.insert(kind, key, value).await
    }
    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.meanwhile(key).await;
        self.0.replace(kind, key, version, value).await
    }
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        self.0.get(kind, key).await
    }
    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        self.0.list(kind).await
    }
    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.meanwhile(key).await;
        self.0.remove(kind, key).await
    }
}

#[tokio::test]
async fn a_payment_found_meanwhile_is_not_forgotten() {
    let inner = Arc::new(MemoryStore::new());
    let payments = Payments::in_store(Arc::new(Slow(Arc::clone(&inner), AtomicBool::new(false))));
    let refused = payments.refused(&begun(&payments, "order").await).await;
    assert!(matches!(refused, Err(StoreError::Illegal { .. })), "{refused:?}");
    let again = payments.begin(&intent("order")).await.unwrap();
    assert!(matches!(again, Begun::Before(_)), "it may be sent a second time");
}

#[tokio::test]
async fn an_abandoned_one_keeps_its_key() {
    let payments = Payments::in_store(Arc::new(MemoryStore::new()));
    let attempt = begun(&payments, "order").await;
    payments.abandoned("order").await.unwrap();
    let refused = payments.refused(&attempt).await;
    assert!(matches!(refused, Err(StoreError::Illegal { .. })), "{refused:?}");
    let again = payments.begin(&intent("order")).await.unwrap();
    assert!(matches!(again, Begun::Before(_)), "it may be sent a second time");
}

#[tokio::test]
async fn a_key_whose_payment_was_refused_may_be_used_for_another() {
    let payments = Payments::in_store(Arc::new(MemoryStore::new()));
    let attempt = begun(&payments, "order").await;
    payments.refused(&attempt).await.unwrap();
    payments.refused(&attempt).await.unwrap();
    assert!(payments.get("order").await.unwrap().is_none());
    assert!(payments.list().await.unwrap().is_empty());
    let late = payments.abandoned("order").await;
    assert!(matches!(late, Err(StoreError::NotThere)), "{late:?}");
    let mut other = intent("order");
    other.content = "of another payment".to_owned();
    assert!(matches!(payments.begin(&other).await.unwrap(), Begun::Now(_)));
    assert!(matches!(payments.begin(&intent("order")).await, Err(StoreError::Conflict)));
}

#[test]
fn a_file_that_another_writes_to_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s/store.sqlite");
    drop(SqliteStore::open(&path).unwrap());
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    SqliteStore::open(&path).unwrap();
}

/// Eight processes meet a file that is not there yet, again and again.
#[test]
fn of_processes_that_make_the_file_at_once_one_may_send() {
    for round in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let start = |_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "a_process_that_begins_the_payment", "--ignored", "--nocapture"])
                .env("RACE_FILE", &path)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let children: Vec<_> = (0..8).map(start).collect();
        let mut now = 0;
        for child in children {
            let ended = child.wait_with_output().unwrap();
            assert!(ended.status.success(), "round {round}: {ended:?}");
            now += usize::from(String::from_utf8_lossy(&ended.stdout).contains("may send"));
        }
        assert_eq!(now, 1, "round {round}");
    }
}

#[tokio::test]
#[ignore = "the test above starts it as a process of its own"]
async fn a_process_that_begins_the_payment() {
    let store = SqliteStore::open(std::env::var("RACE_FILE").unwrap()).unwrap();
    if let Begun::Now(_) = Payments::in_store(Arc::new(store)).begin(&intent("order")).await.unwrap() {
        println!("may send");
    }
}
