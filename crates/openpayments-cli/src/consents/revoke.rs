//! `openpayments consents revoke`.

use openpayments::model::status::ConsentStatus;

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::stop;
use crate::views::consents::Revoked;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let call = stop::not_to_be_cut_off(bank.delete_consent(&id));
    let done = connection.output.waiting("Ending the consent", call).await?;
    Memory::open(connection)?.note_consent(&id, &ConsentStatus::TerminatedByTpp).await?;
    connection.output.answer(&Revoked::of(id, &done));
    Ok(())
}
