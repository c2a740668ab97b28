//! Judges both sides of the wire by the vendor's OpenAPI file: `cargo xtask contract` starts it with all it needs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use openpayments_contract::{Departures, Prism, Walk, table};

/// Sends every call of the client through Prism to the sandbox, and has the client read Prism's own answers.
#[derive(Debug, Parser)]
#[command(name = "openpayments-contract")]
struct Arguments {
    /// Prism's script, started with `node`.
    #[arg(long)]
    prism: PathBuf,
    /// The vendor's OpenAPI file.
    #[arg(long)]
    document: PathBuf,
    /// Generated answers that the client reads, for each call.
    #[arg(long, default_value_t = 20)]
    seeds: u32,
    /// Where the table of calls is: compared, or written with `--update`.
    #[arg(long)]
    calls: PathBuf,
    /// Writes the table of calls instead of comparing it.
    #[arg(long)]
    update: bool,
    /// Prints findings and calls as JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let prism = Prism::new(&arguments.prism, &arguments.document);
    let seen = Walk::start(&prism, arguments.seeds).await?.walk().await;
    let verdict = Departures::listed()?.judge(seen);

    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &verdict)?;
        writeln!(out)?;
    } else {
        write!(out, "{verdict}")?;
    }

    let page = table::page(&verdict.calls)?;
    let place = arguments.calls.display();
    if arguments.update {
        std::fs::write(&arguments.calls, page).with_context(|| format!("{place} cannot be written"))?;
    } else if std::fs::read_to_string(&arguments.calls).ok().as_deref() != Some(&page) {
        writeln!(out, "{place} is not what was seen; `cargo xtask contract --update` writes it anew")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(if verdict.passes() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
