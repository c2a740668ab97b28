//! `openpayments sandbox`: the local platform alone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use openpayments_sandbox::{Approve, Sandbox};
use tracing_subscriber::EnvFilter;

use crate::stop::Stop;
use crate::terminal;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8780")]
    listen: SocketAddr,
    /// Serve HTTPS with a certificate of a CA made for this run; its path is printed.
    #[arg(long)]
    tls: bool,
    /// Who approves what is to be signed: `auto` after a moment, `manual` a person on the pages, or `auto` after so
    /// many milliseconds.
    #[arg(long, value_name = "auto|manual|MS", default_value = "auto", value_parser = approve)]
    approve: Approve,
    /// Makes the run repeatable.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// An address the PSU's browser may be sent back to, compared letter for letter; can be repeated.
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<url::Url>,
}

fn approve(text: &str) -> Result<Approve, String> {
    match text {
        "auto" => Ok(Approve::Auto),
        "manual" => Ok(Approve::Manual),
        ms => match ms.parse() {
            Ok(ms) => Ok(Approve::After(Duration::from_millis(ms))),
            Err(_) => Err("give auto, manual or a number of milliseconds".to_owned()),
        },
    }
}

/// Runs until a signal stops it.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();

    // Before anybody is told that it runs: who is told may stop it at once.
    let mut stop = Stop::listen()?;
    let mut builder =
        Sandbox::builder().listen(arguments.listen).approve(arguments.approve).seed(arguments.seed);
    if arguments.tls {
        builder = builder.tls();
    }
    for uri in &arguments.redirect_uri {
        builder = builder.redirect_uri(uri);
    }
    let sandbox = builder.start().await?;
    let ca = sandbox.ca_pem().map(CaFile::write).transpose()?;
    terminal::line(serde_json::json!({
        "ready": true,
        "auth_url": without_slash(sandbox.auth_url()),
        "api_url": without_slash(sandbox.api_url()),
        "client_id": sandbox.client_id(),
        "client_secret": sandbox.client_secret().expose(),
        "ca": ca.as_ref().map(|ca| &ca.path),
        "control_url": without_slash(sandbox.control_url()),
        "control_token": sandbox.control_token().expose(),
    }));
    stop.asked().await;
    sandbox.stop().await;
    Ok(())
}

/// As scripts like it: a path is put behind it.
fn without_slash(url: &url::Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// The CA's certificate in a file of this run; gone when it ends.
struct CaFile {
    path: PathBuf,
}

impl CaFile {
    fn write(pem: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("openpayments-sandbox-ca-{}.pem", std::process::id()));
        std::fs::write(&path, pem).context("the CA's certificate could not be written")?;
        Ok(Self { path })
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
