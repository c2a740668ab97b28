//! `openpayments manual`: a manual page for the command and each of its subcommands.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;
use serde::Serialize;

use crate::arguments;
use crate::output::{Answer, Output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to write them; made if it is not there.
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
}

/// The pages that were written.
#[derive(Serialize)]
struct Pages {
    directory: PathBuf,
    pages: usize,
}

impl Answer for Pages {
    fn text(&self) -> String {
        let (count, directory) = (self.pages, self.directory.display());
        format!("{count} pages in {directory}. Read one: man -l {directory}/openpayments.1")
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> anyhow::Result<()> {
    let directory = arguments.directory.clone();
    let shown = directory.display();
    std::fs::create_dir_all(&directory).with_context(|| format!("{shown} cannot be made"))?;
    clap_mangen::generate_to(arguments::Arguments::command(), &directory)
        .with_context(|| format!("the pages cannot be written to {shown}"))?;
    let is_page = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("openpayments") && name.to_string_lossy().ends_with(".1")
    };
    let pages = std::fs::read_dir(&directory)?.flatten().filter(is_page).count();
    output.answer(&Pages { directory, pages });
    Ok(())
}
