//! `openpayments sca`: signatures that were begun and not ended.

mod list;
mod resume;

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the signatures that have not ended.
    List,
    /// Go on with a signature where it was.
    Resume(resume::Arguments),
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::List => list::run(&connection).await,
        Command::Resume(arguments) => resume::run(arguments, &connection).await,
    }
}
