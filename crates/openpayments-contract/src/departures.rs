//! Where the platform departs from its own file, by name. Nothing else is let through, and nothing is listed in vain.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::finding::{Check, Finding};
use crate::verdict::{Judged, Verdict};
use crate::walk::Seen;

const LIST: &str = include_str!("../departures.toml");

/// The list of departures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Departures {
    departure: Vec<Departure>,
}

/// One of them. A finding belongs to it when everything that is given here fits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Departure {
    /// The section of the protocol's description that tells of it.
    section: String,
    /// What it is about, in a few words.
    topic: String,
    /// Why the file is not followed there; for readers of the list.
    #[serde(rename = "why")]
    _why: String,
    check: Check,
    /// Names of operations; a `*` stands for anything.
    operations: Vec<String>,
    /// How the place begins.
    #[serde(default)]
    place: String,
    /// Services and products of payments; without any, all.
    #[serde(default)]
    products: Vec<String>,
    /// Words of the referee's messages, one of which must be there; without any, all.
    #[serde(default)]
    messages: Vec<String>,
}

impl Departures {
    /// Those of the list in this crate.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn listed() -> Result<Self> {
        Self::parse(LIST)
    }

    /// Those of a list in TOML.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn parse(list: &str) -> Result<Self> {
        toml::from_str(list).context("departures.toml")
    }

    /// Sorts what was seen: departures by name, findings that are none, entries that no finding belongs to.
    pub fn judge(&self, seen: Seen) -> Verdict {
        let mut used = BTreeMap::new();
        let mut findings = Vec::new();
        for finding in seen.findings {
            let entry = self.departure.iter().position(|departure| departure.covers(&finding));
            if let Some(entry) = entry {
                *used.entry(entry).or_insert(0_usize) += 1;
            }
            let departure = entry.and_then(|entry| self.departure.get(entry)).map(Departure::name);
            findings.push(Judged { finding, departure });
        }
        let unused = self.departure.iter().enumerate();
        let unused = unused.filter(|(entry, _)| !used.contains_key(entry)).map(|(_, entry)| entry.name());
        let cut_short = seen.cut_short;
        Verdict { cut_short, ..Verdict::new(findings, unused.collect(), seen.tallies) }
    }
}

impl Departure {
    fn name(&self) -> String {
        format!("{} {}", self.section, self.topic)
    }

    fn covers(&self, finding: &Finding) -> bool {
        self.check == finding.check
            && self.operations.iter().any(|pattern| fits(pattern, finding.operation))
            && finding.place.starts_with(&self.place)
            && (self.products.is_empty()
                || finding.product.as_ref().is_some_and(|product| self.products.contains(product)))
            && (self.messages.is_empty()
                || self.messages.iter().any(|message| finding.message.contains(message)))
    }
}

fn fits(pattern: &str, operation: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => operation.starts_with(start) && operation.ends_with(end),
        None => pattern == operation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Call;
    use crate::walk::Tally;

    const LIST: &str = r#"
        [[departure]]
        section = "1"
        topic = "Lists"
        why = "made up"
        check = "response"
        operations = ["*.list"]
        place = "body"
        messages = ["must be array"]
    "#;

    fn finding(operation: &'static str, message: &str) -> Finding {
        let (place, message) = ("body".to_owned(), message.to_owned());
        Finding { operation, check: Check::Response, product: None, place, message }
    }

    fn judged(findings: impl IntoIterator<Item = Finding>) -> Verdict {
        let tallies = Call::all().into_iter().map(|call| (call.operation, Tally::default())).collect();
        Departures::parse(LIST).unwrap().judge(Seen {
            tallies,
            findings: findings.into_iter().collect(),
            cut_short: None,
        })
    }

    #[test]
    fn a_known_departure_passes() {
        let verdict = judged([finding("city.list", "Response body must be array")]);
        assert!(verdict.passes(), "{verdict}");
        assert!(verdict.to_string().contains("departure 1 Lists: city.list"), "{verdict}");
    }

    #[test]
    fn a_finding_that_is_not_on_the_list_fails() {
        for other in [
            finding("city.get", "Response body must be array"),
            finding("city.list", "Response body must be object"),
            Finding { check: Check::Request, ..finding("city.list", "must be array") },
            Finding { place: "header".to_owned(), ..finding("city.list", "must be array") },
        ] {
            let verdict = judged([finding("city.list", "must be array"), other]);
            assert!(!verdict.passes(), "{verdict}");
            assert!(verdict.to_string().contains("DEFECT: city."), "{verdict}");
        }
    }

    #[test]
    fn an_entry_that_no_longer_occurs_fails() {
        let verdict = judged([]);
        assert!(!verdict.passes());
        assert!(verdict.to_string().contains("UNUSED: the departure \"1 Lists\""), "{verdict}");
    }

    #[test]
    fn a_call_that_nobody_made_fails() {
        let found = [finding("city.list", "must be array")].into_iter().collect();
        let seen = Seen { tallies: BTreeMap::new(), findings: found, cut_short: None };
        let verdict = Departures::parse(LIST).unwrap().judge(seen);
        assert!(!verdict.passes());
        assert!(verdict.to_string().contains("UNASKED: consent.create"), "{verdict}");
    }

    #[test]
    fn the_list_in_this_crate_can_be_read() {
        assert!(!Departures::listed().unwrap().departure.is_empty());
    }
}
