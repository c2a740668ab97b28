//! `openpayments banks`: the bank directory.

mod list;
mod show;

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List banks.
    List(list::Arguments),
    /// Show one bank in full.
    Show(show::Arguments),
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::List(arguments) => list::run(arguments, &connection).await,
        Command::Show(arguments) => show::run(arguments, &connection).await,
    }
}
