//! What README.md shows is what is compiled and run.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use xtask::{readme, workspace};

fn file(path: &str) -> String {
    fs::read_to_string(workspace::root().join(path)).unwrap()
}

#[test]
fn the_readme_shows_the_quickstart_to_the_letter() {
    let readme = file("README.md");
    assert_eq!(readme::program(&readme).unwrap().trim_end(), file("examples/quickstart.rs").trim_end());
}

#[test]
fn the_readme_gives_a_test_command() {
    let readme = file("README.md");
    assert_eq!(readme::test_command(&readme).unwrap().first(), Some(&"cargo"));
}
