//! `openpayments transactions list`.

use jiff::civil::Date;

use super::period::Period;
use crate::accounts::ByConsent;
use crate::connection::Connection;
use crate::views::transactions::Transactions;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// The first day; a month ago if it is not given.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    #[command(flatten)]
    by: ByConsent,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let (consent, bank) = arguments.by.open(connection).await?;
    let from = arguments.from.map_or_else(|| Period::usual_start(connection), Ok)?;
    let read = arguments.period.read(connection, &bank, consent, from).await?;
    connection.output.answer(&Transactions::of(&arguments.period.account, from, read));
    Ok(())
}
