//! The shop as a process that can be killed and started again.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use openpayments_sandbox::Sandbox;
use tempfile::TempDir;
use url::Url;

pub(crate) struct Shop {
    process: Child,
    pub(crate) home: Url,
    state: TempDir,
}

impl Shop {
    pub(crate) fn open(sandbox: &Sandbox) -> Self {
        let state = tempfile::tempdir().unwrap();
        let (process, home) = start(sandbox, &state, "127.0.0.1:0");
        sandbox.register_redirect_uri(&home.join("callback").unwrap());
        Self { process, home, state }
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it anew, where it was and with what it kept.
    pub(crate) fn start_again(&mut self, sandbox: &Sandbox) {
        (self.process, _) = start(sandbox, &self.state, self.home.authority());
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn start(sandbox: &Sandbox, state: &TempDir, listen: &str) -> (Child, Url) {
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let program = profile.join("examples").join("web").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.exists(), "{} is missing: `cargo build --examples` makes it", program.display());
    let mut process = Command::new(program)
        .env("WEB_LISTEN", listen)
        .env("WEB_STATE", state.path())
        .env("RUST_LOG", "off")
        .env("OPENPAYMENTS_AUTH_URL", sandbox.auth_url().as_str())
        .env("OPENPAYMENTS_API_URL", sandbox.api_url().as_str())
        .env("OPENPAYMENTS_CLIENT_ID", sandbox.client_id())
        .env("OPENPAYMENTS_CLIENT_SECRET", sandbox.client_secret().expose())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let home = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
    (process, home)
}
