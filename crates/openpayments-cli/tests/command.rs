//! The command as a program: what it prints, and how it ends.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn openpayments(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openpayments"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    openpayments(arguments).output().unwrap()
}

/// A platform that runs until it is dropped.
struct Platform {
    process: Child,
    ready: Value,
}

impl Platform {
    fn start(arguments: &[&str]) -> Self {
        let mut process =
            openpayments(&[&["sandbox", "--listen", "127.0.0.1:0"], arguments].concat()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { process, ready: serde_json::from_str(&line).unwrap() }
    }

    fn says(&self, name: &str) -> &str {
        self.ready
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{name} is missing: {}", self.ready))
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_demo_shows_every_call_and_a_summary_to_programs() {
    let output = run(&["demo", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, calls) = lines.split_last().unwrap();
    for call in calls {
        for member in ["step", "operation", "method", "path", "request_id"] {
            assert!(call.get(member).is_some_and(Value::is_string), "{member} in {call}");
        }
        for member in ["status", "ms"] {
            assert!(call.get(member).is_some_and(Value::is_u64), "{member} in {call}");
        }
    }
    assert_eq!(summary.get("step").unwrap(), "summary");
    assert_eq!(summary.get("consent").unwrap(), "valid");
}

#[test]
fn a_platform_says_where_it_is_and_a_second_one_on_its_port_says_why_it_cannot_start() {
    let platform = Platform::start(&[]);
    let address = platform.says("api_url").strip_prefix("http://").unwrap();
    assert_eq!(platform.says("auth_url"), platform.says("api_url"));
    assert!(!platform.says("client_id").is_empty() && !platform.says("client_secret").is_empty());

    let second = run(&["sandbox", "--listen", address]);
    let complaint = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(complaint.contains(address) && complaint.contains("in use"), "{complaint}");
    assert!(second.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn a_platform_stops_cleanly_when_it_is_told_to() {
    for signal in ["-INT", "-TERM"] {
        let mut platform = Platform::start(&["--tls"]);
        let ca = platform.says("ca").to_owned();
        assert!(std::fs::read_to_string(&ca).unwrap().contains("BEGIN CERTIFICATE"));
        let told = Command::new("kill").args([signal, &platform.process.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert!(platform.process.wait().unwrap().success(), "{signal}");
        assert!(!std::path::Path::new(&ca).exists(), "the file of this run is gone");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_demo_leaves_nothing_running() {
    let mut demo = openpayments(&["demo", "--manual"]).spawn().unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    let mut line = String::new();
    // It waits for a person from here on.
    while !line.contains("Open this and sign") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the demo ended by itself");
    }
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap().success());
    out.read_to_string(&mut line).unwrap();
    assert_eq!(demo.wait().unwrap().code(), Some(130));
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens there any more");
}

#[test]
fn a_wrong_flag_is_answered_with_how_it_is_right() {
    let output = run(&["sandbox", "--approve", "sometimes"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("auto, manual or a number of milliseconds"));
}
