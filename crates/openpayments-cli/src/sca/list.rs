//! `openpayments sca list`.

use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::sca::Signatures;

pub(crate) async fn run(connection: &Connection) -> anyhow::Result<()> {
    let sessions = Memory::open(connection)?.sessions(connection).await?;
    connection.output.answer(&Signatures::of(&sessions));
    Ok(())
}
