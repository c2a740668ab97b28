//! What the exit code tells a script, one by one, and that programs are answered in JSON whatever happens.

use std::collections::BTreeSet;

use openpayments_sandbox::{Approve, Fault};
use serde_json::Value;

use crate::support::{Home, Ran, Stage};

const PAY: [&str; 13] = [
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
    "12.50",
];

/// Ends with this code for a person and for a program, who is told the same code.
fn ends(home: &Home, code: i32, words: &[&str]) -> (Ran, Value) {
    let person = home.run(words);
    assert_eq!(person.code, code, "{}", person.err);
    let program = home.run(&[words, &["--json"]].concat());
    assert_eq!(program.code, code, "{}", program.err);
    assert!(program.out.is_empty(), "an error is no answer: {}", program.out);
    let error = program.error();
    (person, error)
}

#[test]
fn l2_help_tells_every_code() {
    let help = Home::new().run(&["--help"]).good().out;
    let told = help.split("Exit codes:").nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    for code in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130] {
        assert!(told.contains(&format!("{code} ")), "{code}");
    }
}

#[test]
fn l2_1_something_on_this_machine() {
    let home = Home::new();
    home.write("taken", "");
    ends(&home, 1, &["manual", "taken"]);
}

#[test]
fn l2_2_wrong_usage_and_nothing_is_sent() {
    let stage = Stage::new();
    let (_, error) = ends(&stage.home, 2, &["banks", "show", "nonsense"]);
    assert_eq!(error["bank_may_have_acted"], false);
    assert_eq!(stage.sandbox.ledger().requests().len(), 0);
}

#[test]
fn l2_3_credentials() {
    let stage = Stage::new();
    stage.home.write("secret", "made-up");
    let (person, error) = ends(&stage.home, 3, &["banks", "list"]);
    assert_eq!(error["kind"], "Auth");
    assert!(person.err.contains("\n  now: "), "{}", person.err);
}

#[test]
fn l2_4_a_consent_is_needed() {
    let (person, error) = ends(&Stage::new().home, 4, &["accounts", "list"]);
    assert!(person.err.contains("openpayments consents create --bank BIC"), "{}", person.err);
    assert!(error["next"].as_str().unwrap().contains("openpayments consents create --bank BIC"));
}

#[test]
fn l2_5_refused() {
    let (_, error) = ends(&Stage::new().home, 5, &["banks", "show", "XXXXSESS"]);
    assert!(error["request_id"].is_string());
}

#[test]
fn l2_6_too_many_calls() {
    let stage = Stage::new().with_consent();
    for _ in 0..4 {
        stage.run(&["accounts", "list", "--unattended"]).good();
    }
    let (_, error) = ends(&stage.home, 6, &["accounts", "list", "--unattended"]);
    assert_eq!(error["kind"], "QuotaExhausted");
    stage.run(&["accounts", "list"]).good();
}

#[test]
fn l2_7_gave_up_and_nothing_was_done() {
    let home = Home::new();
    home.write("secret", "made-up");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let profile = format!(
        "default_profile = 'test'\n[profile.test]\nurl = 'http://{free}'\nclient_id = 'made-up'\n\
         client_secret_file = '../../secret'\n"
    );
    home.write("config/openpayments/config.toml", profile);
    let (_, error) = ends(&home, 7, &PAY);
    assert_eq!(error["bank_may_have_acted"], false);
    let kept = home.run(&["payments", "list", "--json"]).good().json();
    assert_eq!(kept["payments"], serde_json::json!([]), "it can be said again");
}

#[test]
fn l2_8_l3_an_unknown_outcome_names_the_payment_the_request_and_what_to_say_now() {
    let stage = Stage::new();
    stage.sandbox.faults().script(Fault::lose_answer().operation("initiatePayment")).unwrap();
    let (person, error) = ends(&stage.home, 8, &[&PAY[..], &["--key", "rent"]].concat());
    assert!(person.err.starts_with("error: OUTCOME UNKNOWN"), "{}", person.err);
    let next = error["next"].as_str().unwrap();
    assert!(next.ends_with("openpayments payments reconcile rent"), "{next}");
    let posted = stage.sandbox.ledger().requests();
    let posted: Vec<_> = posted.iter().filter(|seen| seen.template.ends_with("{payment-product}")).collect();
    let request = posted[0].request_id.as_deref().unwrap();
    assert_eq!(posted.len(), 1, "said twice and sent once");
    assert!(person.err.contains(request), "{}", person.err);
    assert!(error["message"].as_str().unwrap().contains(request), "{error}");
    ends(&stage.home, 8, &["payments", "sign", "rent"]);
}

#[cfg(unix)]
#[test]
fn l2_9_what_was_begun_cannot_be_remembered() {
    use std::os::unix::fs::PermissionsExt;

    let stage = Stage::new().with_consent();
    let memory = stage.home.path().join("state/openpayments");
    std::fs::set_permissions(&memory, std::fs::Permissions::from_mode(0o755)).unwrap();
    ends(&stage.home, 9, &PAY);
    let payments = stage.sandbox.ledger().requests();
    assert!(payments.iter().all(|seen| !seen.template.contains("paymentinitiation")), "nothing was sent");
}

#[cfg(unix)]
#[test]
fn l2_130_interrupted_and_a_program_is_told_how_to_go_on() {
    let stage = Stage::of(Approve::Manual);
    let words = ["consents", "create", "--bank", "ESSESESS", "--json"];
    let command = stage.home.command(&words).spawn().unwrap();
    while stage.sandbox.orders().is_empty() {
        std::thread::yield_now();
    }
    let id = command.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran = Ran::of(command.wait_with_output().unwrap());
    assert_eq!(ran.code, 130);
    assert!(ran.error()["next"].as_str().unwrap().contains("openpayments "), "{}", ran.err);
}

/// Every command that does something, by its words.
fn commands() -> BTreeSet<String> {
    fn add(words: &[&str], found: &mut BTreeSet<String>) {
        let help = Home::new().run(&[words, &["--help"]].concat()).good().out;
        let Some(listed) = help.split("\nCommands:\n").nth(1) else {
            found.insert(words.join(" "));
            return;
        };
        if help.contains("\nUsage: openpayments sandbox [OPTIONS]\n") {
            found.insert(words.join(" "));
        }
        for line in listed.lines().take_while(|line| !line.is_empty()) {
            match line.split_whitespace().next() {
                Some(word) if word != "help" && line.starts_with("  ") && !line.starts_with("   ") => {
                    add(&[words, &[word]].concat(), found);
                }
                _ => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    add(&[], &mut found);
    found
}

#[test]
fn every_command_answers_a_program_in_json() {
    let stage = Stage::new();
    let commands = commands();
    let mut said = BTreeSet::new();
    let mut json = |words: &[&str]| {
        let ran = stage.run(&[words, &["--json"]].concat());
        let take = if matches!(
            words[1..],
            [
                "show"
                    | "status"
                    | "sign"
                    | "list"
                    | "create"
                    | "delete"
                    | "cancel"
                    | "watch"
                    | "bulk"
                    | "reconcile"
                    | "forget"
                    | "resume"
                    | "revoke"
                    | "explain"
                    | "balances"
                    | "export"
                    | "start"
                    | "certs",
                ..
            ]
        ) {
            2
        } else {
            1
        };
        said.insert(words[..take].join(" "));
        if ran.code == 0 {
            for line in ran.out.lines() {
                serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{words:?}: {line}"));
            }
            ran.out.lines().next().map_or(Value::Null, |line| serde_json::from_str(line).unwrap())
        } else {
            ran.error()
        }
    };
    json(&["banks", "list"]);
    json(&["banks", "show", "ESSESESS"]);
    json(&["banks", "explain", "ESSESESS"]);
    json(&["consents", "create", "--bank", "ESSESESS"]);
    json(&["consents", "list"]);
    json(&["consents", "show"]);
    json(&["consents", "status"]);
    assert_eq!(json(&["consents", "sign"])["exit_code"], 2, "it is signed");
    let account = json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    json(&["accounts", "show", &account]);
    json(&["accounts", "balances", &account]);
    json(&["transactions", "list", &account]);
    json(&["transactions", "export", &account]);
    let unsigned = [&PAY[..], &["--unsigned", "--key"]].concat();
    json(&[&unsigned[..], &["one"]].concat());
    let two = json(&[&unsigned[..], &["two"]].concat())["payment"]["id"].as_str().unwrap().to_owned();
    let three = json(&[&unsigned[..], &["three"]].concat())["payment"]["id"].as_str().unwrap().to_owned();
    stage.home.write("rows.csv", "to,amount,name\nSE2550000000054400047903,1.00,Made-up AB\n");
    json(&["payments", "bulk", "rows.csv", "--dry-run", "--from", "SE4550000000058398257466"]);
    json(&["payments", "list"]);
    json(&["payments", "sign", "one"]);
    json(&["payments", "watch", "one"]);
    json(&["payments", "status", "one"]);
    json(&["payments", "show", "one"]);
    json(&["payments", "reconcile", "one"]);
    json(&["baskets", "create", &two, "--unsigned"]);
    json(&["baskets", "show"]);
    json(&["baskets", "status"]);
    json(&["baskets", "delete"]);
    json(&["baskets", "create", &two, "--unsigned"]);
    json(&["baskets", "sign"]);
    json(&["baskets", "list"]);
    json(&["payments", "cancel", &three]);
    json(&["payments", "forget", "three", "--yes"]);
    json(&["sca", "list"]);
    assert_eq!(json(&["sca", "resume"])["exit_code"], 2, "there is none");
    json(&["kyc", "start", "5560160680"]);
    json(&["kyc", "status", "5560160680"]);
    json(&["token"]);
    json(&["call", "GET", "/psd2/aspspinformation/v1/countries"]);
    json(&["doctor"]);
    json(&["completions", "bash"]);
    json(&["manual", "pages"]);
    json(&["sandbox", "certs", "certs"]);
    json(&["consents", "revoke"]);
    // They run until they are stopped, and are tried on their own.
    said.extend(["demo".to_owned(), "sandbox".to_owned()]);
    assert_eq!(said, commands);
}

#[test]
fn every_command_tells_a_program_in_json_that_it_was_given_wrongly() {
    let home = Home::new();
    for command in commands() {
        let words: Vec<_> = command.split(' ').chain(["--no-such-flag", "--json"]).collect();
        let ran = home.run(&words);
        assert_eq!(ran.code, 2, "{command}");
        assert_eq!(ran.err.lines().count(), 1, "{command}: {}", ran.err);
        assert!(ran.error()["message"].is_string(), "{command}");
    }
}

#[test]
fn every_command_has_a_manual_page_and_is_completed_in_every_shell() {
    let home = Home::new();
    home.run(&["manual", "pages"]).good();
    let scripts = ["bash", "zsh", "fish", "powershell", "elvish"].map(|shell| {
        let script = home.run(&["completions", shell]).good().out;
        (shell, script)
    });
    for command in commands() {
        let page = home.path().join(format!("pages/openpayments-{}.1", command.replace(' ', "-")));
        assert!(std::fs::read_to_string(&page).unwrap().contains(".SH SYNOPSIS"), "{command}");
        for (shell, script) in &scripts {
            assert!(command.split(' ').all(|word| script.contains(word)), "{shell}: {command}");
        }
    }
}
