//! Secrets come from a file, standard input, the environment, the operating system's keyring or another program; never from
//! the command line, where every process of the machine and the shell's history would see them.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use secrecy::SecretString;

use crate::exit::Exit;
use crate::keyring;
use crate::problem::{OrProblem, Problem};

/// No secret is longer.
const LONGEST: u64 = 64 * 1024;

/// Where a secret is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// In a file that only its owner can read; `-` is standard input.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(&'static str),
    /// In the operating system's keyring, under this name.
    Keyring(String),
    /// What a program prints: a password manager's.
    Program(Vec<String>),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) if path == Path::new("-") => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Keyring(name) => write!(f, "the keyring, under {name}"),
            Self::Program(words) => f.write_str(words.first().map_or("a program", String::as_str)),
        }
    }
}

impl Source {
    /// Reads it. One line ending at its end is dropped.
    pub(crate) fn read(&self) -> anyhow::Result<SecretString> {
        let text = match self {
            Self::File(path) if path == Path::new("-") => read_all(std::io::stdin().lock())
                .or_problem(|| unreadable("the secret cannot be read from standard input"))?,
            Self::File(path) => read_file(path)?,
            Self::Environment(name) => {
                std::env::var(name).or_problem(|| unreadable(format!("{name} is no text")))?
            }
            Self::Keyring(name) => keyring::read(name)?,
            Self::Program(words) => ask_program(words)?,
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err(unreadable(format!("the secret from {self} is empty")).into());
        }
        Ok(SecretString::from(text))
    }
}

/// The secret in a variable of the environment, if it is set.
pub(crate) fn from_environment(name: &'static str) -> Option<Source> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(|_| Source::Environment(name))
}

/// Refuses arguments that would carry a secret, before anything else looks at them. The value is not repeated.
pub(crate) fn refuse_on_command_line<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    const NAMES: [&str; 8] = [
        "--client-secret",
        "--secret",
        "--password",
        "--pfx-password",
        "--token",
        "--access-token",
        "--api-key",
        "--key-password",
    ];
    let mut names_file = false;
    for argument in arguments.take_while(|argument| *argument != "--") {
        let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
        let why = if NAMES.contains(&name) {
            format!("{name} is not taken from the command line: others could read it there")
        } else if is_secret(argument) {
            "an argument is a secret, and others could read it there".to_owned()
        } else if (names_file && is_no_file(argument)) || (name == SECRET_FILE && is_no_file(value)) {
            format!("{SECRET_FILE} wants a file, and what stands there looks like the secret itself")
        } else {
            names_file = argument == SECRET_FILE;
            continue;
        };
        return Err(Problem::usage(why).next(
            "give --client-secret-file FILE (`-` for standard input), set OPENPAYMENTS_CLIENT_SECRET, or write \
             client_secret_keyring or client_secret_command into the profile",
        ));
    }
    Ok(())
}

const SECRET_FILE: &str = "--client-secret-file";

/// Whether it cannot be anything but a token, a password for HTTP or a key, alone or behind the name of a header.
fn is_secret(text: &str) -> bool {
    let text = text.split_once(": ").map_or(text, |(_, value)| value);
    let is_token = text.starts_with("eyJ") && text.bytes().filter(|byte| *byte == b'.').count() == 2;
    is_token || ["Bearer ", "Basic ", "-----BEGIN"].iter().any(|start| text.starts_with(start))
}

/// Whether it is no path but as long and as mixed as secrets are.
fn is_no_file(text: &str) -> bool {
    text.len() >= 20 && !text.contains(['/', '\\', '.']) && !Path::new(text).exists()
}

fn unreadable(what: impl Into<String>) -> Problem {
    Problem::new(Exit::Identity, what)
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let cannot = || {
        unreadable(format!("the secret in {shown} cannot be read"))
            .next("name the right file, or set OPENPAYMENTS_CLIENT_SECRET")
    };
    let file = std::fs::File::open(path).or_problem(cannot)?;
    // The opened file is asked, not the path: nobody can swap it in between.
    if is_readable_by_others(&file.metadata().or_problem(cannot)?) {
        let problem = unreadable(format!("{shown} can be read by others"));
        return Err(problem.next(format!("chmod 600 {shown}")).into());
    }
    read_all(file).or_problem(cannot)
}

fn read_all(source: impl Read) -> anyhow::Result<String> {
    let mut text = String::new();
    source.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

fn ask_program(words: &[String]) -> anyhow::Result<String> {
    let (program, arguments) =
        words.split_first().or_problem(|| Problem::usage("client_secret_command is empty"))?;
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .or_problem(|| unreadable(format!("{program}, which is to give the secret, cannot be run")))?;
    if !output.status.success() {
        return Err(unreadable(format!("{program} did not give the secret: {}", output.status)).into());
    }
    // What it printed is not repeated: it may be half a secret.
    String::from_utf8(output.stdout)
        .map_err(|_| unreadable(format!("what {program} gives is no text")).into())
}

#[cfg(unix)]
fn is_readable_by_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i182_a_secret_on_the_command_line_is_refused_and_not_repeated() {
        for arguments in [
            &["banks", "--client-secret", "made-up"][..],
            &["--client-secret=made-up", "token"],
            &["token", "--password=made-up"],
            &["token", "--client-secret-file", "made-up-made-up-made-up"],
            &["token", "--client-secret-file=made-up-made-up-made-up"],
            &["call", "GET", "/a", "--header", "X-Token: Bearer made-up"],
            &["token", "eyJtYWRl.made-up.made-up"],
            &["token", "--config", "-----BEGIN PRIVATE KEY-----made-up"],
        ] {
            let problem = refuse_on_command_line(arguments.iter().copied()).unwrap_err();
            assert_eq!(problem.exit(), Exit::Usage);
            assert!(!format!("{problem:?}").contains("made-up"));
        }
        for arguments in [
            &["--client-secret-file", "x"][..],
            &["--client-secret-file", "/a/path/that/is/quite/long/and/not/there"],
            &["--client-secret-file", "-", "payments", "show", "51d6026a-4e32-48f9-8d57-e5076316806b"],
        ] {
            assert!(refuse_on_command_line(arguments.iter().copied()).is_ok(), "{arguments:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn i182_one_line_ending_is_dropped_and_a_file_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        use secrecy::ExposeSecret;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, "made-up \r\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(Source::File(path.clone()).read().unwrap().expose_secret(), "made-up ");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Source::File(path).read().unwrap_err();
        assert!(refused.to_string().contains("can be read by others"), "{refused}");
    }
}
