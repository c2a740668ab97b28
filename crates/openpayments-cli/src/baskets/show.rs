//! `openpayments baskets show`.

use super::Named;
use crate::connection::Connection;
use crate::views::baskets::Shown;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom, _) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let basket = connection.output.waiting("Reading the basket", bank.basket(&id)).await?;
    connection.output.answer(&Shown::of(id, basket));
    Ok(())
}
