//! What the sandbox says of its own wire, linted.

use std::path::Path;

use anyhow::Result;

use crate::command::run;
use crate::{contract, npm};

pub(crate) fn run_job() -> Result<()> {
    let spectral = npm::packages("spectral")?.join(".bin/spectral");
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("spectral/ruleset.yaml");
    let mut lint = contract::referee("lint-description");
    run(lint.arg("--spectral").arg(spectral).arg("--rules").arg(rules))
}
