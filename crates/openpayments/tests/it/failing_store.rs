//! A disk that is full, or says so after all: what could not be kept is not sent, and what was sent is not sent twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use openpayments::prelude::*;
use openpayments_sandbox::Sandbox;
use openpayments_store::{
    CallError, Consents, Entry, Kind, MemoryStore, OnceError, Payments, Store, StoreError,
};

use crate::support::{bank, payment, platform};

const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/{payment-product}";
const CONSENTS: &str = "/psd2/consent/v1/consents";

/// Fails at every write but the first few.
#[derive(Debug)]
struct Full {
    kept: Arc<MemoryStore>,
    writes_left: AtomicUsize,
    /// Whether a write that fails was done all the same, as when a disk fails to confirm it.
    does_it: bool,
}

impl Full {
    async fn write<R>(&self, write: impl Future<Output = Result<R, StoreError>>) -> Result<R, StoreError> {
        let left =
            self.writes_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match (left, self.does_it) {
            (Ok(_), _) => write.await,
            (Err(_), true) => {
                write.await?;
                Err(StoreError::failed("not confirmed"))
            }
            (Err(_), false) => Err(StoreError::failed("no space left")),
        }
    }
}

#[async_trait]
impl Store for Full {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        self.write(self.kept.insert(kind, key, value)).await
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        self.write(self.kept.replace(kind, key, version, value)).await
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        self.kept.get(kind, key).await
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        self.kept.list(kind).await
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        self.write(self.kept.remove(kind, key)).await
    }
}

/// One that fails after so many writes, and the same with room again.
fn stores(writes: usize, does_it: bool) -> (Arc<dyn Store>, Arc<dyn Store>) {
    let kept = Arc::new(MemoryStore::new());
    let full = Full { kept: Arc::clone(&kept), writes_left: writes.into(), does_it };
    (Arc::new(full), kept)
}

#[tokio::test]
async fn s6_a_payment_that_cannot_be_kept_is_not_sent_and_one_that_was_sent_is_handed_out() {
    for does_it in [false, true] {
        let (mut unsent, mut unrecorded) = (0, 0);
        for writes in 0.. {
            let (sandbox, client) = platform(Sandbox::builder()).await;
            let sent = || sandbox.ledger().count("POST", PAYMENTS);
            let bank = bank(&client, "NDEASESS", "99990101000");
            let (full, roomy) = stores(writes, does_it);
            let first = bank.create_payment_once(&Payments::in_store(full), "order", payment()).await;
            let was_sent = sent();
            let is_done = match &first {
                Ok(once) => {
                    assert_eq!(was_sent, 1);
                    unrecorded += usize::from(!once.recorded);
                    once.recorded
                }
                Err(OnceError::Store(StoreError::Failed(_))) => {
                    assert_eq!(was_sent, 0, "{writes} writes");
                    unsent += 1;
                    false
                }
                Err(other) => panic!("{writes} writes: {other}"),
            };
            // With room again: never a second one, and never one that nobody knows of.
            let second = bank.create_payment_once(&Payments::in_store(roomy), "order", payment()).await;
            assert!(sent() <= 1, "{writes} writes: sent twice");
            match (&first, &second) {
                (Ok(first), Ok(second)) => assert_eq!(first.payment, second.payment),
                (Err(_), Ok(second)) => assert!(second.answer.is_some() && sent() == 1),
                (_, Err(OnceError::MayExist(_))) => {}
                (_, Err(other)) => panic!("{writes} writes: {other}"),
            }
            if is_done {
                break;
            }
        }
        assert!(unsent >= 1 && unrecorded >= 1, "{unsent} unsent, {unrecorded} unrecorded");
    }
}

#[tokio::test]
async fn s6_a_consent_that_cannot_be_kept_is_handed_out_and_known_by_its_id() {
    for writes in 0.. {
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let bank = bank(&client, "NDEASESS", "99990101000");
        let (full, _) = stores(writes, false);
        let request = ConsentRequest::new(ConsentRequest::LONGEST);
        match bank.create_consent_once(&Consents::in_store(full), "customer", request).await {
            Ok(once) => {
                assert_eq!(sandbox.ledger().count("POST", CONSENTS), 1);
                assert!(bank.consent_status(&once.consent.id).await.is_ok());
                if once.recorded {
                    assert!(writes > 0);
                    return;
                }
            }
            Err(CallError::Store(_)) => assert_eq!(sandbox.ledger().count("POST", CONSENTS), 0),
            Err(other) => panic!("{writes} writes: {other}"),
        }
    }
}
