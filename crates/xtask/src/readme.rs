//! What README.md promises, in a form that can be run.

use anyhow::{Result, bail, ensure};

use crate::markdown;

/// The words of the test command: the one line in the one block that is fenced with `sh test`.
///
/// # Errors
/// There is no such block or more than one, or it is more than one plain command.
pub fn test_command(readme: &str) -> Result<Vec<&str>> {
    let line = only_block(readme, "sh test")?;
    ensure!(line.lines().count() == 1, "README.md's test command must be one line");
    // No shell runs it, so that it means the same on every platform.
    ensure!(
        !line.contains(['"', '\'', '$', '&', '|', ';', '<', '>', '*', '\\', '`', '=']),
        "README.md's test command must need no shell: {line}"
    );
    let words: Vec<&str> = line.split_whitespace().collect();
    ensure!(!words.is_empty(), "README.md's test command is empty");
    Ok(words)
}

/// The Rust program that the readme shows.
///
/// # Errors
/// There is none, or more than one.
pub fn program(readme: &str) -> Result<&str> {
    only_block(readme, "rust")
}

fn only_block<'a>(readme: &'a str, info: &str) -> Result<&'a str> {
    let mut found = markdown::code_blocks(readme).into_iter().filter(|block| block.info == info);
    match (found.next(), found.next()) {
        (Some(block), None) => Ok(block.code),
        (None, _) => bail!("README.md has no block fenced with ```{info}"),
        (Some(_), Some(_)) => bail!("README.md has more than one block fenced with ```{info}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# It\n\n```sh\ncargo run\n```\n\n```sh test\ncargo test --workspace\n```\n\n\
        ```rust\nfn main() {}\n```\n";

    #[test]
    fn the_marked_block_is_the_test_command() {
        assert_eq!(test_command(README).unwrap(), ["cargo", "test", "--workspace"]);
    }

    #[test]
    fn a_readme_without_exactly_one_test_command_is_refused() {
        assert!(test_command("```sh\ncargo test\n```\n").is_err());
        assert!(test_command(&format!("{README}{README}")).is_err());
    }

    #[test]
    fn a_test_command_that_needs_a_shell_is_refused() {
        for line in ["cargo test && true", "cargo test\ncargo test", "RUST_LOG=info cargo test", ""] {
            assert!(test_command(&format!("```sh test\n{line}\n```\n")).is_err(), "{line}");
        }
    }

    #[test]
    fn the_program_is_the_rust_block_as_it_stands() {
        assert_eq!(program(README).unwrap(), "fn main() {}\n");
    }
}
