//! The vendor's own OpenAPI file as referee between the client and the sandbox.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{cargo, run};
use crate::{npm, workspace};

/// Where the file lies, seen from the workspace. It is the vendor's, so it is no part of the project.
const REFERENCE: &str = "../shared/reference";

/// Judges, or (`update`) writes the guide's table of calls by what it sees.
pub(crate) fn run_job(update: bool) -> Result<()> {
    let Some(document) = document()? else {
        return Ok(());
    };
    let prism = npm::packages("prism")?.join(".bin/prism");
    let mut judge = referee("openpayments-contract");
    judge.arg("--prism").arg(prism).arg("--document").arg(document).args(["--calls", "docs/src/calls.md"]);
    if update {
        judge.arg("--update");
    }
    run(&mut judge)
}

/// A program of the referee's crate.
pub(crate) fn referee(name: &str) -> Command {
    let mut program = cargo();
    program.args(["run", "--quiet", "--locked", "-p", "openpayments-contract", "--bin", name, "--"]);
    program
}

/// The vendor's file. Where it is not at hand that is told, and in CI it is an error.
pub(crate) fn document() -> Result<Option<PathBuf>> {
    let found = document_in(&workspace::root().join(REFERENCE));
    if found.is_none() {
        let gap =
            format!("the vendor's OpenAPI file is not in {REFERENCE}, and the project holds no copy of it");
        if std::env::var_os("CI").is_some() {
            bail!("{gap}; CI must judge by it");
        }
        println!("skipped: {gap}");
    }
    Ok(found)
}

fn document_in(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.extension().is_some_and(|extension| extension == "yaml"))
}
