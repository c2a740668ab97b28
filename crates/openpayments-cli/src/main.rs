//! The `openpayments` command: the whole journey, and the local platform, from a terminal.

mod demo;
mod sandbox;
mod stop;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::stop::Stop;

/// Bank accounts and payments over the Open Payments platform.
#[derive(Debug, Parser)]
#[command(name = "openpayments", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Walk the whole journey on a local platform: banks, consent, accounts, payments.
    Demo(demo::Arguments),
    /// Run the local platform until it is stopped.
    Sandbox(sandbox::Arguments),
}

/// Stopped by the person at the keyboard.
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            terminal::error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => {
            let mut stop = Stop::listen()?;
            // Dropping the journey stops its platform and closes its sockets.
            tokio::select! {
                done = demo::run(arguments) => done?,
                () = stop.asked() => return Ok(ExitCode::from(INTERRUPTED)),
            }
        }
        Command::Sandbox(arguments) => sandbox::run(arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}
