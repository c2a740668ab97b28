//! The browser as a process of its own, ended with its handle.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// Names another Chromium.
const VARIABLE: &str = "OPENPAYMENTS_CHROMIUM";
const USUAL: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// The Chromium of this machine: that of `OPENPAYMENTS_CHROMIUM`, else one at a usual place.
fn installed() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    named.or_else(|| USUAL.iter().map(PathBuf::from).find(|path| path.exists()))
}

/// A running browser with a profile of its own; both are gone when it is dropped.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    /// Where it listens, and the path of its DevTools.
    pub(crate) address: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts it. Where there is no Chromium that is said, and nothing starts.
    ///
    /// # Errors
    /// When it does not come up.
    #[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
    pub fn start() -> Result<Option<Self>> {
        let Some(program) = installed() else {
            eprintln!("skipped: no Chromium on this machine; `{VARIABLE}` may name one");
            return Ok(None);
        };
        let profile = tempfile::tempdir()?;
        let mut process = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-extensions"])
            .args(["--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = process.stderr.take().context("Chromium says nothing")?;
        let mut lines = BufReader::new(said).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
        // What else it says is read and dropped: a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let address = address.context("Chromium ended before it listened")?;
        Ok(Some(Self { process, address, _profile: profile }))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}
