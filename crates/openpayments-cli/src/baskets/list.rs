//! `openpayments baskets list`: what is remembered here; no bank is asked.

use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::baskets::Baskets;

pub(crate) async fn run(connection: &Connection) -> anyhow::Result<()> {
    let baskets = Memory::open(connection)?.baskets().await?;
    connection.output.answer(&Baskets::of(&baskets));
    Ok(())
}
