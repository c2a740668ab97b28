//! A payment that is begun before its process is killed, at every point where that makes a difference.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use openpayments::api::CallContext;
use openpayments::model::identifier::PsuId;
use openpayments::prelude::*;
use openpayments::transport::{Request, Transport, TransportError};
use openpayments_sandbox::Sandbox;
use openpayments_store::{
    Entry, Kind, Once, OnceError, PaymentStage, Payments, SqliteStore, Store, StoreError, create_payment_once,
};
use url::Url;

use crate::support::{client_of, payment, platform};

const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/{payment-product}";

/// Counts the moments of a process, and ends it without a word at one of them.
#[derive(Clone, Debug)]
struct Fate {
    moment: Arc<AtomicUsize>,
    last: usize,
}

impl Fate {
    fn moment(&self) {
        if self.moment.fetch_add(1, Ordering::SeqCst) == self.last {
            // As by a kill: nothing is dropped, nothing is written.
            std::process::abort();
        }
    }
}

#[derive(Debug)]
struct MortalTransport(Arc<dyn Transport>, Fate);

#[async_trait]
impl Transport for MortalTransport {
    async fn send(&self, request: Request) -> Result<openpayments::transport::Response, TransportError> {
        self.1.moment();
        let answer = self.0.send(request).await;
        self.1.moment();
        answer
    }
}

#[derive(Debug)]
struct MortalStore(SqliteStore, Fate);

#[async_trait]
impl Store for MortalStore {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.1.moment();
        let done = self.0.insert(kind, key, value).await;
        self.1.moment();
        done
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.1.moment();
        let done = self.0.replace(kind, key, version, value).await;
        self.1.moment();
        done
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        self.0.get(kind, key).await
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        self.0.list(kind).await
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.0.remove(kind, key).await
    }
}

fn context() -> CallContext {
    let psu = Psu::new().id(PsuId::parse("99990101000").unwrap()).ip_address("127.0.0.1".parse().unwrap());
    CallContext::bank("NDEASESS".parse().unwrap(), Context::Private).psu(psu)
}

async fn create(store: Arc<dyn Store>, client: &Client, key: &str) -> Result<Once, OnceError> {
    let payments = Payments::in_store(store);
    create_payment_once(&payments, client.caller(), &context(), key, payment()).await
}

fn sqlite(file: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(file).unwrap())
}

#[tokio::test]
async fn s3_a_killed_process_leaves_no_payment_that_is_lost_or_made_twice() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("private/store.sqlite");
    let (mut deaths, mut known, mut open) = (0, 0, 0);
    for moment in 0.. {
        let key = format!("order-{moment}");
        let before = sandbox.ledger().count("POST", PAYMENTS);
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "remembered::the_process_that_is_killed", "--ignored"])
            .env("KILLED_HOST", sandbox.api_url().as_str())
            .env("KILLED_ID", sandbox.client_id())
            .env("KILLED_SECRET", sandbox.client_secret().expose())
            .env("KILLED_FILE", &file)
            .env("KILLED_KEY", &key)
            .env("KILLED_AT", moment.to_string());
        let ended = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
        let died = !ended.status.success();
        assert!(!died || ended.status.code().is_none(), "it failed before its moment: {ended:?}");

        let sent = sandbox.ledger().count("POST", PAYMENTS) - before;
        match create(sqlite(&file), &client, &key).await {
            Ok(once) => {
                known += usize::from(died && once.answer.is_none());
                assert!(once.recorded);
            }
            // Nothing is sent on a guess: it may exist, and a person decides.
            Err(OnceError::MayExist(intent)) => {
                assert!(intent.is_open());
                open += 1;
            }
            Err(other) => panic!("{other}"),
        }
        let again = sandbox.ledger().count("POST", PAYMENTS) - before;
        assert!(
            again <= 1,
            "moment {moment}: the payment was sent {again} times, {sent} by the first process"
        );
        if !died {
            break;
        }
        deaths += 1;
    }
    assert!(deaths >= 8 && known >= 1 && open >= 3, "{deaths} deaths, {known} known after one, {open} open");
}

#[tokio::test]
#[ignore = "the test above starts it as a process of its own, and it ends itself"]
async fn the_process_that_is_killed() {
    let var = |name| std::env::var(name).unwrap();
    let host: Url = var("KILLED_HOST").parse().unwrap();
    let fate = Fate { moment: Arc::default(), last: var("KILLED_AT").parse().unwrap() };
    let plain = client_of(&host, &var("KILLED_ID"), &var("KILLED_SECRET")).build().unwrap();
    let transport = MortalTransport(Arc::clone(plain.caller().transport()), fate.clone());
    let client = client_of(&host, &var("KILLED_ID"), &var("KILLED_SECRET"));
    let client = client.transport(Arc::new(transport)).build().unwrap();
    let store = MortalStore(SqliteStore::open(var("KILLED_FILE")).unwrap(), fate);
    create(Arc::new(store), &client, &var("KILLED_KEY")).await.unwrap();
}

#[tokio::test]
async fn a_future_that_is_dropped_leaves_its_payment_recorded() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let store: Arc<dyn Store> = Arc::new(openpayments_store::MemoryStore::new());
    let payments = Payments::in_store(Arc::clone(&store));
    let dropped = tokio::spawn({
        let (store, client) = (Arc::clone(&store), client.clone());
        async move { create(store, &client, "order").await.map(|once| once.payment) }
    });
    while payments.get("order").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    dropped.abort();
    let kept = loop {
        let intent = payments.get("order").await.unwrap().unwrap();
        if let PaymentStage::Created(payment) = intent.stage {
            break payment;
        }
        tokio::task::yield_now().await;
    };
    let again = create(store, &client, "order").await.unwrap();
    assert_eq!(again.payment, kept);
    assert!(again.answer.is_none());
    assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 1);
}

#[tokio::test]
async fn a_payment_that_the_bank_refuses_may_be_made_anew_under_its_key() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let store: Arc<dyn Store> = Arc::new(openpayments_store::MemoryStore::new());
    let payments = Payments::in_store(Arc::clone(&store));
    let stranger = CallContext::bank("AAAASESS".parse().unwrap(), Context::Private)
        .psu(Psu::new().ip_address("127.0.0.1".parse().unwrap()));
    let refused = create_payment_once(&payments, client.caller(), &stranger, "order", payment()).await;
    assert!(matches!(refused, Err(OnceError::Call(_))), "{refused:?}");
    assert!(payments.get("order").await.unwrap().is_none());
    create(store, &client, "order").await.unwrap();
    assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 2);
}

/// Lets the answer to the first payment on its way wait until it is told to go on.
#[derive(Debug)]
struct Late(Arc<dyn Transport>, Arc<tokio::sync::Notify>);

#[async_trait]
impl Transport for Late {
    async fn send(&self, request: Request) -> Result<openpayments::transport::Response, TransportError> {
        let is_payment = request.http().uri().path().contains("paymentinitiation");
        let answer = self.0.send(request).await;
        if is_payment {
            self.1.notified().await;
        }
        answer
    }
}

#[tokio::test]
async fn inv1_of_two_attempts_one_payment_is_handed_out_however_late_the_other_answers() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let store: Arc<dyn Store> = Arc::new(openpayments_store::MemoryStore::new());
    let payments = Payments::in_store(Arc::clone(&store));
    let go_on = Arc::new(tokio::sync::Notify::new());
    let transport = Late(Arc::clone(client.caller().transport()), Arc::clone(&go_on));
    let secret = sandbox.client_secret().expose();
    let slow =
        crate::support::client_builder(&sandbox, secret).transport(Arc::new(transport)).build().unwrap();
    let first = tokio::spawn({
        let store = Arc::clone(&store);
        async move { create(store, &slow, "order").await }
    });
    while sandbox.ledger().count("POST", PAYMENTS) == 0 {
        tokio::task::yield_now().await;
    }
    // A person has looked, and wants it anew.
    let bank = crate::support::bank(&client, "NDEASESS", "99990101000");
    let second = bank.recreate_payment(&payments, "order", payment()).await.unwrap();
    go_on.notify_one();
    let late = first.await.unwrap();
    assert!(matches!(&late, Err(OnceError::Superseded(stray)) if **stray != second.payment), "{late:?}");
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!((kept.payment(), kept.given_up.len()), (Some(&second.payment), 1));
    let third = bank.recreate_payment(&payments, "order", payment()).await;
    assert!(matches!(third, Err(OnceError::NotAnew(_))), "what exists is not made anew: {third:?}");
    let company = client.bank("NDEASESS".parse().unwrap(), Context::Corporate);
    let refused = company.recreate_payment(&payments, "other", payment()).await;
    assert!(matches!(refused, Err(OnceError::NotAnew(_))), "{refused:?}");
    assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 2);
}
