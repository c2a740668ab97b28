//! What is told in the end: to people as a table, to programs as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use serde::Serialize;

use crate::call::Call;
use crate::finding::Finding;
use crate::walk::Tally;

/// The referee's word on every call.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Everything it objected to, departures included.
    pub findings: Vec<Judged>,
    /// Departures on the list that did not occur.
    pub unused: Vec<String>,
    /// Why not every call was made, when one came to nothing that the next ones need.
    pub cut_short: Option<String>,
    /// Calls that the client knows and nobody made.
    pub unasked: Vec<&'static str>,
    /// Every call with what came of it.
    pub calls: Vec<JudgedCall>,
}

/// A finding, and the departure it belongs to.
#[derive(Debug, Serialize)]
pub struct Judged {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Section and topic of the departure; without one the finding is a defect.
    pub departure: Option<String>,
}

/// A call with what came of it.
#[derive(Debug, Serialize)]
pub struct JudgedCall {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// What was asked and answered.
    #[serde(flatten)]
    pub tally: Tally,
    /// Departures that show in it.
    pub departures: BTreeSet<String>,
    /// Objections that are no departures.
    pub defects: usize,
}

impl Verdict {
    pub(crate) fn new(
        findings: Vec<Judged>,
        unused: Vec<String>,
        mut tallies: BTreeMap<&'static str, Tally>,
    ) -> Self {
        let mut calls: Vec<JudgedCall> = Vec::new();
        let mut unasked = Vec::new();
        for call in Call::all() {
            let tally = tallies.remove(call.operation);
            if tally.is_none() && !call.takes_any_path() {
                unasked.push(call.operation);
            }
            let of_call = || findings.iter().filter(|judged| judged.finding.operation == call.operation);
            let departures = of_call().filter_map(|judged| judged.departure.clone()).collect();
            let defects = of_call().filter(|judged| judged.departure.is_none()).count();
            calls.push(JudgedCall { tally: tally.unwrap_or_default(), departures, defects, call });
        }
        // Asked, and not in the list of calls: the list is not whole.
        unasked.extend(tallies.into_keys());
        Self { findings, unused, cut_short: None, unasked, calls }
    }

    /// Whether every finding is a departure, every departure occurred and every call was made.
    pub fn passes(&self) -> bool {
        self.cut_short.is_none()
            && self.unused.is_empty()
            && self.unasked.is_empty()
            && self.findings.iter().all(|judged| judged.departure.is_some())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(["call", "requests", "answers", "read", "result"]);
        for call in &self.calls {
            let Tally { requests, read, .. } = &call.tally;
            table.add_row([
                call.call.operation.to_owned(),
                requests.to_string(),
                call.statuses(),
                read.to_string(),
                call.result(),
            ]);
        }
        writeln!(f, "{table}\n")?;
        let mut departures: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for Judged { finding, departure } in &self.findings {
            let Finding { operation, check, product, place, message } = finding;
            let product = product.as_deref().map_or(String::new(), |product| format!(" ({product})"));
            match departure {
                Some(departure) => drop(departures.entry(departure).or_default().insert(operation)),
                None => writeln!(f, "DEFECT: {operation}{product}, {check} {place}: {message}")?,
            }
        }
        for (departure, operations) in &departures {
            let operations = operations.iter().copied().collect::<Vec<_>>().join(", ");
            writeln!(f, "departure {departure}: {operations}")?;
        }
        for entry in &self.unused {
            writeln!(f, "UNUSED: the departure \"{entry}\" did not occur; take it off the list")?;
        }
        for operation in &self.unasked {
            writeln!(f, "UNASKED: {operation} is either missing in the walk or in the list of calls")?;
        }
        if let Some(reason) = &self.cut_short {
            writeln!(f, "CUT SHORT: {reason}")?;
        }
        let defects = self.findings.iter().filter(|judged| judged.departure.is_none()).count();
        let asked: usize = self.calls.iter().map(|call| call.tally.requests).sum();
        let read: usize = self.calls.iter().map(|call| call.tally.read).sum();
        writeln!(
            f,
            "\n{asked} requests and their answers judged, {read} made-up answers read: {defects} defects, {} known departures",
            departures.len()
        )
    }
}

impl JudgedCall {
    pub(crate) fn statuses(&self) -> String {
        self.tally.statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn result(&self) -> String {
        if self.defects > 0 {
            format!("{} defects", self.defects)
        } else if self.call.takes_any_path() {
            "any path".to_owned()
        } else if !self.tally.described {
            "not in the file".to_owned()
        } else if self.departures.is_empty() {
            "agrees".to_owned()
        } else {
            format!("departs: {}", self.departures.iter().cloned().collect::<Vec<_>>().join("; "))
        }
    }
}
