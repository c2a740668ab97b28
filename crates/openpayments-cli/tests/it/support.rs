//! A person's home, a platform that runs in this process, and the command between them.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use openpayments_sandbox::{Approve, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Sandboxes live on it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A person's directories, with nothing in them.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file for its owner alone.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// The command in this home, with nothing else of this machine's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openpayments"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("LANG", "en_GB.UTF-8")
            .env("COLUMNS", "100")
            .env("TZ", "UTC")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }
}

/// A command that has ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It went well.
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    /// The one line of JSON it printed.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.trim_end().lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }

    /// The error it told a program.
    pub(crate) fn error(&self) -> Value {
        let told: Value = serde_json::from_str(self.err.lines().last().unwrap()).unwrap();
        assert_eq!(told["error"]["exit_code"], self.code);
        told["error"].clone()
    }

    /// All of it, with what differs from run to run taken out.
    pub(crate) fn redacted(&self) -> String {
        let told = format!(
            "code: {}\n--- out\n{}\n--- err\n{}",
            self.code,
            self.out.trim_end(),
            self.err.trim_end()
        );
        redact(&told)
    }
}

/// Takes out ids, sums, ports and days.
pub(crate) fn redact(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.');
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        redacted.push_str(before);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        redacted.push_str(&redacted_word(word));
        rest = after;
    }
    redacted.push_str(rest);
    redacted
}

fn redacted_word(word: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = word.split('-').collect();
    let hex = |text: &&str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if word.len() == 36 && parts.len() == 5 && parts.iter().all(hex) {
        // As wide as what it stands for, so that tables stay as they are.
        return format!("{:36}", "[uuid]");
    }
    if parts.len() == 3 && word.len() == 10 && parts.iter().all(|part| digits(part)) {
        return "[day]     ".to_owned();
    }
    if let Some((whole, cents)) = word.rsplit_once('.')
        && digits(whole.trim_start_matches('-'))
        && digits(cents)
    {
        return format!("{:>1$}", "[sum]", word.len().max(5));
    }
    if let Some((host, port)) = word.rsplit_once(':')
        && host == "127.0.0.1"
        && digits(port)
    {
        return "[host]".to_owned();
    }
    word.to_owned()
}

/// A platform in this process, and a person whose profile leads to it.
pub(crate) struct Stage {
    pub(crate) home: Home,
    pub(crate) sandbox: Sandbox,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::of(Approve::After(Duration::ZERO))
    }

    pub(crate) fn of(approve: Approve) -> Self {
        let home = Home::new();
        // A port that nobody has: the redirect address must be known to both sides before the command listens there.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let back: url::Url = format!("http://{free}/callback").parse().unwrap();
        let sandbox =
            RUNTIME.block_on(Sandbox::builder().approve(approve).redirect_uri(&back).start()).unwrap();
        home.write("secret", sandbox.client_secret().expose());
        let profile = format!(
            "default_profile = 'test'\n[profile.test]\nurl = '{}'\nclient_id = '{}'\nclient_secret_file = '../../secret'\n\
             redirect_uri = '{back}'\n",
            sandbox.api_url(),
            sandbox.client_id(),
        );
        home.write("config/openpayments/config.toml", profile);
        Self { home, sandbox }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.home.run(arguments)
    }

    /// Runs with `--json`, and gives the answer.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).good().json()
    }

    /// A consent that is signed.
    pub(crate) fn with_consent(self) -> Self {
        self.run(&["consents", "create", "--bank", "ESSESESS"]).good();
        self
    }
}
