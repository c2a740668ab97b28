//! Time as it comes in from outside, so that tests need not wait.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

/// Durations come from [`monotonic`](Clock::monotonic), dates from [`wall`](Clock::wall).
pub trait Clock: Send + Sync + Debug {
    /// Time since some fixed moment; never goes back.
    fn monotonic(&self) -> Duration;

    /// The time of day, which may jump.
    fn wall(&self) -> Timestamp;

    /// Waits, counted from this call on. The wait borrows nothing: many may be kept for long.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The machine's clock and tokio's timer.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock that starts at zero now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where real time comes in")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place where real time comes in")]
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place where real waiting happens")]
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock for tests: it stands still until it is moved, and whoever sleeps wakes when it has moved far enough.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<Duration>,
    wall_start: Mutex<Timestamp>,
    moves_when_slept_on: bool,
}

impl ManualClock {
    /// A clock that moves only by [`advance`](Self::advance).
    pub fn starting_at(wall: Timestamp) -> Self {
        Self {
            now: watch::Sender::new(Duration::ZERO),
            wall_start: Mutex::new(wall),
            moves_when_slept_on: false,
        }
    }

    /// A clock on which every sleep ends at once and moves the time by its length.
    pub fn skipping_sleeps(wall: Timestamp) -> Self {
        Self { moves_when_slept_on: true, ..Self::starting_at(wall) }
    }

    /// Moves both times forward.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now += by);
    }

    /// Moves the time of day alone, as when a machine's clock is set.
    pub fn set_wall(&self, wall: Timestamp) {
        let start = wall - jiff::SignedDuration::try_from(self.monotonic()).unwrap_or_default();
        *self.wall_start.lock().unwrap_or_else(PoisonError::into_inner) = start;
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        *self.now.borrow()
    }

    fn wall(&self) -> Timestamp {
        let start = *self.wall_start.lock().unwrap_or_else(PoisonError::into_inner);
        start + jiff::SignedDuration::try_from(self.monotonic()).unwrap_or_default()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (now, moves) = (self.now.clone(), self.moves_when_slept_on);
        let wake = self.monotonic() + duration;
        Box::pin(async move {
            if moves {
                now.send_modify(|now| *now += duration);
                return;
            }
            // The sender lives as long as this, so waiting cannot fail.
            let _ = now.subscribe().wait_for(|now| *now >= wake).await;
        })
    }
}
