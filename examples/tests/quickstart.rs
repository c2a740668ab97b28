//! The program that the readme shows runs to its end.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Cargo builds the examples together with the tests and puts them in a folder beside theirs. The program runs on its
/// own, as a reader runs it.
fn quickstart() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    profile.join("examples").join("quickstart").with_extension(std::env::consts::EXE_EXTENSION)
}

#[test]
fn the_quickstart_runs_to_its_end() {
    let program = quickstart();
    assert!(program.exists(), "{} is not built: run `cargo build --examples`", program.display());
    let output = Command::new(program).stdin(Stdio::null()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", output.status);
}
