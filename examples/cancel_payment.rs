//! A payment that is taken back: before it is signed, and after, where the bank wants the cancellation signed too.
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use openpayments::api::payment::Cancellation;
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    println!("unsigned: {}", cancel(&client, false).await?);
    println!("signed:   {}", cancel(&client, true).await?);
    Ok(())
}

pub(crate) async fn cancel(client: &Client, signed: bool) -> anyhow::Result<TransactionStatus> {
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let psu = psu.user_agent("openpayments-examples")?;
    let bank = client.bank(BicFi::parse("SWEDSESS")?, Context::Private).psu(psu).redirect_preferred(false);
    let tomorrow = client.caller().clock().wall().to_zoned(TimeZone::UTC).date().saturating_add(1.day());
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "75.00")?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Creditor AB",
    )?
    .requested_execution_date(tomorrow);
    let payment = bank.create_payment(payment).await?.body.payment;
    if signed {
        sign(&bank, &payment).await?;
    }
    // ANCHOR: cancel
    match bank.cancel_payment(&payment).await?.body {
        Cancellation::Done => println!("cancelled"),
        // The person signs the cancellation as the payment was signed.
        Cancellation::MustBeSigned(_) => {
            let subject = payment.cancellation();
            let mut sca = bank.authorise(subject).method(MethodPreference::OtherDevice).start().await?;
            while sca.next().await?.is_some() {}
            sca.into_outcome().into_result()?;
        }
        _ => println!("read the status"),
    }
    let status = bank.payment_status(&payment).await?.body.transaction_status;
    // ANCHOR_END: cancel
    Ok(status)
}

async fn sign(bank: &Bank, payment: &PaymentRef) -> anyhow::Result<()> {
    let mut sca = bank.authorise(payment.clone()).method(MethodPreference::OtherDevice).start().await?;
    while sca.next().await?.is_some() {}
    sca.into_outcome().into_result()?;
    Ok(())
}
