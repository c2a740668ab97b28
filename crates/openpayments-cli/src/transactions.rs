//! `openpayments transactions`: what has happened on an account.

mod export;
mod list;
mod period;
mod place;

pub(crate) use self::export::Format;
pub(crate) use self::period::Read;
pub(crate) use self::place::Place;
use crate::arguments::Options;
use crate::connection::Connection;
use crate::consents;
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List transactions.
    List(list::Arguments),
    /// Write transactions for other programs, as CSV, JSON lines or a statement's table.
    Export(export::Arguments),
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::List(arguments) => list::run(&arguments, &connection).await,
        Command::Export(arguments) => export::run(&arguments, &connection).await,
    }
    .map_err(consents::advise)
}
