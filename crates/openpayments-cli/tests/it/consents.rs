//! `openpayments consents` and `openpayments sca`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use openpayments_sandbox::Approve;
use url::Url;

use crate::support::{Ran, Stage};

#[test]
fn a_consent_is_asked_for_signed_used_and_ended() {
    let stage = Stage::new();
    let created = stage.json(&["consents", "create", "--bank", "ESSESESS", "--days", "30"]);
    assert_eq!(created["status"], "valid");
    let id = created["consent"].as_str().unwrap();

    assert_eq!(stage.run(&["consents", "status"]).good().out.trim(), "valid");
    assert_eq!(stage.json(&["consents", "show", id])["consent"]["frequencyPerDay"], 4);
    assert_eq!(stage.json(&["consents", "list"])["consents"][0]["consent"], id);
    assert_eq!(stage.json(&["sca", "list"])["signatures"].as_array().unwrap().len(), 0);

    stage.run(&["consents", "revoke", id]).good();
    assert_eq!(stage.json(&["consents", "list"])["consents"][0]["status"], "terminatedByTpp");
    let none = stage.run(&["accounts", "list"]);
    assert_eq!(none.code, 4);
    assert!(none.err.contains("openpayments consents create"), "{}", none.err);
}

#[test]
fn what_a_consent_was_begun_with_is_not_changed_later() {
    let stage = Stage::new().with_consent();
    for other in [["--psu", "99990101001"], ["--context", "corporate"], ["--redirect", "yes"]] {
        let ran = stage.run(&[&["consents", "status"][..], &other[..]].concat());
        // A consent at another bank is another one, so the bank alone does not count here.
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(other[0]), "{}", ran.err);
        assert!(!ran.err.contains("99990101001"), "no person is named in an error");
    }
}

#[test]
fn a_person_who_refuses_is_no_success() {
    let stage = Stage::new();
    let ran =
        stage.run(&["consents", "create", "--bank", "ESSESESS", "--psu", "99990101001", "--lang", "sv"]);
    assert!(matches!(ran.code, 4 | 5), "{}", ran.err);
    assert!(ran.err.contains("BankID"), "{}", ran.err);
    assert!(!ran.err.contains("99990101001"));
}

#[test]
fn accounts_are_read_by_the_consent_that_is_signed_and_not_by_one_that_was_refused_later() {
    let stage = Stage::new().with_consent();
    let refused = stage.run(&["consents", "create", "--bank", "ESSESESS", "--psu", "99990101001"]);
    assert_ne!(refused.code, 0);
    stage.run(&["accounts", "list"]).good();
}

#[test]
fn a_consent_that_is_gone_at_the_bank_is_told_with_the_command_that_helps() {
    let stage = Stage::new().with_consent();
    let ran = stage.run(&["accounts", "list", "--consent", "no-such-consent", "--bank", "ESSESESS"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("openpayments consents create") && ran.err.contains("request"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn s5_a_memory_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;

    let stage = Stage::new().with_consent();
    let memory = stage.home.path().join("state/openpayments");
    std::fs::set_permissions(&memory, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ran = stage.run(&["consents", "list"]);
    assert_eq!(ran.code, 9, "{}", ran.err);
    assert!(ran.err.contains("chmod 700"), "{}", ran.err);
}

#[test]
fn prompts_are_in_the_language_of_the_person() {
    let stage = Stage::new();
    for (lang, word) in
        [("sv", "skriv under"), ("nb", "signer"), ("da", "underskriv"), ("fi", "allekirjoita")]
    {
        let ran = stage.run(&["consents", "create", "--bank", "ESSESESS", "--lang", lang]).good();
        assert!(ran.err.contains(word), "{lang}: {}", ran.err);
    }
    let mut by_locale = stage.home.command(&["consents", "create", "--bank", "ESSESESS"]);
    let ran = Ran::of(by_locale.env("LANG", "sv_SE.UTF-8").output().unwrap()).good();
    assert!(ran.err.contains("skriv under"), "{}", ran.err);
}

#[test]
fn l7_no_code_is_written_where_standard_error_is_no_terminal() {
    let ran = Stage::new().run(&["consents", "create", "--bank", "ESSESESS"]).good();
    assert!(!ran.err.contains(['█', '▀', '▄']), "{}", ran.err);
    assert!(!ran.err.contains("autostarttoken"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn l7_a_code_in_a_file_is_its_owners_alone_and_gone_at_the_end() {
    use std::os::unix::fs::PermissionsExt;

    let stage = Stage::of(Approve::Manual);
    let words = ["consents", "create", "--bank", "ESSESESS", "--qr-file", "code.png", "--quiet"];
    let command = stage.home.command(&words).spawn().unwrap();
    let path = stage.home.path().join("code.png");
    while !path.exists() {
        std::thread::yield_now();
    }
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read(&path).unwrap().starts_with(b"\x89PNG"));
    while let Some(order) = stage.sandbox.orders().pop() {
        let _ = stage.sandbox.approve(&order.id);
    }
    let ended = Ran::of(command.wait_with_output().unwrap()).good();
    assert!(!path.exists());
    assert!(ended.err.is_empty(), "{}", ended.err);
}

/// What a browser does: goes where it is sent, until a page is shown.
fn browse(link: &str) {
    let mut at: Url = link.parse().unwrap();
    for _ in 0..10 {
        let address = (at.host_str().unwrap(), at.port().unwrap());
        let mut stream = TcpStream::connect(address).unwrap();
        let target = &at[url::Position::BeforePath..];
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n",
            address.0, address.1
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let to = page.lines().take_while(|line| !line.is_empty()).find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then(|| value.to_owned())
        });
        match to {
            Some(to) => at = at.join(&to).unwrap(),
            None => return,
        }
    }
    panic!("the pages go round in a ring");
}

fn line_with(reader: &mut impl BufRead, word: &str) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(reader.read_line(&mut line).unwrap(), 0, "it ended before it said {word}");
        if line.contains(word) {
            return line.trim().to_owned();
        }
    }
}

#[test]
fn l8_i185_a_browser_that_comes_back_finishes_the_signature_and_strangers_do_not() {
    let stage = Stage::new();
    let mut command =
        stage.home.command(&["consents", "create", "--bank", "NDEASESS", "--json"]).spawn().unwrap();
    let mut err = BufReader::new(command.stderr.take().unwrap());
    let link = line_with(&mut err, "/connect/authorize");
    let back = Url::parse(&link).unwrap();
    let back: Url = back.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.parse().unwrap();
    for stranger in ["?code=x&state=made-up", "", "/../etc?state=1"] {
        let mut at = back.clone();
        at.set_path(&format!("{}{}", back.path(), stranger.split('?').next().unwrap()));
        at.set_query(stranger.split_once('?').map(|(_, query)| query));
        browse(at.as_str());
    }
    browse(&link);
    let ended = Ran::of(command.wait_with_output().unwrap()).good();
    assert_eq!(ended.json()["status"], "valid");
}

#[cfg(unix)]
#[test]
fn l5_whoever_interrupts_a_signature_is_told_how_to_go_on_and_can() {
    let stage = Stage::new();
    let mut command = stage.home.command(&["consents", "create", "--bank", "NDEASESS"]).spawn().unwrap();
    let mut err = BufReader::new(command.stderr.take().unwrap());
    let link = line_with(&mut err, "/connect/authorize");
    let told = std::process::Command::new("kill").args(["-INT", &command.id().to_string()]).status().unwrap();
    assert!(told.success());
    let hint = line_with(&mut err, "openpayments sca resume");
    assert_eq!(command.wait().unwrap().code(), Some(130));

    let id = hint.rsplit(' ').next().unwrap().to_owned();
    let mut command = stage.home.command(&["sca", "resume", &id, "--json"]).spawn().unwrap();
    let mut err = BufReader::new(command.stderr.take().unwrap());
    line_with(&mut err, "The browser is at the bank's page");
    browse(&link);
    let ended = Ran::of(command.wait_with_output().unwrap()).good();
    assert_eq!(ended.json()["status"], "valid");
    assert_eq!(stage.json(&["sca", "list"])["signatures"].as_array().unwrap().len(), 0);
}

#[cfg(unix)]
#[test]
fn what_is_remembered_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    fn look(dir: &std::path::Path) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let right = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, right, "{}", path.display());
            if path.is_dir() {
                look(&path);
            }
        }
    }
    let stage = Stage::of(Approve::After(std::time::Duration::ZERO)).with_consent();
    look(&stage.home.path().join("state"));
}
