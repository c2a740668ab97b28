//! The dependency tree against `deny.toml`.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, program, run};
use crate::tool::CARGO_DENY;
use crate::workspace;

pub(crate) fn run_job() -> Result<()> {
    let deny = CARGO_DENY.find()?;
    // It looks at the crates of every platform, of which a build here fetches only some.
    run(cargo().args(["fetch", "--quiet", "--locked"]))?;
    let check = ["--offline", "--all-features", "--locked", "check", "--hide-inclusion-graph"];
    run(program(&deny).args(check).args(["bans", "licenses", "sources"]))?;
    if has_advisories() {
        run(program(&deny).args(check).arg("advisories"))
    } else {
        println!(
            "skipped advisories: no database under {}; `cargo deny fetch db` brings it",
            database().display()
        );
        Ok(())
    }
}

fn database() -> PathBuf {
    workspace::cargo_home().join("advisory-dbs")
}

/// cargo-deny keeps one clone for each database, in a folder named after it.
fn has_advisories() -> bool {
    let entries = fs::read_dir(database()).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("advisory-db"))
}
