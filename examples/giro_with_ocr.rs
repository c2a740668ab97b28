//! A Swedish invoice: a bankgiro number and an OCR reference, each with a check digit that catches a slip of the pen.
use openpayments::model::identifier::{Bankgiro, OcrReference};
use openpayments::model::payment::SwedishGiroPayment;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    println!("The bank says {}.", pay_invoice(&client).await?);
    Ok(())
}

pub(crate) async fn pay_invoice(client: &Client) -> anyhow::Result<String> {
    // ANCHOR: giro
    // One digit wrong, and nothing is sent.
    if let Err(slip) = OcrReference::parse("1234567890") {
        println!("{slip}");
    }
    let invoice = SwedishGiroPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "349.00")?,
        Bankgiro::parse("5050-1055")?,
        "Made-up Electricity AB",
        OcrReference::parse("1234567897")?,
    )?;
    // ANCHOR_END: giro
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    let payment = bank.create_payment(invoice).await?.body.payment;
    let mut sca = bank.authorise(payment.clone()).method(MethodPreference::OtherDevice).start().await?;
    while sca.next().await?.is_some() {}
    sca.into_outcome().into_result()?;
    Ok(bank.payment_status(&payment).await?.body.transaction_status.to_string())
}
