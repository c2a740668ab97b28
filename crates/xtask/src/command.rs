//! Other programs, run in the workspace's root and shown before they run.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};

use crate::workspace;

/// The cargo that runs this command.
pub(crate) fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A program by name or path.
pub(crate) fn program(name: impl Into<OsString>) -> Command {
    let mut command = Command::new(name.into());
    command.current_dir(workspace::root());
    command
}

/// Runs it with its output on the terminal; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| cannot_start(command, error))?;
    ensure!(status.success(), "`{}` ended with {status}", shown(command));
    Ok(())
}

/// Whether `cargo <subcommand>` is there; the error says how to get it.
pub(crate) fn require_component(subcommand: &str, component: &str) -> Result<()> {
    let output = cargo().args([subcommand, "--version"]).output().context("cargo cannot be run")?;
    ensure!(
        output.status.success(),
        "`cargo {subcommand}` is missing; get it with `rustup component add {component}`"
    );
    Ok(())
}

/// The command line as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let set = command.get_envs().filter_map(|(name, value)| {
        value.map(|value| format!("{}={:?}", name.to_string_lossy(), value.to_string_lossy()))
    });
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    set.chain(words.map(|word| word.to_string_lossy().into_owned())).collect::<Vec<_>>().join(" ")
}

pub(crate) fn cannot_start(command: &Command, error: std::io::Error) -> anyhow::Error {
    let name = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        anyhow!("`{name}` is not installed, or not on the PATH")
    } else {
        anyhow::Error::new(error).context(format!("`{name}` cannot be run"))
    }
}
