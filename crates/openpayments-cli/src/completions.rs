//! `openpayments completions`: for the shell to complete words.

use clap::CommandFactory;
use clap_complete::Shell;
use serde::Serialize;

use crate::arguments;
use crate::output::{Answer, Output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// What a shell is to read.
#[derive(Serialize)]
struct Completions {
    shell: String,
    script: String,
}

impl Answer for Completions {
    fn text(&self) -> String {
        self.script.trim_end().to_owned()
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) {
    let mut script = Vec::new();
    let mut command = arguments::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "openpayments", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    output.answer(&Completions { shell: arguments.shell.to_string(), script });
}
