//! A payment from first to last: checked, created, signed, followed until the bank says that it is settled.
use openpayments::model::payment::PaymentOrder as _;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    println!("The payment is {}.", pay(&client).await?);
    Ok(())
}

pub(crate) async fn pay(client: &Client) -> anyhow::Result<TransactionStatus> {
    // ANCHOR: payment
    // Wrong check digits, a third decimal, a text that is too long: refused here, with the field named.
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "125.50")?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Creditor AB",
    )?
    .remittance("Invoice 1")?;
    // ANCHOR_END: payment
    // ANCHOR: create
    let terms = payment.terms();
    // The person's address is demanded of every payment.
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    // Sent once, whatever happens. No money moves before it is signed.
    let created = bank.create_payment(payment).await?;
    for warning in &created.warnings {
        println!("the bank warns: {}", warning.code);
    }
    let payment = created.body.payment;
    // ANCHOR_END: create
    // ANCHOR: sign
    // Read back from the bank first: if it keeps another amount or account than was asked for, nothing is signed.
    let mut sca = bank
        .authorise(payment.clone())
        .expecting(terms)
        .method(MethodPreference::OtherDevice)
        .start()
        .await?;
    while let Some(event) = sca.next().await? {
        match event {
            ScaEvent::ShowQr(frame) => println!("{}", frame.to_unicode()),
            ScaEvent::Progress(step) => println!("{}", step.psu_prompt(Lang::En)),
            _ => {}
        }
    }
    sca.into_outcome().into_result()?;
    // ANCHOR_END: sign
    // ANCHOR: follow
    // Signed is not settled: some banks take minutes.
    let mut follower = bank.follow(&payment);
    let mut status = TransactionStatus::Received;
    while let Some(answer) = follower.next().await? {
        status = answer.body.transaction_status;
        println!("{status}");
    }
    // ANCHOR_END: follow
    Ok(status)
}
