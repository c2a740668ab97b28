//! `openpayments consents status`.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::consents::Status;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let status = connection.output.waiting("Asking for the status", bank.consent_status(&id)).await?;
    Memory::open(connection)?.note_consent(&id, &status.body).await?;
    connection.output.answer(&Status::of(id, status.body, status.request_id));
    Ok(())
}
