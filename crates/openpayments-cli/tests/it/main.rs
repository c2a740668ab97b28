//! The command as a program: what it prints, and how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "tests"
)]

mod account_data;
mod consents;
mod directory;
mod exit_codes;
#[cfg(unix)]
mod killed;
mod local_platform;
mod payments;
mod support;
#[cfg(unix)]
mod terminal;
mod words;
