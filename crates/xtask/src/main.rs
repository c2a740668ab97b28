//! `cargo xtask <job>`.

use std::process::ExitCode;

use clap::Parser;
use xtask::Job;

/// The jobs people run are the jobs CI runs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[expect(clippy::print_stderr, reason = "a command tells its failure there")]
fn main() -> ExitCode {
    match Arguments::parse().job.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
