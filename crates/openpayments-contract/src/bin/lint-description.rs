//! Has Spectral lint the OpenAPI document that the sandbox serves. `cargo xtask wire` starts it with all it needs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use openpayments_sandbox::Sandbox;
use tokio::process::Command;

#[derive(Debug, Parser)]
#[command(name = "lint-description")]
struct Arguments {
    /// Spectral's script, started with `node`.
    #[arg(long)]
    spectral: PathBuf,
    /// By what it judges.
    #[arg(long)]
    rules: PathBuf,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let sandbox = Sandbox::start().await?;
    let document = sandbox.api_url().join("openapi.json")?;
    let mut command = Command::new("node");
    command.arg(&arguments.spectral).arg("lint").arg(document.as_str());
    // A warning is a failure, as everywhere.
    command.arg("--ruleset").arg(&arguments.rules).args(["--fail-severity", "warn"]);
    let status = command.status().await.context("`node` cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
