//! One payment of each product. Each is a type of its own, so that none can be sent to another's path.
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use openpayments::model::identifier::CountryCode;
use openpayments::model::payment::{
    Address, Bulk, BulkEntry, Domestic, Frequency, InternationalPayment, PaymentRef, Periodic,
    SepaCreditTransfer,
};
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    for payment in one_of_each(&client).await? {
        println!("{}", payment.path);
    }
    Ok(())
}

pub(crate) async fn one_of_each(client: &Client) -> anyhow::Result<Vec<PaymentRef>> {
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    let iban = Iban::parse("SE4550000000058398257466")?;
    let (debtor, account) = (DebtorAccount::iban(&iban), AccountReference::iban(&iban));
    let savings = AccountReference::iban(&Iban::parse("SE2550000000054400047903")?);
    let today = client.caller().clock().wall().to_zoned(TimeZone::UTC).date();
    let mut created = Vec::new();

    // ANCHOR: domestic
    let domestic = DomesticPayment::new(
        debtor.clone(),
        Amount::parse("SEK", "100.00")?,
        savings.clone(),
        "Made-up Creditor AB",
    )?
    .requested_execution_date(today.saturating_add(1.day()));
    created.push(bank.create_payment(domestic).await?.body.payment);
    // ANCHOR_END: domestic
    // ANCHOR: sepa
    // Euro, to an IBAN. A domestic payment in euro is refused before it is sent.
    let finnish = AccountReference::iban(&Iban::parse("FI2112345600000785")?);
    let sepa =
        SepaCreditTransfer::new(debtor.clone(), Amount::parse("EUR", "20.00")?, finnish, "Keksitty Oy")?
            .end_to_end_identification("made-up-0001")?;
    created.push(bank.create_payment(sepa).await?.body.payment);
    // ANCHOR_END: sepa
    // ANCHOR: international
    let british = AccountReference::iban(&Iban::parse("GB33BUKB20201555555555")?);
    let international =
        InternationalPayment::new(debtor.clone(), Amount::parse("GBP", "15.00")?, british, "Made-up Ltd")?
            .creditor_agent(BicFi::parse("BUKBGB22")?)
            .creditor_address(Address::new(CountryCode::parse("GB")?).with_city("London")?);
    created.push(bank.create_payment(international).await?.body.payment);
    // ANCHOR_END: international
    // ANCHOR: periodic
    let rent = Periodic::<Domestic>::new(
        account.clone(),
        Amount::parse("SEK", "8500.00")?,
        savings.clone(),
        "Made-up Landlord AB",
        today.saturating_add(7.days()),
        Frequency::Monthly,
    )?
    .day_of_execution(25)?;
    created.push(bank.create_payment(rent).await?.body.payment);
    // ANCHOR_END: periodic
    // ANCHOR: bulk
    let salary = |amount| BulkEntry::new(Amount::parse("SEK", amount)?, savings.clone(), "Påhittad Person");
    let salaries = Bulk::<Domestic>::new(account, vec![salary("100.00")?, salary("200.00")?])?
        .batch_booking_preferred(true);
    created.push(bank.create_payment(salaries).await?.body.payment);
    // ANCHOR_END: bulk
    Ok(created)
}
