//! `openpayments banks`, `token`, `call` and `doctor`.

use insta::assert_snapshot;
use openpayments_sandbox::{Approve, CannedAnswer, Fault};

use crate::support::{Home, Ran, Stage};

#[test]
fn banks_are_listed_and_shown() {
    let stage = Stage::new();
    assert_snapshot!("banks_of_sweden", stage.run(&["banks", "list", "--country", "se"]).good().out);
    assert_snapshot!("one_bank", stage.run(&["banks", "show", "ESSESESS"]).good().out);
    let json = stage.json(&["banks", "list", "--country", "FI"]);
    assert_eq!(json["banks"].as_array().unwrap().len(), 2);
    assert!(json["request_id"].is_string());
}

#[test]
fn what_a_bank_demands_is_told_without_asking_anybody() {
    let home = Home::new();
    let told = home.run(&["banks", "explain", "SWEDSESS", "--product", "domestic"]).good();
    assert!(told.out.contains("Swedbank") && told.out.contains("payment.create"), "{}", told.out);
    let json = home.run(&["banks", "explain", "SWEDSESS", "--json"]).good().json();
    assert_eq!(json["bank"], "SWEDSESS");
    assert!(!json["signing"].as_array().unwrap().is_empty());
    let unknown = home.run(&["banks", "explain", "XXXXSESS"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("SWEDSESS"), "{}", unknown.err);
}

#[test]
fn an_unknown_bank_is_refused_with_the_request_and_what_to_do() {
    let stage = Stage::new();
    let ran = stage.run(&["banks", "show", "XXXXSESS"]);
    assert_snapshot!(ran.redacted());
    let error = stage.run(&["banks", "show", "XXXXSESS", "--json"]).error();
    assert_eq!(error["kind"], "Refused");
    assert_eq!(error["http_status"], 404);
    assert_eq!(error["bank_may_have_acted"], false);
}

#[test]
fn a_token_is_told_about_and_shown_only_when_asked_for() {
    let stage = Stage::new();
    let told = stage.run(&["token", "--product", "accountinformation", "--context", "corporate"]).good();
    assert!(told.out.contains("accountinformation corporate"), "{}", told.out);
    let token = stage.run(&["token", "--show"]).good().out;
    let json = stage.json(&["token"]);
    assert!(json.get("access_token").is_none());
    assert_eq!(token.trim().lines().count(), 1);
    assert!(!told.out.contains(token.trim()));
}

#[test]
fn any_call_can_be_made_and_keeps_its_answer_as_it_came() {
    let stage = Stage::new();
    let path = "/psd2/aspspinformation/v1/countries/SE";
    assert_snapshot!(stage.run(&["call", "GET", path]).good().out);
    let json = stage.json(&["call", "get", path]);
    assert_eq!(json["status"], 200);
    assert_eq!(json["body"]["isoCountryCode"], "SE");
    let unclear = stage.run(&["call", "GET", "/elsewhere"]);
    assert_eq!(unclear.code, 2);
    assert!(unclear.err.contains("give --product"));
    stage.home.write("body", "{\"a\": ");
    let no_json = stage.run(&["call", "POST", path, "--body", "body"]);
    assert_eq!(no_json.code, 2);
    assert!(no_json.err.contains("line 1, column"), "{}", no_json.err);
}

/// What a bank could hide in a text: a cleared screen, a clipboard, a link, a turned direction, a C1 control.
const HOSTILE: &str =
    "Evil\u{1b}[2J\u{1b}]52;c;QUFB\u{7}\u{1b}]8;;http://a.example\u{1b}\\\u{202e}\u{9b}31m\u{0}";

#[test]
fn l4_text_from_outside_moves_no_cursor_and_reaches_programs_as_it_came() {
    let stage = Stage::new();
    let path = "/psd2/aspspinformation/v1/aspsps";
    let hostile = |status, body: serde_json::Value| {
        let answer = CannedAnswer::status(status).body("application/json", body.to_string());
        stage.sandbox.faults().script(Fault::answer_instead(answer).path("GET", path)).unwrap();
    };
    let is_harmless = |text: &str| !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
    let banks = serde_json::json!({"aspsps": [{"bicFi": "ESSESESS", "name": HOSTILE}]});
    let refusal =
        serde_json::json!({"tppMessages": [{"category": "ERROR", "code": "FORMAT_ERROR", "text": HOSTILE}]});
    let call = ["call", "GET", path, "--include"];
    for (words, status, body) in
        [(&["banks", "list"][..], 200, &banks), (&call, 200, &banks), (&["banks", "list"], 400, &refusal)]
    {
        hostile(status, body.clone());
        let shown = stage.run(words);
        let told = shown.out + &shown.err;
        assert!(told.contains("Evil\\u{1b}[2J") || told.contains("Evil\\u001b[2J"), "{told:?}");
        assert!(is_harmless(&told), "{told:?}");
    }
    hostile(200, banks);
    assert_eq!(stage.json(&["banks", "list"])["banks"][0]["name"], HOSTILE);
    hostile(400, refusal);
    let error = stage.run(&["banks", "list", "--json"]).error();
    assert!(error["bank_messages"][0]["text"].as_str().unwrap().starts_with("Evil\u{1b}[2J"), "{error}");
}

#[test]
fn calls_are_shown_on_standard_error_when_wanted() {
    let ran = Stage::new().run(&["banks", "list", "--verbose"]).good();
    assert!(ran.err.contains("/psd2/aspspinformation/v1/aspsps"), "{}", ran.err);
}

#[test]
fn the_doctor_finds_everything_in_order_or_says_what_to_do() {
    let stage = Stage::of(Approve::Manual);
    let good = stage.run(&["doctor"]).good();
    assert!(good.out.contains("Everything is in order."), "{}", good.out);

    let mut wrong = stage.home.command(&["doctor", "--json"]);
    let wrong = Ran::of(wrong.env("OPENPAYMENTS_CLIENT_SECRET", "made-up").output().unwrap());
    assert_eq!(wrong.code, 3);
    let findings = wrong.json()["findings"].clone();
    let bad = findings.as_array().unwrap().iter().find(|finding| finding["health"] == "bad").unwrap();
    assert_eq!(bad["name"], "scopes, private");
    assert!(bad["next"].as_str().unwrap().contains("client secret"), "{bad}");

    let wrong =
        stage.home.command(&["doctor"]).env("OPENPAYMENTS_CLIENT_SECRET", "made-up").output().unwrap();
    let wrong = Ran::of(wrong).out;
    assert!(wrong.contains("invalid_client") && wrong.contains("OPENPAYMENTS_CLIENT_SECRET"), "{wrong}");

    let broken = Home::new();
    broken.write("secret", "made-up");
    let profile = "[profile.p]\nenvironment = 'sandbox'\nclient_id = 'made-up'\nclient_secret_file = '../../secret'\n\
                   certificate = 'nothing.pem'\n";
    broken.write("config/openpayments/config.toml", profile);
    let told = broken.run(&["doctor", "--profile", "p"]);
    assert_eq!(told.code, 3, "{}", told.out);
    assert!(
        !told.out.contains("in order") && told.out.contains("certificate: write into the profile"),
        "{}",
        told.out
    );

    let production = Home::new().run(&["doctor", "--env", "production"]);
    assert_eq!(production.code, 3);
    assert!(production.out.contains("production demands one"));
}
