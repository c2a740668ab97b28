//! The sandbox's time: the machine's clock with an offset that a test moves forward, or a clock that stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// Virtual time. Copies share it; nothing ever waits on it: what is due is worked out when somebody looks.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// A clock that stands at this moment until it is moved; without it, the machine's clock.
    frozen_at: Option<Timestamp>,
    ahead: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn new(frozen_at: Option<Timestamp>) -> Self {
        Self(Arc::new(Shared { frozen_at, ahead: Mutex::new(Duration::ZERO) }))
    }

    /// Moves the sandbox's time forward: tokens age, windows close, payments settle.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
    }

    /// The sandbox's present moment.
    pub fn now(&self) -> Timestamp {
        let ahead = *self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        later(self.0.frozen_at.unwrap_or_else(machine_time), ahead)
    }
}

/// `moment` and then `by`; the end of time when there is no such moment.
pub(crate) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The calendar day of a moment. Banks count in their local days; the sandbox counts in UTC for all of them.
pub(crate) fn day_of(moment: Timestamp) -> jiff::civil::Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[expect(clippy::disallowed_methods, reason = "this is the clock seam: the one place that reads real time")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::new(Some("2026-03-02T10:00:00Z".parse().unwrap()));
        assert_eq!(clock.now(), clock.now());
        clock.clone().advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-03-02T10:01:30Z");
    }

    #[test]
    fn advancing_beyond_the_end_of_time_stays_there() {
        let clock = Clock::new(None);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
