//! `openpayments banks`: the bank directory.

mod explain;
mod list;
mod show;

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::Output;
use crate::plan::Plan;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List banks.
    List(list::Arguments),
    /// Show one bank in full.
    Show(show::Arguments),
    /// Tell what a bank demands and how it signs, from what is known of it; nobody is asked.
    Explain(explain::Arguments),
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    if let Command::Explain(arguments) = command {
        return explain::run(&arguments, &Plan::of(options)?, output);
    }
    let connection = Connection::open(options, output)?;
    match command {
        Command::List(arguments) => list::run(arguments, &connection).await,
        Command::Show(arguments) => show::run(arguments, &connection).await,
        // Was run above, without a connection.
        Command::Explain(_) => Ok(()),
    }
}
