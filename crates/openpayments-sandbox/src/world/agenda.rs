//! What becomes due at which moment. Nothing runs in the background: whoever looks at the world first lets happen, in
//! order of time, all that was due until now.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Something that happens by itself when its time has come. A round that is over makes its events void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// The simulated PSU signs (or does what the scenario says).
    PsuActs { authorisation: String, round: u32 },
    /// The PSU was to have opened the app by now.
    WindowCloses { authorisation: String, round: u32 },
    /// A step that waits for nobody is over.
    StepPasses { authorisation: String, round: u32 },
    /// The bank books a signed payment.
    Settles { payment: String },
    /// The platform forgets its data, as it does every week.
    Resets,
}

/// Events by time; equal times keep the order in which they were noted.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    events: BTreeMap<(Timestamp, u64), Due>,
    noted: u64,
}

impl Agenda {
    pub(crate) fn note(&mut self, at: Timestamp, due: Due) {
        self.noted = self.noted.wrapping_add(1);
        self.events.insert((at, self.noted), due);
    }

    /// Forgets all that was to come.
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// Takes out the earliest event that is due by `now`, with its own time.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let first = self.events.first_entry()?;
        let at = first.key().0;
        (at <= now).then(|| (at, first.remove()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_order_of_time_and_never_early() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let settle = |id: &str| Due::Settles { payment: id.into() };
        let mut agenda = Agenda::default();
        agenda.note(at(20), settle("late"));
        agenda.note(at(10), settle("first"));
        agenda.note(at(10), settle("second"));
        assert_eq!(agenda.take_due(at(9)), None);
        let names: Vec<_> = std::iter::from_fn(|| agenda.take_due(at(15))).map(|(_, due)| due).collect();
        assert_eq!(names, [settle("first"), settle("second")]);
        assert_eq!(agenda.take_due(at(20)).unwrap().1, settle("late"));
    }
}
