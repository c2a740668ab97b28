//! Every edge of the machine in one table. [`Machine::step`](super::Machine::step) takes no other, and the diagram in
//! The guide's page `docs/src/signing-machine.md` is drawn from it.

use std::fmt::Write;

use PhaseKind as P;

/// What the machine is doing, without the data that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PhaseKind {
    /// The authorisation is being started.
    Starting,
    /// No answer came to the start: the bank is asked what it has started.
    Looking,
    /// Several ways to sign; one has to be chosen.
    Choosing,
    /// The choice is on its way to the bank.
    Selecting,
    /// The PSU is on the bank's page.
    AtBank,
    /// The code the PSU came back with is being exchanged.
    Exchanging,
    /// The PSU signs in an app; the bank is asked until it knows more.
    Signing,
    /// The bank does not tell the authorisation's status: the status of what is signed is asked instead.
    Checking,
    /// Signed; the status of what was signed is read.
    Reading,
    /// Ended, with an outcome.
    Ended,
}

impl PhaseKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        P::Starting,
        P::Looking,
        P::Choosing,
        P::Selecting,
        P::AtBank,
        P::Exchanging,
        P::Signing,
        P::Checking,
        P::Reading,
        P::Ended,
    ];
}

/// What happened, without the data that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum InputKind {
    /// The bank started the authorisation.
    Started,
    /// The authorisation could not be started.
    StartFailed,
    /// It is not known whether it was started.
    StartUnknown,
    /// The bank listed the authorisations there are.
    Listed,
    /// A way to sign was chosen.
    Chosen,
    /// The bank took the choice.
    Selected,
    /// The bank did not take the choice.
    SelectRefused,
    /// It is not known whether the bank took the choice.
    SelectUnknown,
    /// The PSU came back with a code.
    Code,
    /// The PSU came back with nothing.
    Returned,
    /// The PSU came back and had said no.
    Refused,
    /// The PSU came back with an error.
    Failed,
    /// The code was exchanged, or it is not known whether it was.
    Exchanged,
    /// The bank told the authorisation's status.
    Polled,
    /// It did not.
    PollFailed,
    /// It asked to be left alone for a while.
    Throttled,
    /// It refuses to tell.
    PollRefused,
    /// The status of what is signed was read.
    Read,
    /// It could not be read.
    ReadFailed,
    /// The time that was asked for has come.
    Tick,
    /// The caller wants a new authorisation.
    Restart,
    /// The caller gives up.
    Cancel,
}

impl InputKind {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Started,
        Self::StartFailed,
        Self::StartUnknown,
        Self::Listed,
        Self::Chosen,
        Self::Selected,
        Self::SelectRefused,
        Self::SelectUnknown,
        Self::Code,
        Self::Returned,
        Self::Refused,
        Self::Failed,
        Self::Exchanged,
        Self::Polled,
        Self::PollFailed,
        Self::Throttled,
        Self::PollRefused,
        Self::Read,
        Self::ReadFailed,
        Self::Tick,
        Self::Restart,
        Self::Cancel,
    ];
}

/// In phase `from`, `on` this, the machine goes to one of `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// The phase before.
    pub from: PhaseKind,
    /// What happened.
    pub on: InputKind,
    /// The phases that may follow.
    pub to: &'static [PhaseKind],
}

const fn edge(from: PhaseKind, on: InputKind, to: &'static [PhaseKind]) -> Edge {
    Edge { from, on, to }
}

/// Every edge there is.
#[rustfmt::skip]
pub const EDGES: &[Edge] = &[
    edge(P::Starting,   InputKind::Started,       &[P::Choosing, P::Selecting, P::AtBank, P::Signing, P::Reading, P::Ended]),
    edge(P::Starting,   InputKind::StartFailed,   &[P::Ended]),
    edge(P::Starting,   InputKind::StartUnknown,  &[P::Looking]),
    edge(P::Starting,   InputKind::Cancel,        &[P::Ended]),

    edge(P::Looking,    InputKind::Listed,        &[P::Looking, P::Ended]),
    edge(P::Looking,    InputKind::Polled,        &[P::Selecting, P::Signing, P::Reading, P::Ended]),
    edge(P::Looking,    InputKind::PollFailed,    &[P::Looking]),
    edge(P::Looking,    InputKind::Throttled,     &[P::Looking]),
    edge(P::Looking,    InputKind::PollRefused,   &[P::Ended]),
    edge(P::Looking,    InputKind::Cancel,        &[P::Ended]),

    edge(P::Choosing,   InputKind::Chosen,        &[P::Selecting]),
    edge(P::Choosing,   InputKind::Restart,       &[P::Starting]),
    edge(P::Choosing,   InputKind::Cancel,        &[P::Ended]),

    edge(P::Selecting,  InputKind::Selected,      &[P::AtBank, P::Signing, P::Reading, P::Ended]),
    edge(P::Selecting,  InputKind::SelectRefused, &[P::Choosing, P::Ended]),
    edge(P::Selecting,  InputKind::SelectUnknown, &[P::Signing]),
    edge(P::Selecting,  InputKind::Cancel,        &[P::Ended]),

    edge(P::AtBank,     InputKind::Code,          &[P::Exchanging]),
    edge(P::AtBank,     InputKind::Returned,      &[P::AtBank]),
    edge(P::AtBank,     InputKind::Refused,       &[P::Ended]),
    edge(P::AtBank,     InputKind::Failed,        &[P::AtBank]),
    edge(P::AtBank,     InputKind::Polled,        &[P::AtBank, P::Reading, P::Ended]),
    edge(P::AtBank,     InputKind::PollFailed,    &[P::AtBank]),
    edge(P::AtBank,     InputKind::Throttled,     &[P::AtBank]),
    edge(P::AtBank,     InputKind::PollRefused,   &[P::Checking]),
    edge(P::AtBank,     InputKind::Restart,       &[P::Starting]),
    edge(P::AtBank,     InputKind::Cancel,        &[P::Ended]),

    edge(P::Exchanging, InputKind::Exchanged,     &[P::AtBank]),
    edge(P::Exchanging, InputKind::Cancel,        &[P::Ended]),

    edge(P::Signing,    InputKind::Polled,        &[P::Signing, P::Reading, P::Ended]),
    edge(P::Signing,    InputKind::PollFailed,    &[P::Signing]),
    edge(P::Signing,    InputKind::Throttled,     &[P::Signing]),
    edge(P::Signing,    InputKind::PollRefused,   &[P::Checking]),
    edge(P::Signing,    InputKind::Tick,          &[P::Signing]),
    edge(P::Signing,    InputKind::Restart,       &[P::Starting]),
    edge(P::Signing,    InputKind::Cancel,        &[P::Ended]),

    edge(P::Checking,   InputKind::Read,          &[P::AtBank, P::Signing, P::Ended]),
    edge(P::Checking,   InputKind::ReadFailed,    &[P::AtBank, P::Signing]),
    edge(P::Checking,   InputKind::Tick,          &[P::Checking]),
    edge(P::Checking,   InputKind::Cancel,        &[P::Ended]),

    edge(P::Reading,    InputKind::Read,          &[P::Reading, P::Ended]),
    edge(P::Reading,    InputKind::ReadFailed,    &[P::Reading]),
    edge(P::Reading,    InputKind::Polled,        &[P::Reading]),
    edge(P::Reading,    InputKind::Cancel,        &[P::Ended]),

    edge(P::Ended,      InputKind::Restart,       &[P::Starting]),
    edge(P::Ended,      InputKind::Polled,        &[P::Ended]),
    edge(P::Ended,      InputKind::Cancel,        &[P::Ended]),
];

/// The edge that `on` takes in `from`, if there is one.
pub(crate) fn find(from: PhaseKind, on: InputKind) -> Option<&'static Edge> {
    EDGES.iter().find(|edge| edge.from == from && edge.on == on)
}

/// The table as a Mermaid state diagram.
pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n    [*] --> Starting\n");
    for from in PhaseKind::ALL {
        for to in PhaseKind::ALL {
            let words: Vec<String> = EDGES
                .iter()
                .filter(|edge| edge.from == from && edge.to.contains(&to))
                .map(|edge| format!("{:?}", edge.on))
                .collect();
            if !words.is_empty() {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "    {from:?} --> {to:?}: {}", words.join(", "));
            }
        }
    }
    text.push_str("    Ended --> [*]\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/signing-machine.md");

    fn page() -> String {
        format!(
            "# The machine of strong customer authentication\n\n\
            Drawn from the table in `crates/openpayments-sca/src/machine/edge.rs`; do not edit. To draw it anew:\n\
            `UPDATE_DIAGRAM=1 cargo test -p openpayments-sca diagram`.\n\n\
            ```mermaid\n{}```\n\n\
            In words, for whoever cannot see it or wants to look something up:\n\n\
            | in | on | goes to |\n|---|---|---|\n{}",
            diagram(),
            rows()
        )
    }

    /// Each line of the diagram as a row.
    fn rows() -> String {
        let lines = diagram();
        let edges = lines.lines().filter_map(|line| line.trim().split_once(": "));
        edges.fold(String::new(), |rows, (phases, inputs)| {
            let (from, to) = phases.split_once(" --> ").unwrap();
            rows + &format!("| {from} | {inputs} | {to} |\n")
        })
    }

    #[test]
    fn the_diagram_is_drawn_from_the_table() {
        if std::env::var_os("UPDATE_DIAGRAM").is_some() {
            std::fs::write(FILE, page()).unwrap();
        }
        let kept = std::fs::read_to_string(FILE).unwrap();
        assert_eq!(kept.replace("\r\n", "\n"), page(), "run with UPDATE_DIAGRAM=1");
    }

    #[test]
    fn no_edge_stands_twice_and_every_phase_is_reached_and_left() {
        for (n, edge) in EDGES.iter().enumerate() {
            assert!(!edge.to.is_empty());
            let twin = EDGES.iter().skip(n + 1).find(|other| (other.from, other.on) == (edge.from, edge.on));
            assert_eq!(twin, None);
        }
        for phase in PhaseKind::ALL {
            assert!(EDGES.iter().any(|edge| edge.from == phase), "{phase:?} is never left");
            assert!(EDGES.iter().any(|edge| edge.to.contains(&phase)), "{phase:?} is never reached");
        }
        for input in InputKind::ALL {
            assert!(EDGES.iter().any(|edge| edge.on == input), "{input:?} goes nowhere");
        }
    }
}
