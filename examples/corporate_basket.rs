//! A company pays three invoices and two people sign, each once for all of them.
use openpayments::api::kyc::KycStatus;
use openpayments::model::basket::BasketOrder;
use openpayments::model::identifier::{BasketId, CountryCode, PaymentId};
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    know_the_company(&client).await?;
    for status in pay_together(&client).await? {
        println!("{status}");
    }
    Ok(())
}

pub(crate) async fn know_the_company(client: &Client) -> anyhow::Result<KycStatus> {
    // ANCHOR: kyc
    let company = CorporateId::parse("5560160680")?;
    let form = client.start_kyc(company.clone(), CountryCode::parse("SE")?).await?.body;
    println!("to be filled in by the company: {}", form.expose());
    let status = client.kyc_status(company).await?.body;
    println!("{}", status.as_json());
    // ANCHOR_END: kyc
    Ok(status)
}

pub(crate) async fn pay_together(client: &Client) -> anyhow::Result<Vec<TransactionStatus>> {
    // ANCHOR: corporate
    // The company, and who acts for it: the same pair on every call.
    let company = CorporateId::parse("5560160680")?;
    let signer = |id: &str| -> anyhow::Result<Bank> {
        let psu = Psu::new().id(PsuId::parse(id)?).corporate_id(company.clone());
        let psu = psu.ip_address("192.0.2.1".parse()?);
        Ok(client.bank(BicFi::parse("ESSESESS")?, Context::Corporate).psu(psu))
    };
    let first = signer("99990101002")?;
    // ANCHOR_END: corporate
    // ANCHOR: basket
    let mut payments = Vec::new();
    for (amount, text) in [("1200.00", "Invoice 1"), ("340.50", "Invoice 2"), ("99.00", "Invoice 3")] {
        payments.push(first.create_payment(invoice(amount, text)?).await?.body.payment);
    }
    let order = BasketOrder::of_payments(payments.iter().map(id_of))?;
    let basket = first.create_basket(order).await?.body.basket_id;
    // ANCHOR_END: basket
    // ANCHOR: signers
    let outcome = sign(&first, &basket).await?;
    if let Outcome::NeedsAnotherSigner(status) = outcome {
        println!("one has signed: {status:?}");
        // Another person, with an authorisation of his own of the same basket; today or tomorrow.
        sign(&signer("99990101000")?, &basket).await?.into_result()?;
    } else {
        outcome.into_result()?;
    }
    // ANCHOR_END: signers
    // ANCHOR: statuses
    // The basket's status says that it was signed; each payment has its own.
    let mut statuses = Vec::new();
    for payment in &payments {
        let mut follower = first.follow(payment);
        while let Some(answer) = follower.next().await? {
            if answer.body.transaction_status.is_final() {
                statuses.push(answer.body.transaction_status);
            }
        }
    }
    // ANCHOR_END: statuses
    Ok(statuses)
}

fn invoice(amount: &str, text: &str) -> Result<DomesticPayment, InvalidValue> {
    DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", amount)?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Supplier AB",
    )?
    .remittance(text)
}

fn id_of(payment: &PaymentRef) -> PaymentId {
    payment.id.clone()
}

async fn sign(bank: &Bank, basket: &BasketId) -> anyhow::Result<Outcome> {
    let mut sca = bank.authorise(basket.clone()).method(MethodPreference::OtherDevice).start().await?;
    while let Some(event) = sca.next().await? {
        if let ScaEvent::Progress(step) = event {
            println!("{}", step.psu_prompt(Lang::En));
        }
    }
    Ok(sca.into_outcome())
}
