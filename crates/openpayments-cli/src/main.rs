//! The `openpayments` command: banks, consents, accounts and payments, and the local platform, from a terminal.

mod accounts;
mod arguments;
mod at_bank;
mod banks;
mod baskets;
mod call;
mod callback;
mod calls;
mod completions;
mod connection;
mod consents;
mod demo;
mod doctor;
mod exit;
mod failure;
mod keyring;
mod kyc;
mod local;
mod manual;
mod memory;
mod money;
mod output;
mod payments;
mod places;
mod plan;
mod problem;
mod sandbox;
mod sca;
mod secret;
mod settings;
mod signing;
mod stop;
mod table;
mod terminal;
mod token;
mod transactions;
mod views;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;
use openpayments::client::{Clock, SystemClock};
use tokio::runtime::Runtime;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{OrProblem, Problem};
use crate::stop::Stop;

/// How long an interruption waits for the answer to a call that cannot be repeated.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let arguments = match parse(&words) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let output = arguments.options.output();
    match on_runtime(run(arguments, output)) {
        Ok(code) => code,
        Err(error) => {
            output.failure(&error);
            Exit::of(&error).into()
        }
    }
}

fn on_runtime<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = Runtime::new().or_problem(|| Problem::new(Exit::Machine, "threads cannot be started"))?;
    let done = runtime.block_on(work);
    // A question that is still open would keep it until somebody answers.
    runtime.shutdown_background();
    done
}

/// The arguments, or how it ends without them: they are wrong, or help was asked for.
fn parse(words: &[OsString]) -> Result<Arguments, ExitCode> {
    let texts: Vec<_> = words.iter().skip(1).map(|word| word.to_string_lossy()).collect();
    let output = Output::new(texts.iter().any(|word| word == "--json"), false, arguments::lang_of_locale());
    if let Err(problem) = secret::refuse_on_command_line(texts.iter().map(AsRef::as_ref)) {
        output.failure(&problem.into());
        return Err(Exit::Usage.into());
    }
    Arguments::try_parse_from(words).map_err(|error| {
        let asked_for_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if output.is_json() && !asked_for_help {
            let told = error.to_string();
            let first = told.lines().next().unwrap_or_default().trim_start_matches("error: ");
            output.failure(&Problem::usage(first).next("see openpayments --help").into());
        } else {
            // A reader that has gone away is no failure.
            let _ = error.print();
        }
        if asked_for_help { ExitCode::SUCCESS } else { Exit::Usage.into() }
    })
}

async fn run(arguments: Arguments, output: Output) -> anyhow::Result<ExitCode> {
    let Arguments { options, command } = arguments;
    if let Command::Sandbox(arguments) = command {
        sandbox::run(arguments, output).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if options.verbose && !matches!(command, Command::Demo(_)) {
        calls::show_on_standard_error();
    }
    let mut stop = Stop::listen()?;
    let mut work = Box::pin(async {
        match command {
            Command::Banks(command) => banks::run(command, &options, output).await,
            Command::Consents(command) => consents::run(command, &options, output).await,
            Command::Accounts(command) => accounts::run(command, &options, output).await,
            Command::Transactions(command) => transactions::run(command, &options, output).await,
            Command::Payments(command) => Box::pin(payments::run(command, &options, output)).await,
            Command::Baskets(command) => Box::pin(baskets::run(command, &options, output)).await,
            Command::Sca(command) => sca::run(command, &options, output).await,
            Command::Kyc(command) => kyc::run(command, &options, output).await,
            Command::Token(arguments) => token::run(arguments, &options, output).await,
            Command::Call(arguments) => call::run(arguments, &options, output).await,
            Command::Doctor => return doctor::run(&options, output).await,
            Command::Demo(arguments) => demo::run(arguments, output).await,
            Command::Completions(arguments) => {
                completions::run(&arguments, output);
                Ok(())
            }
            Command::Manual(arguments) => manual::run(&arguments, output),
            // Was run above.
            Command::Sandbox(_) => Ok(()),
        }?;
        Ok(ExitCode::SUCCESS)
    });
    // Dropping the work closes its sockets, and stops the platform of the demo.
    tokio::select! {
        done = &mut work => return done,
        () = stop.asked() => {}
    }
    if stop::must_not_be_cut_off() {
        terminal::note("waiting for the answer to a call that cannot be repeated; Ctrl-C again leaves now");
        let clock = SystemClock::new();
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = stop::settled() => {}
            () = stop.asked() => {}
            () = clock.sleep(PATIENCE) => {}
        }
    }
    let next = stop::how_to_go_on();
    // What is drawn is taken away before anything is said.
    drop(work);
    Err(Problem::new(Exit::Interrupted, "interrupted").next(next).into())
}
