//! Prism, started as a process: as a mock that makes up answers, or as a proxy that judges both directions.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

/// Longest time it may take to read the file; it needs two seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where Prism is and which file it judges by.
#[derive(Debug)]
pub struct Prism {
    script: PathBuf,
    document: PathBuf,
}

/// A Prism that listens. It ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    _process: Child,
    url: Url,
    is_mock: bool,
}

impl Prism {
    /// By its script and the OpenAPI file.
    pub fn new(script: &Path, document: &Path) -> Self {
        Self { script: script.to_owned(), document: document.to_owned() }
    }

    /// Starts a mock.
    pub(crate) async fn mock(&self) -> Result<Running> {
        self.start("mock", None).await
    }

    /// Starts a proxy in front of `upstream`.
    pub(crate) async fn proxy(&self, upstream: &Url) -> Result<Running> {
        self.start("proxy", Some(upstream)).await
    }

    /// What it judges by.
    pub(crate) fn document(&self) -> &Path {
        &self.document
    }

    async fn start(&self, mode: &str, upstream: Option<&Url>) -> Result<Running> {
        let mut command = Command::new("node");
        command.arg(&self.script).arg(mode).arg(&self.document).args(upstream.map(Url::as_str));
        // Port 0: a free one.
        command.args(["--port", "0", "--host", "127.0.0.1"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().context("`node` cannot be started")?;
        let output = process.stdout.take().context("Prism's output is not at hand")?;
        let mut lines = BufReader::new(output).lines();
        let url = tokio::time::timeout(PATIENCE, address(&mut lines));
        let url = url.await.context("Prism does not begin to listen")??;
        // What it goes on to say is read, or it would stop at a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Running { _process: process, url, is_mock: upstream.is_none() })
    }
}

impl Running {
    /// Where it listens.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it makes its answers up.
    pub(crate) fn is_mock(&self) -> bool {
        self.is_mock
    }
}

/// Reads on until Prism says where it listens.
async fn address(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<Url> {
    let mut said = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, address)) = line.split_once("Prism is listening on ") {
            return address.trim().parse().context("Prism listens where no URL leads");
        }
        said.push_str(&line);
        said.push('\n');
    }
    bail!("Prism ended before it listened:\n{said}")
}
