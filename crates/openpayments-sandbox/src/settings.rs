//! How a sandbox is set up.

use std::time::Duration;

/// Who signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Approve {
    /// The PSU of the order signs by himself after about 1.2 seconds; a bank page approves at once.
    #[default]
    Auto,
    /// The same after this time. BankID must be opened within 30 seconds, so a longer one lets orders expire.
    After(Duration),
    /// A person on the pages, or a test through [`Sandbox::approve`](crate::Sandbox::approve).
    Manual,
}

impl Approve {
    /// How long the simulated PSU takes, where there is one.
    pub(crate) fn delay(self) -> Option<Duration> {
        match self {
            Self::Auto => Some(Duration::from_millis(1200)),
            Self::After(delay) => Some(delay),
            Self::Manual => None,
        }
    }
}
