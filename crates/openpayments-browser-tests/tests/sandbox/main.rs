//! The sandbox's pages, as people use them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bank;
mod bankid;
mod client;
mod dashboard;
mod orders;
mod walk;
