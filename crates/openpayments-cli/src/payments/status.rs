//! `openpayments payments status`.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::payments::Status;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (payment, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let state = connection.output.waiting("Asking for the status", bank.payment_status(&payment)).await?;
    if let Some(mut kept) = named.kept(connection).await? {
        kept.status = Some(state.body.transaction_status.clone());
        Memory::open(connection)?.keep_payment(&kept).await?;
    }
    connection.output.answer(&Status::of(payment, state));
    Ok(())
}
