//! The suite that every [`Transport`] must pass.
//!
//! A [`Subject`] sets the stage for one case: it is told what the other side will do with each request
//! ([`Exchange`]), and hands out a transport whose requests meet exactly that. [`OverSockets`] does so with a peer on
//! the loopback interface, for transports that use the network; [`Scripted`] with a script.
//!
//! ```
//! use openpayments_transport_mock::conformance::{self, Scripted};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! conformance::run(&Scripted).await.assert_passed();
//! # }
//! ```

mod cases;
mod exchange;
mod peer;
mod scripted;
mod subject;

use std::fmt;

#[cfg(doc)]
use openpayments_transport::Transport;

pub use self::exchange::{Behaviour, Exchange};
pub use self::peer::Peer;
pub use self::scripted::Scripted;
pub use self::subject::{OverSockets, Stage, Subject};

/// Runs every case on `subject`.
pub async fn run(subject: &dyn Subject) -> Report {
    let mut report = Report::default();
    for case in cases::ALL {
        match (case.run)(subject).await {
            Ok(()) => report.passed.push(case.name),
            Err(reason) => report.failed.push((case.name, reason)),
        }
    }
    report
}

/// What the suite found.
#[derive(Clone, Debug, Default)]
#[must_use = "a report nobody reads proves nothing"]
pub struct Report {
    passed: Vec<&'static str>,
    failed: Vec<(&'static str, String)>,
}

impl Report {
    /// The cases that passed.
    pub fn passed(&self) -> &[&'static str] {
        &self.passed
    }

    /// The cases that failed, each with the reason.
    pub fn failed(&self) -> &[(&'static str, String)] {
        &self.failed
    }

    /// Ends a test.
    ///
    /// # Panics
    /// When a case failed, with all reasons.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.failed.is_empty() && !self.passed.is_empty(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cases passed, {} failed", self.passed.len(), self.failed.len())?;
        self.failed.iter().try_for_each(|(name, reason)| write!(f, "\n- {name}: {reason}"))
    }
}
