//! The sandbox's time: the machine's clock with an offset that a test moves forward, or a clock that stands still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

/// Virtual time. Copies share it; the platform never waits on it: what is due is worked out when somebody looks. Only what
/// a fault holds back does.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// A clock that stands at this moment until it is moved; without it, the machine's clock.
    frozen_at: Option<Timestamp>,
    ahead: Mutex<Duration>,
    moved: Notify,
}

impl Clock {
    pub(crate) fn new(frozen_at: Option<Timestamp>) -> Self {
        Self(Arc::new(Shared { frozen_at, ahead: Mutex::default(), moved: Notify::new() }))
    }

    /// Moves the sandbox's time forward: tokens age, windows close, payments settle.
    pub fn advance(&self, by: Duration) {
        {
            let mut ahead = self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            *ahead = ahead.saturating_add(by);
        }
        self.0.moved.notify_waiters();
    }

    /// Waits until so much time has passed, by itself or because somebody moved it; a clock that stands has to be moved.
    pub(crate) async fn pass(&self, by: Duration) {
        let due = later(self.now(), by);
        loop {
            let moved = self.0.moved.notified();
            let left = Duration::try_from(due.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            if self.0.frozen_at.is_some() {
                moved.await;
            } else {
                tokio::select! {
                    () = moved => {}
                    () = real_time(left) => return,
                }
            }
        }
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

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock seam: the one place that waits in real time"
)]
async fn real_time(time: Duration) {
    tokio::time::sleep(time).await;
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

    #[tokio::test]
    async fn what_waits_goes_on_when_the_clock_is_moved_past_it_and_not_before() {
        let clock = Clock::new(Some("2026-03-02T10:00:00Z".parse().unwrap()));
        let copy = clock.clone();
        let waiting = tokio::spawn(async move { copy.pass(Duration::from_secs(5)).await });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
    }

    #[test]
    fn advancing_beyond_the_end_of_time_stays_there() {
        let clock = Clock::new(None);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
