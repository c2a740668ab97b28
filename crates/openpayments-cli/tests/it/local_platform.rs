//! `openpayments sandbox` and `openpayments demo`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use serde_json::Value;

use crate::support::Home;

/// A platform that runs until it is dropped, in a home.
struct Platform {
    process: Child,
    ready: Value,
}

impl Platform {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let listen = ["--listen", "127.0.0.1:0"];
        let listen = if arguments.contains(&"--listen") { &[][..] } else { &listen };
        let words = [&["sandbox"], listen, arguments].concat();
        let mut process = home.command(&words).spawn().unwrap();
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
    let ran = Home::new().run(&["demo", "--json"]).good();
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
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
    let home = Home::new();
    let platform = Platform::start(&home, &[]);
    let address = platform.says("api_url").strip_prefix("http://").unwrap();
    assert_eq!(platform.says("auth_url"), platform.says("api_url"));
    assert!(!platform.says("client_id").is_empty() && !platform.says("client_secret").is_empty());

    let second = home.run(&["sandbox", "--listen", address]);
    assert_eq!(second.code, 1);
    assert!(second.err.contains(address) && second.err.contains("in use"), "{}", second.err);
    assert!(second.out.is_empty());
}

#[test]
fn other_commands_find_the_platform_that_runs_and_say_how_to_start_one_when_none_does() {
    let home = Home::new();
    let none = home.run(&["banks", "list"]);
    assert_eq!(none.code, 7);
    assert!(none.err.contains("now: start one in another terminal: openpayments sandbox"), "{}", none.err);

    let platform = Platform::start(&home, &[]);
    assert!(home.run(&["banks", "list"]).good().out.contains("ESSESESS"));
    drop(platform);

    // It was killed and left its file behind.
    let gone = home.run(&["banks", "list"]);
    assert_eq!(gone.code, 7);
    assert!(gone.err.contains("nothing answers at"), "{}", gone.err);
}

#[test]
fn a_platform_that_speaks_tls_is_trusted_by_the_other_commands() {
    let home = Home::new();
    let _platform = Platform::start(&home, &["--tls"]);
    assert!(home.run(&["banks", "list"]).good().out.contains("ESSESESS"));
}

#[test]
fn b1_a_platform_beyond_loopback_wants_an_access_token_from_a_file() {
    let home = Home::new();
    let refused = home.run(&["sandbox", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("0.0.0.0:0 is not a loopback address"), "{}", refused.err);
    let open = home.run(&["sandbox", "--listen", "0.0.0.0:0", "--beyond-loopback", "sandbox.test"]);
    assert!(open.code == 2 && open.err.contains("--access-token-file"), "{}", open.err);

    home.write("access", "made-up-access-token\n");
    let beyond = ["--beyond-loopback", "sandbox.test", "--access-token-file", "access"];
    let platform = Platform::start(&home, &[&["--listen", "0.0.0.0:0"][..], &beyond].concat());
    assert!(platform.says("api_url").starts_with("http://sandbox.test:"));
    let binds = platform.ready.get("binds").unwrap().to_string();
    assert!(binds.starts_with("[\"0.0.0.0:"), "{binds}");
    assert!(!platform.ready.to_string().contains("made-up-access-token"));
    // The commands on this machine come by its own name.
    assert!(home.run(&["banks", "list"]).good().out.contains("ESSESESS"));
    drop(platform);

    // Those of another machine by a name of it, and with the token. 127.0.0.2 stands for one.
    let beyond = ["--beyond-loopback", "127.0.0.2", "--access-token-file", "access"];
    let platform = Platform::start(&home, &[&["--listen", "0.0.0.0:0"][..], &beyond].concat());
    home.write("secret", platform.says("client_secret"));
    let profile = format!(
        "[profile.afar]\nurl = '{}'\nclient_id = '{}'\nclient_secret_file = '../../secret'\n",
        platform.says("api_url"),
        platform.says("client_id"),
    );
    home.write("config/openpayments/config.toml", &profile);
    let afar = ["banks", "list", "--profile", "afar"];
    let outside = home.run(&afar);
    assert!(outside.code != 0 && outside.err.contains("403"), "{}", outside.err);
    home.write("config/openpayments/config.toml", profile + "sandbox_access_file = '../../access'\n");
    assert!(home.run(&afar).good().out.contains("ESSESESS"));
}

#[cfg(unix)]
#[test]
fn after_a_second_platform_the_first_one_is_found_again() {
    let home = Home::new();
    let _first = Platform::start(&home, &[]);
    let mut second = Platform::start(&home, &[]);
    let stopped = Command::new("kill").args(["-INT", &second.process.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    second.process.wait().unwrap();
    assert!(home.run(&["banks", "list"]).good().out.contains("ESSESESS"));
}

#[test]
fn a_bank_profile_is_loaded_and_a_wrong_one_is_told_by_line_and_key() {
    let home = Home::new();
    let profile = "[bank]\nbic = \"MADESESS\"\nname = \"Made-up Bank\"\ncountry = \"SE\"\nsource = \"nobody\"\n\
                   date = \"2026\"\n\n[[contexts]]\nvalue = [\"private\"]\nsource = \"nobody\"\ndate = \"2026\"\n";
    home.write("made-up.toml", profile);
    let _platform = Platform::start(&home, &["--bank-profile", "made-up.toml"]);
    assert!(home.run(&["banks", "list"]).good().out.contains("MADESESS"));

    home.write("wrong.toml", format!("{profile}\n[sense]\nnonsense = 1\n"));
    let wrong = home.run(&["sandbox", "--listen", "127.0.0.1:0", "--bank-profile", "wrong.toml"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("wrong.toml:") && wrong.err.contains("sense"), "{}", wrong.err);
    let missing = home.run(&["sandbox", "--listen", "127.0.0.1:0", "--bank-profile", "nowhere.toml"]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);
}

#[cfg(unix)]
#[test]
fn a_platform_stops_cleanly_when_it_is_told_to() {
    let home = Home::new();
    for signal in ["-INT", "-TERM"] {
        let mut platform = Platform::start(&home, &["--tls"]);
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
    let mut demo = Home::new().command(&["demo", "--manual"]).spawn().unwrap();
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
    let ran = Home::new().run(&["sandbox", "--approve", "sometimes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("auto, manual or a number of milliseconds"));
}

#[test]
fn certificates_are_written_once_for_their_owner_and_open_the_api_host() {
    let home = Home::new();
    let told = home.run(&["--json", "sandbox", "certs", "kept"]).good();
    let told: Value = serde_json::from_str(&told.out).unwrap();
    for name in ["ca", "ca_key", "client", "client_key", "pfx"] {
        let file = home.path().join(told.get(name).and_then(Value::as_str).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        assert!(std::fs::metadata(&file).unwrap().len() > 0, "{name}");
    }
    let again = home.run(&["sandbox", "certs", "kept"]);
    assert!(again.code != 0 && again.err.contains("is there already"), "{}", again.err);

    let platform = Platform::start(&home, &["--require-client-cert", "--certs", "kept"]);
    assert_ne!(platform.says("auth_url"), platform.says("api_url"));
    assert!(platform.says("api_url").starts_with("https://"));
}
