//! `openpayments accounts list`.

use super::ByConsent;
use crate::connection::Connection;
use crate::views::accounts::Accounts;

pub(crate) async fn run(by: &ByConsent, connection: &Connection) -> anyhow::Result<()> {
    let (consent, bank) = by.open(connection).await?;
    let listed = connection.output.waiting("Reading the accounts", bank.accounts(&consent)).await?;
    connection.output.answer(&Accounts::of(listed, by.full_numbers));
    Ok(())
}
