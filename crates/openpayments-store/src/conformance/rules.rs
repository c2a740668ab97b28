//! What the rules on top of a store come to over this one.

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::account::AccountReference;
use openpayments_model::payment::{DebtorAccount, DomesticPayment};
use openpayments_model::{Amount, BicFi, Iban};
use openpayments_sca::{SessionRecord, SessionStore, Taken};

use super::{Broken, MANY, promise};
use crate::{Begun, Kind, PaymentIntent, Payments, Sessions, Store, StoreError};

const KEY: &str = "conformance";

pub(super) async fn one_of_many_sends_a_payment(store: &Arc<dyn Store>) -> Result<(), Broken> {
    let payments = Payments::in_store(Arc::clone(store));
    let payment = payment().map_err(StoreError::failed)?;
    let bank = BicFi::parse("ESSESESS").map_err(StoreError::failed)?;
    let intent = PaymentIntent::new(KEY, bank, &payment, Timestamp::UNIX_EPOCH)?;
    // A key that was free before is no other than a new one.
    for _ in 0..2 {
        let begin = |_| {
            let (payments, intent) = (payments.clone(), intent.clone());
            tokio::spawn(async move { payments.begin(&intent).await })
        };
        let tasks: Vec<_> = (0..MANY).map(begin).collect();
        let mut attempts = Vec::new();
        for task in tasks {
            if let Begun::Now(attempt) = task.await.map_err(StoreError::failed)?? {
                attempts.push(attempt);
            }
        }
        let [attempt] = attempts.as_slice() else {
            return promise(false, "of many who begin a payment one may send it");
        };
        payments.refused(attempt).await?;
        promise(payments.get(KEY).await?.is_none(), "a payment that was refused is forgotten")?;
    }
    Ok(store.remove(Kind::Payment, KEY).await?)
}

fn payment() -> Result<DomesticPayment, openpayments_model::InvalidValue> {
    let creditor = AccountReference::iban(&Iban::parse("SE2550000000054400047903")?);
    let debtor = DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?);
    DomesticPayment::new(debtor, Amount::parse("SEK", "1.00")?, creditor, "Made-up Creditor AB")
}

pub(super) async fn one_of_many_takes_a_state(store: &Arc<dyn Store>) -> Result<(), Broken> {
    let (id, state) = ("0".repeat(32), "0".repeat(64));
    let json = format!(r#"{{"version":1,"id":"{id}","expiresAt":4102444800,"state":"{state}"}}"#);
    let record = SessionRecord::from_bytes(json.as_bytes()).map_err(StoreError::failed)?;
    let hash = record.state().ok_or(Broken::Promise("a record that waits for a callback has a state"))?;
    let sessions = Sessions::in_store(Arc::clone(store));
    sessions.put(record.clone()).await.map_err(StoreError::failed)?;
    for _ in 0..2 {
        let take = |_| {
            let sessions = sessions.clone();
            tokio::spawn(async move { sessions.take_by_state(&hash).await })
        };
        let tasks: Vec<_> = (0..MANY).map(take).collect();
        let mut winners = 0;
        for task in tasks {
            let taken = task.await.map_err(StoreError::failed)?.map_err(StoreError::failed)?;
            winners += usize::from(matches!(taken, Taken::Now(_)));
        }
        promise(winners == 1, "of many copies of a callback one takes its state")?;
        sessions.give_back(&hash).await.map_err(StoreError::failed)?;
    }
    sessions.remove(record.id()).await.map_err(StoreError::failed)?;
    Ok(store.remove(Kind::State, &hash.to_string()).await?)
}
