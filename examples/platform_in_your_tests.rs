//! Your own code under test against a whole platform of the test's own: an answer is lost, half a year goes by.
// ANCHOR: uses
use std::time::Duration;

use openpayments::prelude::*;
use openpayments_sandbox::{Fault, Sandbox};
// ANCHOR_END: uses

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    a_lost_answer_leaves_one_payment().await?;
    a_consent_ends_with_its_time().await?;
    println!("Both tests pass.");
    Ok(())
}

// ANCHOR: platform
async fn platform() -> anyhow::Result<(Sandbox, Bank)> {
    let sandbox = Sandbox::start().await?;
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url())?;
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let client = Client::builder(environment, credentials).build()?;
    let psu = Psu::new().id(PsuId::parse("99990101000")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    Ok((sandbox, bank))
}
// ANCHOR_END: platform

pub(crate) async fn a_lost_answer_leaves_one_payment() -> anyhow::Result<()> {
    let (sandbox, bank) = platform().await?;
    // ANCHOR: fault
    // The platform acts, and the connection is reset before the answer.
    sandbox.faults().script(Fault::lose_answer().operation("initiatePayment"))?;
    let Err(error) = bank.create_payment(payment()?).await else { anyhow::bail!("no answer was lost") };
    // ANCHOR_END: fault
    // ANCHOR: error
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.bank_may_have_acted());
    // For the log, for support, and for whoever has to decide now.
    println!("{error}");
    println!("request: {:?}", error.request_id());
    println!("now: {}", error.advice());
    // ANCHOR_END: error
    // ANCHOR: ledger
    // It was sent once, and nobody has paid.
    let created = "/psd2/paymentinitiation/v1/payments/{payment-product}";
    assert_eq!(sandbox.ledger().count("POST", created), 1);
    assert!(sandbox.ledger().bookings().is_empty());
    // ANCHOR_END: ledger
    Ok(())
}

pub(crate) async fn a_consent_ends_with_its_time() -> anyhow::Result<()> {
    let (sandbox, bank) = platform().await?;
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?.body.consent_id;
    let mut sca = bank.authorise(consent.clone()).method(MethodPreference::OtherDevice).start().await?;
    while sca.next().await?.is_some() {}
    sca.into_outcome().into_result()?;
    // ANCHOR: clock
    assert!(bank.accounts(&consent).await.is_ok());
    sandbox.clock().advance(Duration::from_hours(24 * 200));
    let refused = bank.accounts(&consent).await.err().map(|error| error.kind());
    assert_eq!(refused, Some(ErrorKind::ConsentExpired));
    // ANCHOR_END: clock
    Ok(())
}

fn payment() -> Result<DomesticPayment, InvalidValue> {
    DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "1.00")?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Creditor AB",
    )
}
