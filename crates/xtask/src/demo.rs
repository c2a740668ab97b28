//! The demo, run as a newcomer runs it, and its output judged.

mod judgement;

use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};

pub use self::judgement::judge;
use crate::command::{cannot_start, cargo, run, shown};
use crate::stopwatch::Stopwatch;

/// How long the journey may take once everything is built.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) fn run_job() -> Result<()> {
    run(cargo().args(["build", "--quiet", "--locked", "-p", "openpayments-cli"]))?;

    let mut command = cargo();
    command.args(["run", "--quiet", "--locked", "-p", "openpayments-cli", "--", "demo", "--json"]);
    println!("$ {}", shown(&command));
    let stopwatch = Stopwatch::start();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let output = output_in_time(child.map_err(|error| cannot_start(&command, error))?, LIMIT)?;
    let took = stopwatch.elapsed().as_secs_f64();

    let calls = judge(&output)?;
    println!("{calls} calls, a summary as promised, {took:.1} s");
    Ok(())
}

/// What the child wrote until it ended well. One that takes too long is ended.
fn output_in_time(mut child: Child, limit: Duration) -> Result<String> {
    let mut stdout = child.stdout.take().context("the demo's output is not at hand")?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_to_string(&mut text).map(|_| text);
        // Nobody listens any more once the time is over.
        let _ = sender.send(read);
    });
    let read = match receiver.recv_timeout(limit) {
        Ok(read) => read,
        Err(RecvTimeoutError::Timeout) => {
            child.kill().context("the demo cannot be ended")?;
            child.wait()?;
            bail!("the demo takes longer than {} s", limit.as_secs());
        }
        Err(RecvTimeoutError::Disconnected) => bail!("the demo's output was lost"),
    };
    reader.join().map_err(|_| anyhow!("the demo's output was lost"))?;
    let status = child.wait()?;
    let text = read.context("the demo's output cannot be read")?;
    ensure!(status.success(), "the demo ended with {status}; its output:\n{text}");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rustc(argument: &str) -> Child {
        let mut command = crate::command::program("rustc");
        command.arg(argument).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    #[test]
    fn the_output_of_a_program_that_ends_well_is_read() {
        assert!(output_in_time(rustc("--version"), LIMIT).unwrap().starts_with("rustc"));
    }

    #[test]
    fn a_program_that_fails_is_a_failure_whatever_it_wrote() {
        let error = output_in_time(rustc("--no-such-flag"), LIMIT).unwrap_err();
        assert!(error.to_string().starts_with("the demo ended with"), "{error}");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        // It waits for a program on its standard input, and none comes.
        let error = output_in_time(rustc("-"), Duration::from_millis(1)).unwrap_err();
        assert!(error.to_string().starts_with("the demo takes longer"), "{error}");
    }
}
