//! The one place that reads the wall clock.

use std::time::SystemTime;

/// The present, for checking a certificate when the caller gave no time.
#[expect(
    clippy::disallowed_methods,
    reason = "the seam: callers with a clock pass their time to IdentityLoader::at"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
