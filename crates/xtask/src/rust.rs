//! What the toolchain itself judges: formatting, lints, tests.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, program, require_component, run};
use crate::{readme, workspace};

pub(crate) fn fmt() -> Result<()> {
    require_component("fmt", "rustfmt")?;
    run(cargo().args(["fmt", "--all", "--check"])).context("`cargo fmt --all` puts it right")
}

pub(crate) fn lint() -> Result<()> {
    require_component("clippy", "clippy")?;
    for features in [&["--all-features"][..], &[]] {
        run(cargo()
            .args(["clippy", "--workspace", "--all-targets", "--locked"])
            .args(features)
            .args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

pub(crate) fn test() -> Result<()> {
    let text = fs::read_to_string(workspace::root().join("README.md")).context("README.md cannot be read")?;
    let words = readme::test_command(&text)?;
    match words.split_first() {
        Some((&"cargo", arguments)) => run(cargo().args(arguments)),
        Some((name, arguments)) => run(program(name).args(arguments)),
        None => bail!("README.md's test command is empty"),
    }
}
