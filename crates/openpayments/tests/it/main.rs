//! The facade against the local platform, over real sockets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bad_input;
mod banks;
mod canary;
mod client_certificate;
mod failing_store;
mod faults;
mod handover;
mod journey;
mod odd_signatures;
mod protocol;
mod quirks;
mod reconciled;
mod remembered;
mod secrecy;
mod signed_again;
mod support;
mod unhurried;
mod walks;
