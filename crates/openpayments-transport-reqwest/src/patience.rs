//! How long an exchange may take in all and how long nothing may come: two limits, one timer.
//!
//! The HTTP client's own limits take a timer each for the answer's head and again for its body, and many requests wait at
//! once.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use openpayments_transport::{Delivery, Stage, TransportError, TransportErrorKind};
use tokio::time::{Instant, Sleep, sleep_until};

/// As good as for ever, and no overflow.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// Bounds of one exchange, from now on.
pub(crate) struct Patience<'t> {
    timer: Pin<&'t mut Sleep>,
    ends: Instant,
    idle: Duration,
    idle_ends: Instant,
}

/// The timer to give to [`Patience::new`], where it can stay.
pub(crate) fn timer(total: Duration, idle: Duration) -> Sleep {
    sleep_until(now() + total.min(idle).min(LONGEST))
}

impl<'t> Patience<'t> {
    pub(crate) fn new(timer: Pin<&'t mut Sleep>, total: Duration, idle: Duration) -> Self {
        let (now, idle) = (now(), idle.min(LONGEST));
        Self { timer, ends: now + total.min(LONGEST), idle, idle_ends: now + idle }
    }

    /// Waits for what comes next.
    ///
    /// # Errors
    /// A timeout of the exchange, after which the request may have arrived.
    pub(crate) async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, TransportError> {
        let mut next = pin!(next);
        poll_fn(|cx| {
            if let Poll::Ready(come) = next.as_mut().poll(cx) {
                self.idle_ends = now() + self.idle;
                return Poll::Ready(Ok(come));
            }
            while self.timer.as_mut().poll(cx).is_ready() {
                let ends = self.ends.min(self.idle_ends);
                if ends <= now() {
                    let kind = TransportErrorKind::Timeout(Stage::Exchange);
                    return Poll::Ready(Err(TransportError::new(kind, Delivery::Unknown)));
                }
                // Something has come since it was set.
                self.timer.as_mut().reset(ends);
            }
            Poll::Pending
        })
        .await
    }
}

#[expect(clippy::disallowed_methods, reason = "a transport's limits are kept on the runtime's clock")]
fn now() -> Instant {
    Instant::now()
}
