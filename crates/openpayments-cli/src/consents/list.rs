//! `openpayments consents list`: what is remembered here; no bank is asked.

use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::consents::Consents;

pub(crate) async fn run(connection: &Connection) -> anyhow::Result<()> {
    let consents = Memory::open(connection)?.kept_consents().await?;
    connection.output.answer(&Consents::of(&consents));
    Ok(())
}
