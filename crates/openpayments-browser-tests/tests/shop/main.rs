//! The web example, as its customers use it: the program runs on its own, beside a sandbox whose ledger is the judge.

#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod pay;
mod program;
mod scene;
mod scriptless;
