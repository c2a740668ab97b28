//! `openpayments consents show`.

use super::Named;
use crate::connection::Connection;
use crate::views::consents::Shown;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let consent = connection.output.waiting("Reading the consent", bank.consent(&id)).await?;
    connection.output.answer(&Shown::of(id, &whom, consent));
    Ok(())
}
