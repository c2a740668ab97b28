//! Packages of npm that jobs use: those of a lock file in this crate, fetched once.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{program, run};
use crate::workspace;

/// The folder `node_modules` with what `name/package-lock.json` lists.
pub(crate) fn packages(name: &str) -> Result<PathBuf> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let folder = workspace::cargo_home().join("openpayments-tools").join(name);
    let modules = folder.join("node_modules");
    let files = ["package.json", "package-lock.json"];
    // Npm's own record comes last, so that an installation that broke off is begun again.
    let is_there = modules.join(".package-lock.json").exists()
        && files.into_iter().all(|file| fs::read(lock.join(file)).ok() == fs::read(folder.join(file)).ok());
    if !is_there {
        let place = folder.display();
        fs::create_dir_all(&folder).with_context(|| format!("{place} cannot be made"))?;
        for file in files {
            fs::copy(lock.join(file), folder.join(file))
                .with_context(|| format!("{place} cannot be filled"))?;
        }
        let quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
        run(program("npm").current_dir(&folder).arg("ci").args(quiet.map(OsStr::new)))
            .with_context(|| format!("{name} cannot be installed; it needs node and npm"))?;
    }
    Ok(modules)
}
