//! `openpayments payments list`: what is remembered here; no bank is asked.

use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::payments::Payments;

pub(crate) async fn run(connection: &Connection) -> anyhow::Result<()> {
    let payments = Memory::open(connection)?.kept_payments().await?;
    connection.output.answer(&Payments::of(&payments));
    Ok(())
}
