//! The jobs by name.

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::{browser, ci, contract, demo, docs, fuzz, rust, spelling, supply_chain, tool, wire};

/// One thing to be done, or to be seen green.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Job {
    /// Formatting, by rustfmt.
    Fmt,
    /// Clippy with all features and with the default ones; a warning is a failure.
    Lint,
    /// The test command that README.md gives.
    Test,
    /// Client and sandbox, judged by the vendor's own OpenAPI file where it is at hand.
    Contract {
        /// Writes the guide's table of calls anew.
        #[arg(long)]
        update: bool,
    },
    /// The sandbox's own OpenAPI document, linted.
    Wire,
    /// The sandbox, under random requests drawn from OpenAPI files.
    Fuzz,
    /// The pages, clicked through in headless Chromium; apt installs it where there is none.
    Browser,
    /// The API documentation without warnings, and a guide without dead links, rendered.
    Docs,
    /// Licences, sources, banned and doubled dependencies; advisories where a database is at hand.
    Deny,
    /// Spelling.
    Typos,
    /// The whole journey on the local sandbox, its output judged.
    Demo,
    /// All of the above, in this order.
    Ci,
    /// Installs the pinned tools that `deny`, `typos`, `docs` and `browser` use, unless they are there.
    Tools,
}

impl Job {
    /// What CI runs.
    pub(crate) const ALL: [Self; 11] = [
        Self::Fmt,
        Self::Lint,
        Self::Test,
        Self::Contract { update: false },
        Self::Wire,
        Self::Fuzz,
        Self::Browser,
        Self::Docs,
        Self::Deny,
        Self::Typos,
        Self::Demo,
    ];

    /// Does it. `ci` tells itself what failed, in a table; the others by an error.
    ///
    /// # Errors
    /// What is not green, or which tool is missing and how to get it.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Self::Fmt => rust::fmt()?,
            Self::Lint => rust::lint()?,
            Self::Test => rust::test()?,
            Self::Contract { update } => contract::run_job(update)?,
            Self::Wire => wire::run_job()?,
            Self::Fuzz => fuzz::run_job()?,
            Self::Browser => browser::run_job()?,
            Self::Docs => docs::run_job()?,
            Self::Deny => supply_chain::run_job()?,
            Self::Typos => spelling::run_job()?,
            Self::Demo => demo::run_job()?,
            Self::Ci => return Ok(ci::run_job()),
            Self::Tools => tool::install_all()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fmt => "fmt",
            Self::Lint => "lint",
            Self::Test => "test",
            Self::Contract { .. } => "contract",
            Self::Wire => "wire",
            Self::Fuzz => "fuzz",
            Self::Browser => "browser",
            Self::Docs => "docs",
            Self::Deny => "deny",
            Self::Typos => "typos",
            Self::Demo => "demo",
            Self::Ci => "ci",
            Self::Tools => "tools",
        })
    }
}
