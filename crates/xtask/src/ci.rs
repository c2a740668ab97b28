//! All jobs in a row. One that fails does not hide the next.

use std::process::ExitCode;
use std::time::Duration;

use crate::Job;
use crate::stopwatch::Stopwatch;

struct Done {
    job: Job,
    passed: bool,
    took: Duration,
}

pub(crate) fn run_job() -> ExitCode {
    let done: Vec<Done> = Job::ALL.into_iter().map(run_one).collect();

    println!("\n{:<8}| {:<7}| {:>7}", "job", "result", "seconds");
    for Done { job, passed, took } in &done {
        let result = if *passed { "passed" } else { "FAILED" };
        println!("{job:<8}| {result:<7}| {:>7.1}", took.as_secs_f64());
    }
    let passed = done.iter().filter(|done| done.passed).count();
    let failed = done.len() - passed;
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_one(job: Job) -> Done {
    println!("\n=== {job} ===");
    let stopwatch = Stopwatch::start();
    let result = job.run();
    if let Err(error) = &result {
        println!("{job} failed: {error:#}");
    }
    Done { job, passed: result.is_ok(), took: stopwatch.elapsed() }
}
