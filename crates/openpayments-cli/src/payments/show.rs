//! `openpayments payments show`.

use super::Named;
use crate::connection::Connection;
use crate::views::payments::Shown;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (payment, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let stored = connection.output.waiting("Reading the payment", bank.payment(&payment)).await?;
    connection.output.answer(&Shown::of(payment, stored));
    Ok(())
}
