//! What is well-formed in a profile and makes no sense all the same.

use openpayments_model::status::TransactionStatus;

use crate::{Facts, History, Profile};

/// The first thing that makes no sense.
#[derive(Debug)]
pub(crate) struct Fault {
    about: &'static str,
    at: usize,
    pub(crate) why: &'static str,
}

impl Fault {
    pub(crate) fn key(&self) -> String {
        format!("{}[{}].value", self.about, self.at)
    }

    /// Where the statement begins, when it is written as a table of its own.
    pub(crate) fn line(&self, text: &str) -> Option<usize> {
        let is_table = |line: &str| {
            let inner = line.trim().strip_prefix("[[").and_then(|rest| rest.split_once("]]"));
            inner.is_some_and(|(name, _)| name.trim() == self.about)
        };
        let tables = text.lines().enumerate().filter(|(_, line)| is_table(line));
        tables.map(|(at, _)| at + 1).nth(self.at)
    }
}

pub(crate) fn first_fault(profile: &Profile) -> Option<Fault> {
    const EMPTY: &str = "an empty list says nothing: leave the statement out";
    const NO_STATUS: &str = "unknown status, expected a code of ISO 20022 such as RCVD, ACTC or ACSP";
    let p = profile;
    let known = |status: &TransactionStatus| TransactionStatus::KNOWN.contains(status);
    let one_span = |history: &History| {
        let spans = [history.months, history.days, history.after_sca.map(|fresh| fresh.days)];
        let of_time = history.months.is_some() != history.days.is_some();
        of_time && spans.into_iter().flatten().all(|span| (1..=1200).contains(&span))
    };
    let header_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let faults = [
        fault("contexts", &p.contexts, EMPTY, |list| !list.is_empty()),
        fault("products", &p.products, EMPTY, |list| !list.is_empty()),
        fault("approaches", &p.approaches, EMPTY, |list| !list.is_empty()),
        fault("methods", &p.methods, "one or more methods, each with an id of 1 to 35 characters", |list| {
            !list.is_empty() && list.iter().all(|method| (1..=35).contains(&method.id.chars().count()))
        }),
        fault("consent-steps", &p.consent_steps, EMPTY, |list| !list.is_empty()),
        fault("payment-steps", &p.payment_steps, EMPTY, |list| !list.is_empty()),
        fault("headers", &p.headers, "a header's name, and one call or more", |header| {
            header_name(&header.name) && !header.calls.is_empty()
        }),
        fault("debtor", &p.debtor, EMPTY, |list| !list.is_empty()),
        fault("creditor", &p.creditor, EMPTY, |list| !list.is_empty()),
        fault("currencies", &p.currencies, EMPTY, |list| !list.is_empty()),
        fault("remittance", &p.remittance, "at most 140 characters", |remittance| {
            remittance.most.max(remittance.most_within_bank.unwrap_or(0)) <= 140
        }),
        fault("created-status", &p.created_status, NO_STATUS, known),
        fault("signed-status", &p.signed_status, NO_STATUS, known),
        fault("unsupported", &p.unsupported, EMPTY, |list| !list.is_empty()),
        fault("history", &p.history, "months or days, one of them, from 1 to 1200", one_span),
        fault("search", &p.search, "one row or more", |search| search.rows > 0),
        fault("ignored-filters", &p.ignored_filters, EMPTY, |list| !list.is_empty()),
        fault("test-accounts", &p.test_accounts, EMPTY, |known| !known.accounts.is_empty()),
    ];
    faults.into_iter().flatten().next()
}

fn fault<T>(
    about: &'static str,
    facts: &Facts<T>,
    why: &'static str,
    makes_sense: impl Fn(&T) -> bool,
) -> Option<Fault> {
    let at = facts.iter().position(|fact| !makes_sense(&fact.value))?;
    Some(Fault { about, at, why })
}
