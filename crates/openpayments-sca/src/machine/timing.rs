//! How long things take. Banks differ; whoever knows a bank sets what is known.

use std::time::Duration;

/// How long a PSU who went to the bank's page may stay there: as long as the `state` in the link is good.
pub(crate) const AT_BANK: Duration = Duration::from_mins(15);
/// Between readings of a status that lags behind the signature.
pub(super) const READ_AGAIN: Duration = Duration::from_secs(1);
/// How long a status may lag behind the signature.
pub(super) const LAG: Duration = Duration::from_secs(30);
/// How many polls in a row may fail before it is told.
pub(super) const FAILED_POLLS: u32 = 10;
/// How much slower the polls become each time the bank asks for it.
pub(super) const SLOWER: Duration = Duration::from_secs(5);
/// How long a picture that changes is worth showing.
pub(crate) const FRAME_LIFE: Duration = Duration::from_secs(2);

/// How long the PSU has, and how often the bank is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// How long the PSU has in all to sign in an app; 5 minutes. On the bank's page it is 15.
    pub deadline: Duration,
    /// How long the PSU has to open BankID, in each round; 30 s.
    pub start_window: Duration,
    /// Whether the first of these windows opens when the authorisation is started (Handelsbanken) and not when the way
    /// to sign is chosen; `false`.
    pub opens_at_start: bool,
    /// Between polls; 2 s.
    pub poll: Duration,
    /// Between polls while the bank feeds a code that changes every second; 1 s.
    pub poll_animated: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            deadline: Duration::from_mins(5),
            start_window: Duration::from_secs(30),
            opens_at_start: false,
            poll: Duration::from_secs(2),
            poll_animated: Duration::from_secs(1),
        }
    }
}
