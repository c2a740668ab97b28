//! `openpayments baskets delete`.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::stop;
use crate::views::baskets::Deleted;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom, _) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let call = stop::not_to_be_cut_off(bank.delete_basket(&id));
    connection.output.waiting("Taking the basket apart", call).await?;
    Memory::open(connection)?.forget_basket(&id).await;
    connection.output.answer(&Deleted { basket: id, deleted: true });
    Ok(())
}
