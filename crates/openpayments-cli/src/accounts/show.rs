//! `openpayments accounts show`.

use super::One;
use crate::connection::Connection;
use crate::views::accounts::Shown;

pub(crate) async fn run(one: &One, connection: &Connection) -> anyhow::Result<()> {
    let (consent, bank) = one.by.open(connection).await?;
    let account =
        connection.output.waiting("Reading the account", bank.account(&consent, &one.account)).await?;
    connection.output.answer(&Shown::of(account, one.by.full_numbers));
    Ok(())
}
