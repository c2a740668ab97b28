//! A month of transactions of every account, as CSV: page by page, all of it or an error.
use std::io::Write;

use futures_util::TryStreamExt as _;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use openpayments::model::account::AccountNumber;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    let rows = export(&client, std::io::stdout().lock()).await?;
    eprintln!("{rows} transactions");
    Ok(())
}

pub(crate) async fn export(client: &Client, to: impl Write) -> anyhow::Result<usize> {
    let psu = Psu::new().id(PsuId::parse("99990101000")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?.body.consent_id;
    let mut sca = bank.authorise(consent.clone()).method(MethodPreference::OtherDevice).start().await?;
    while sca.next().await?.is_some() {}
    sca.into_outcome().into_result()?;

    // ANCHOR: export
    let today = client.caller().clock().wall().to_zoned(TimeZone::UTC).date();
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["account", "booked", "amount", "currency", "text"])?;
    let mut rows = 0;
    for account in bank.accounts(&consent).await?.body {
        let number = account.iban.as_ref().or(account.bban.as_ref()).map(AccountNumber::as_str);
        let list =
            ListTransactions::new(consent.clone(), account.resource_id, today.saturating_sub(30.days()));
        // Pages are fetched as they are needed. A page that fails ends it with an error: a short list never looks whole.
        let mut booked = std::pin::pin!(bank.transactions(list).into_booked());
        while let Some(row) = booked.try_next().await? {
            csv.write_record([
                number.unwrap_or_default(),
                &row.booking_date.map(|day| day.to_string()).unwrap_or_default(),
                &row.transaction_amount.value().to_string(),
                row.transaction_amount.currency().as_str(),
                row.remittance_information_unstructured.as_deref().unwrap_or_default(),
            ])?;
            rows += 1;
        }
    }
    csv.flush()?;
    // ANCHOR_END: export
    Ok(rows)
}
