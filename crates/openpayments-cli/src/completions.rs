//! `openpayments completions`: for the shell to complete words.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments;
use crate::terminal;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) {
    let mut script = Vec::new();
    let mut command = arguments::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "openpayments", &mut script);
    terminal::line(String::from_utf8_lossy(&script).trim_end());
}
