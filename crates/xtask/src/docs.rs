//! Documentation: what rustdoc makes of the crates, and the guide.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::command::{cargo, program, run};
use crate::tool::{MDBOOK, MDBOOK_MERMAID};
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
    render().map(|_| ())
}

/// Renders the guide, with its diagrams, and tells where.
pub(crate) fn render() -> Result<PathBuf> {
    let (book, diagrams) = (MDBOOK.find()?, MDBOOK_MERMAID.find()?);
    let source = workspace::root().join("docs");
    // The scripts that draw go beside the pages; what `book.toml` says of them it says already.
    run(program(&diagrams).arg("install").arg(&source))?;
    let folders = diagrams.parent().map(Path::to_owned).into_iter();
    let path = env::join_paths(folders.chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())))?;
    run(program(book).arg("build").arg(&source).env("PATH", path))?;
    Ok(source.join("book"))
}
