//! Requests that nobody wrote: drawn from the vendor's OpenAPI file and from the sandbox's own, bounded in time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{program, run};
use crate::contract;
use crate::workspace;

pub(crate) fn run_job() -> Result<()> {
    let document = contract::document()?;
    let packages = schemathesis()?;
    let mut draw = contract::referee("random-requests");
    draw.arg("--schemathesis").arg(script(&packages)).arg("--packages").arg(&packages);
    if let Some(document) = document {
        draw.arg("--document").arg(document);
    }
    run(&mut draw)
}

/// Schemathesis' packages: those of the list in this crate, fetched once.
fn schemathesis() -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis/requirements.txt");
    let folder = workspace::cargo_home().join("openpayments-tools").join("schemathesis");
    let kept = folder.join("requirements.txt");
    if script(&folder).exists() && fs::read(&list).ok() == fs::read(&kept).ok() {
        return Ok(folder);
    }
    let place = folder.display();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{place} cannot be emptied"))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("{place} cannot be made"))?;
    run(program("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--no-deps", "--only-binary", ":all:", "--target"])
        .arg(&folder)
        .arg("--requirement")
        .arg(&list)
        .env("PIP_ROOT_USER_ACTION", "ignore"))
    .context("Schemathesis cannot be installed; it needs python3 with pip")?;
    // Last, so that an installation that broke off is begun again.
    fs::copy(&list, &kept).with_context(|| format!("{place} cannot be filled"))?;
    Ok(folder)
}

fn script(folder: &Path) -> PathBuf {
    folder.join("bin").join("schemathesis")
}
