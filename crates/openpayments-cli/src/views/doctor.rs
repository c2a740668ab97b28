//! How the findings of `openpayments doctor` look.

use comfy_table::Cell;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Answer;
use crate::table::{table, trimmed};
use crate::terminal::{self, harmless};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Health {
    Good,
    Warning,
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    name: &'static str,
    health: Health,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip)]
    exit: Option<Exit>,
}

impl Finding {
    pub(crate) fn good(name: &'static str, found: String) -> Self {
        Self { name, health: Health::Good, found, next: None, exit: None }
    }

    pub(crate) fn warning(name: &'static str, found: String, next: &str) -> Self {
        Self { name, health: Health::Warning, found, next: Some(next.to_owned()), exit: None }
    }

    pub(crate) fn bad(name: &'static str, found: String, next: &str, exit: Exit) -> Self {
        Self { name, health: Health::Bad, found, next: Some(next.to_owned()), exit: Some(exit) }
    }

    pub(crate) fn failed(name: &'static str, failure: &Failure, exit: Exit) -> Self {
        let next = failure.next_step().unwrap_or("put right what was found, and look again").to_owned();
        Self { name, health: Health::Bad, found: failure.in_one_line(), next: Some(next), exit: Some(exit) }
    }
}

/// Everything that was looked at.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Findings {
    findings: Vec<Finding>,
}

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// How the command ends, if something is bad.
    pub(crate) fn worst(&self) -> Option<Exit> {
        self.findings.iter().find_map(|finding| finding.exit)
    }
}

impl Answer for Findings {
    fn text(&self) -> String {
        let utf8 = terminal::speaks_utf8();
        let mut shown = table(["", "What", "Found"], &[0, 1]);
        for finding in &self.findings {
            let mark = match (finding.health, utf8) {
                (Health::Good, true) => "✓",
                (Health::Good, false) => "ok",
                (Health::Warning, _) => "!",
                (Health::Bad, true) => "✗",
                (Health::Bad, false) => "x",
            };
            // In full: what is wrong stands at the end of it.
            shown.add_row([Cell::new(mark), Cell::new(finding.name), Cell::new(harmless(&finding.found))]);
        }
        let mut lines = vec![trimmed(&shown)];
        for finding in &self.findings {
            if let Some(next) = &finding.next {
                lines.push(format!("{}: {}.", finding.name, harmless(next)));
            }
        }
        if self.findings.iter().all(|finding| finding.health == Health::Good) {
            lines.push("Everything is in order.".to_owned());
        }
        lines.join("\n")
    }
}
