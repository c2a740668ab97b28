//! Spelling, by typos and the words in `_typos.toml`.

use anyhow::{Context, Result};

use crate::command::{program, run};
use crate::tool::TYPOS;

pub(crate) fn run_job() -> Result<()> {
    run(program(TYPOS.find()?).args(["--format", "brief"]))
        .context("correct the word, or add it to `_typos.toml` with a reason")
}
