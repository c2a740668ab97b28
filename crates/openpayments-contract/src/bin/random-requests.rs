//! Sends the sandbox requests that nobody wrote, drawn by Schemathesis from OpenAPI files: none may be answered by a fault
//! of the server. `cargo xtask fuzz` starts it with all it needs.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use openpayments::api::CallContext;
use openpayments::api::token::ClientCredentialsGrant;
use openpayments::prelude::*;
use openpayments::transport_reqwest::Trust;
use openpayments_sandbox::Sandbox;
use secrecy::ExposeSecret as _;
use tokio::process::Command;

#[derive(Debug, Parser)]
#[command(name = "random-requests")]
struct Arguments {
    /// Schemathesis' script, started with `python3`.
    #[arg(long)]
    schemathesis: PathBuf,
    /// Where its packages are.
    #[arg(long)]
    packages: PathBuf,
    /// The vendor's OpenAPI file; without it, the sandbox's own is all that is drawn from.
    #[arg(long)]
    document: Option<PathBuf>,
    /// How long each of the two or three runs may take.
    #[arg(long, default_value_t = 25)]
    seconds: u32,
    /// Makes the draw repeatable.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What every call needs before its body is looked at.
const GUARDS: [&str; 4] = [
    "X-Request-ID: 7f3f1f0e-58a6-4d3e-8f39-1f3a3d9f0c11",
    "X-BicFi: ESSESESS",
    "PSU-IP-Address: 127.0.0.1",
    "PSU-Corporate-ID: 9999999990",
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let sandbox = Sandbox::start().await?;
    let token = format!("Authorization: Bearer {}", token(&sandbox).await?);
    let own = sandbox.api_url().join("openapi.json")?.to_string();

    let mut passed = true;
    // Its own description is held to its word: every answer has a status and a shape that it names.
    let conform =
        "not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance";
    let run = ["--phases", "coverage,fuzzing,stateful", "--checks", conform];
    passed &= draw(&arguments, &own, None, &run, &[&token]).await?;
    if let Some(document) = &arguments.document {
        let file = document.as_os_str().to_owned();
        let base = Some(sandbox.api_url().join("psd2")?.to_string());
        let run = ["--phases", "coverage,fuzzing", "--checks", "not_a_server_error"];
        passed &= draw(&arguments, &file, base.as_deref(), &run, &[&token]).await?;
        // The same once more with good headers, so that more of it gets as far as the bodies.
        let run = ["--phases", "fuzzing", "--checks", "not_a_server_error"];
        let headers = [&GUARDS[..], &[&token]].concat();
        passed &= draw(&arguments, &file, base.as_deref(), &run, &headers).await?;
    }

    let requests = sandbox.ledger().requests();
    let faults: Vec<_> = requests.iter().filter(|seen| seen.status >= 500).collect();
    let mut out = io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{} {} was answered {}", fault.method, fault.template, fault.status)?;
    }
    writeln!(
        out,
        "of the last {} requests, {} were answered by a fault of the server",
        requests.len(),
        faults.len()
    )?;
    Ok(if passed && faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A token for everything, in the context that most of the vendor's examples are in.
async fn token(sandbox: &Sandbox) -> Result<String> {
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url())?;
    let credentials = || Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let client = Client::builder(environment, credentials()).trust(Trust::Nobody).build()?;
    let scopes: ScopeSet = "aspspinformation accountinformation paymentinitiation corporate".parse()?;
    let context = CallContext::directory(Context::Corporate);
    let credentials = credentials();
    let answer = client.caller().call(&ClientCredentialsGrant::new(&credentials, &scopes), &context).await?;
    Ok(answer.body.secret.expose_secret().to_owned())
}

/// One run of Schemathesis; whether it found nothing.
async fn draw(
    arguments: &Arguments,
    document: impl Into<OsString>,
    base: Option<&str>,
    run: &[&str],
    headers: &[&str],
) -> Result<bool> {
    // It leaves a database of what it drew where it runs.
    let folder = tempfile::tempdir().context("no place for what Schemathesis leaves behind")?;
    let mut command = Command::new("python3");
    command.arg(&arguments.schemathesis).arg("run").arg(document.into()).args(run);
    command.args(base.into_iter().flat_map(|base| ["--url", base]));
    command.args(headers.iter().flat_map(|header| ["--header", header]));
    command.args(["--max-time", &arguments.seconds.to_string(), "--seed", &arguments.seed.to_string()]);
    // One worker: with more, Python 3.11 loses count of its recursion in the reading of lambdas now and then.
    command.args(["--max-examples", "20", "--workers", "1", "--warnings", "off", "--no-color"]);
    command.env("PYTHONPATH", &arguments.packages).current_dir(folder.path());
    let status = command.status().await.context("`python3` cannot be started")?;
    Ok(status.success())
}
