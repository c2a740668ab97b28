//! `openpayments payments status`.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::payments::Status;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (payment, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let state = connection.output.waiting("Asking for the status", bank.payment_status(&payment)).await?;
    if let Some(kept) = named.kept(connection).await? {
        let status = &state.body.transaction_status;
        Memory::open(connection)?.note_payment(kept.key(), status).await?;
    }
    connection.output.answer(&Status::of(payment, state));
    Ok(())
}
