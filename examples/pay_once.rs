//! An order that is paid once, whoever asks and however often: what is about to be sent is kept before it is sent.
use std::sync::Arc;

use openpayments::model::identifier::ConsentId;
use openpayments::model::payment::PaymentRef;
use openpayments::prelude::*;
use openpayments::store::{OnceError, Payments, Reconciled, SqliteStore};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    println!("Asked for twice, it is one payment: {}.", pay_twice(&client).await?.id);
    Ok(())
}

pub(crate) async fn pay_twice(client: &Client) -> anyhow::Result<PaymentRef> {
    let folder = tempfile::tempdir()?;
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    // ANCHOR: open
    let store = SqliteStore::open(folder.path().join("openpayments.sqlite"))?;
    let payments = Payments::in_store(Arc::new(store));
    // ANCHOR_END: open
    let first = pay(&bank, &payments).await?;
    let again = pay(&bank, &payments).await?;
    anyhow::ensure!(first == again, "two payments for one order");
    look(&bank, &payments, None).await?;
    Ok(first)
}

async fn pay(bank: &Bank, payments: &Payments) -> anyhow::Result<PaymentRef> {
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "125.50")?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Creditor AB",
    )?;
    // ANCHOR: once
    match bank.create_payment_once(payments, "order-4711", payment).await {
        // Created just now or by an earlier call: the same payment, to be signed.
        Ok(once) => Ok(once.payment),
        // An earlier call got no answer. Nothing was sent now; somebody has to look.
        Err(OnceError::MayExist(intent)) => anyhow::bail!("look for what was begun at {}", intent.begun_at),
        Err(error) => Err(error.into()),
    }
    // ANCHOR_END: once
}

/// With a consent for the account that pays, it can be looked for there too.
async fn look(bank: &Bank, payments: &Payments, consent: Option<&ConsentId>) -> anyhow::Result<()> {
    // ANCHOR: look
    match bank.reconcile_payment(payments, "order-4711", consent).await? {
        Reconciled::Found { payment, state } => println!("{} is {}", payment.id, state.transaction_status),
        Reconciled::Seen { entries, by_reference: true } => println!("paid: {} entries", entries.len()),
        Reconciled::Seen { entries, .. } => println!("{} entries for a person to look at", entries.len()),
        // That does not say that there is none.
        _ => println!("not found yet"),
    }
    // ANCHOR_END: look
    Ok(())
}
