//! A run that is killed, anywhere, and the same words again.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::Duration;

use openpayments_sandbox::Fault;

use crate::payments::created;
use crate::support::{Ran, Stage};

const PAY: [&str; 15] = [
    "payments",
    "create",
    "domestic",
    "--bank",
    "ESSESESS",
    "--from",
    "SE4550000000058398257466",
    "--to",
    "SE2550000000054400047903",
    "--name",
    "Made-up AB",
    "--amount",
    "30",
    "--key",
    "rent",
];
const ASK: [&str; 4] = ["consents", "create", "--bank", "ESSESESS"];

/// Where a run is killed.
#[derive(Clone, Copy, Debug)]
enum At {
    /// Before or after it writes something down.
    Writing,
    /// When its request has left, and the bank has not looked at it.
    Request,
    /// When the bank has acted, and the answer has not come.
    Answer,
}

/// What came of the same words after a kill.
struct Again {
    place: (At, u32),
    ran: Ran,
    stage: Stage,
}

/// Kills runs at the first such place, the second, and so on, until one comes to its end, and says the same words again
/// after each.
fn killed_everywhere(at: At, words: &'static [&'static str]) -> Vec<Again> {
    let mut all = Vec::new();
    for first in (1..).step_by(4) {
        // Side by side: most of the time somebody waits for a bank.
        let some = std::thread::scope(|scope| {
            let places = first..first + 4;
            let runs: Vec<_> = places.map(|nth| scope.spawn(move || killed_at((at, nth), words))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
        });
        let is_over = some.iter().any(Option::is_none);
        all.extend(some.into_iter().flatten());
        if is_over {
            return all;
        }
    }
    all
}

/// `None` when the run came to its end before that place.
fn killed_at(place: (At, u32), words: &[&str]) -> Option<Again> {
    let stage = Stage::new();
    let (at, nth) = place;
    let mut command = stage.home.command(words);
    let fault = match at {
        At::Writing => {
            command.env("OPENPAYMENTS_STOP_AT", nth.to_string());
            None
        }
        At::Request => Some(Fault::delay_request(Duration::from_hours(1))),
        At::Answer => Some(Fault::delay_answer(Duration::from_hours(1))),
    };
    if let Some(fault) = fault {
        stage.sandbox.faults().script(fault.nth(nth)).unwrap();
    }
    let mut run = command.spawn().unwrap();
    let is_there = match at {
        At::Writing => stops(&mut run),
        At::Request | At::Answer => strikes(&stage, &mut run),
    };
    if !is_there {
        assert!(run.wait().unwrap().success());
        return None;
    }
    run.kill().unwrap();
    run.wait().unwrap();
    stage.sandbox.faults().clear();
    let ran = stage.run(words);
    Some(Again { place, ran, stage })
}

/// Waits until it says that it has stopped; `false` when it ends instead.
fn stops(run: &mut Child) -> bool {
    let said = BufReader::new(run.stderr.take().unwrap());
    said.lines().map_while(Result::ok).any(|line| line.starts_with("stopped at "))
}

/// Waits until it meets the fault; `false` when it ends instead.
fn strikes(stage: &Stage, run: &mut Child) -> bool {
    let struck = || stage.sandbox.faults().list().iter().any(|armed| armed.struck > 0);
    while !struck() {
        if run.try_wait().unwrap().is_some() {
            return struck();
        }
        std::thread::yield_now();
    }
    true
}

/// The same words go on and pay; only where the run was killed between deciding to send and writing down what came of it
/// does nobody know, and then nothing is sent.
fn pays_once(killed: &[Again], unknown: &[u32]) {
    for Again { place, ran, stage } in killed {
        let sent = created(&stage.sandbox);
        if unknown.contains(&place.1) {
            assert_eq!(ran.code, 8, "{place:?}: {}", ran.err);
            assert!(ran.err.contains("openpayments payments reconcile rent"), "{place:?}: {}", ran.err);
            assert!(sent <= 1, "{place:?}: sent {sent} times");
            assert_eq!(
                stage.json(&["payments", "list"])["payments"][0]["outcome_unknown"],
                true,
                "{place:?}"
            );
            // Only a person who knows better sends another one.
            stage.run(&[&PAY[..], &["--anew"]].concat()).good();
            assert_eq!(created(&stage.sandbox), sent + 1, "{place:?}");
        } else {
            assert_eq!(ran.code, 0, "{place:?}: {}\n{}", ran.out, ran.err);
            assert_eq!(sent, 1, "{place:?}");
        }
        let listed = stage.json(&["payments", "list"]);
        assert_eq!(listed["payments"].as_array().unwrap().len(), 1, "{place:?}: {listed}");
        assert_eq!(stage.json(&["payments", "watch", "rent"])["status"], "ACSC", "{place:?}");
        assert_eq!(stage.json(&["sca", "list"])["signatures"].as_array().unwrap().len(), 0, "{place:?}");
    }
}

#[test]
fn f44_a_payment_killed_at_any_writing_goes_on_and_is_sent_once() {
    let killed = killed_everywhere(At::Writing, &PAY);
    pays_once(&killed, &[2, 3]);
}

#[test]
fn f44_a_payment_killed_at_any_request_goes_on_and_is_sent_once() {
    let killed = killed_everywhere(At::Request, &PAY);
    pays_once(&killed, &[2]);
}

#[test]
fn f44_a_payment_killed_before_any_answer_goes_on_and_is_sent_once() {
    let killed = killed_everywhere(At::Answer, &PAY);
    pays_once(&killed, &[2]);
}

#[test]
fn a_consent_killed_at_any_writing_or_answer_goes_on_and_ends_as_one() {
    for at in [At::Writing, At::Answer] {
        for Again { place, ran, stage } in killed_everywhere(at, &ASK) {
            assert_eq!(ran.code, 0, "{place:?}: {}\n{}", ran.out, ran.err);
            let listed = stage.json(&["consents", "list"]);
            let is_valid = |consent: &&serde_json::Value| consent["status"] == "valid";
            let consents = listed["consents"].as_array().unwrap();
            let valid = consents.iter().filter(is_valid).count();
            // One that was not written down, or another one where the first was signed already.
            assert!(valid >= 1 && consents.len() <= 2, "{place:?}: {listed}");
            assert_eq!(stage.json(&["sca", "list"])["signatures"].as_array().unwrap().len(), 0, "{place:?}");
            stage.run(&["accounts", "list"]).good();
        }
    }
}
