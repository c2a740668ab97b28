//! `openpayments baskets list`: what is remembered here; no bank is asked.

use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::baskets::Baskets;

pub(crate) fn run(connection: &Connection) -> anyhow::Result<()> {
    let baskets = Memory::open(connection)?.baskets()?;
    connection.output.answer(&Baskets::of(&baskets));
    Ok(())
}
