//! The project's front door: the jobs people run are the jobs CI runs.
//!
//! A library beside the command, so that the tests of the workspace's shape read Markdown and manifests the way the
//! jobs do.

#![expect(clippy::print_stdout, reason = "jobs talk to the person who started them")]

mod browser;
mod ci;
mod command;
mod contract;
mod docs;
mod fuzz;
mod job;
mod rust;
mod spelling;
mod stopwatch;
mod supply_chain;
mod tool;
mod wire;

pub mod book;
pub mod demo;
pub mod markdown;
mod npm;
pub mod readme;
pub mod workspace;

pub use crate::job::Job;
