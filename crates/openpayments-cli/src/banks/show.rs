//! `openpayments banks show`.

use openpayments::prelude::{BicFi, Context};

use crate::connection::Connection;
use crate::views::banks::Shown;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The bank's BIC.
    bic: BicFi,
    /// The directory for personal or for business accounts: private or corporate.
    #[arg(long, value_name = "CONTEXT")]
    context: Option<Context>,
}

pub(crate) async fn run(arguments: Arguments, connection: &Connection) -> anyhow::Result<()> {
    let directory = connection.client.directory(connection.context(arguments.context)?);
    let bank = connection.output.waiting("Reading the bank directory", directory.bank(arguments.bic)).await?;
    connection.output.answer(&Shown::of(bank));
    Ok(())
}
