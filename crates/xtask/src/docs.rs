//! Documentation: what rustdoc makes of the crates, and the guide.

use anyhow::{Result, bail};

use crate::command::{cargo, program, run};
use crate::{book, workspace};

pub(crate) fn run_job() -> Result<()> {
    // Libraries only: the command and the facade are both called `openpayments` and would overwrite each other's pages.
    run(cargo()
        .args(["doc", "--workspace", "--lib", "--no-deps", "--all-features", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;

    let problems = book::problems(workspace::root())?;
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!("the guide has {} broken places", problems.len());
    }
    println!("the guide's pages are listed and its links lead somewhere");
    render()
}

/// Renders the guide where mdBook is installed. Without it the links above have been checked all the same.
fn render() -> Result<()> {
    let is_there = program("mdbook").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        println!(
            "skipped rendering the guide: mdbook is not installed (`cargo install --locked mdbook` brings it)"
        );
        return Ok(());
    }
    run(program("mdbook").args(["build", "docs"]))
}
