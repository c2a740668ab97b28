//! `openpayments accounts balances`.

use super::One;
use crate::connection::Connection;
use crate::views::accounts::Balances;

pub(crate) async fn run(one: &One, connection: &Connection) -> anyhow::Result<()> {
    let (consent, bank) = one.by.open(connection).await?;
    let read = bank.balances(&consent, &one.account);
    let balances = connection.output.waiting("Reading the balances", read).await?;
    connection.output.answer(&Balances::of(&one.account, balances));
    Ok(())
}
