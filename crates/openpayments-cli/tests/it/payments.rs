//! `openpayments payments` and `openpayments baskets`: what is begun is remembered, and nothing is sent twice.

use std::process::Child;
use std::time::Duration;

use openpayments_sandbox::{Approve, Fault, Sandbox};

use crate::support::{Ran, Stage};

const FROM: &str = "SE4550000000058398257466";
const TO: &str = "SE2550000000054400047903";

/// The words that pay somebody by SEB.
fn pay<'a>(amount: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = [
        "payments",
        "create",
        "domestic",
        "--bank",
        "ESSESESS",
        "--from",
        FROM,
        "--to",
        TO,
        "--name",
        "Made-up AB",
    ];
    [&words[..], &["--amount", amount], more].concat()
}

/// How many payments the platform was asked to create.
pub(crate) fn created(sandbox: &Sandbox) -> usize {
    let is_payment = |template: &str| {
        template.contains("/paymentinitiation/")
            && !template.contains("authorisations")
            && !template.contains("baskets")
    };
    sandbox
        .ledger()
        .requests()
        .iter()
        .filter(|seen| seen.method == "POST" && is_payment(&seen.template))
        .count()
}

/// Waits for something that another process brings about.
fn until(holds: impl Fn() -> bool) {
    while !holds() {
        std::thread::yield_now();
    }
}

#[cfg(unix)]
fn signal(command: &Child, name: &str) {
    let told = std::process::Command::new("kill").args([name, &command.id().to_string()]).status().unwrap();
    assert!(told.success());
}

#[test]
fn a_payment_is_created_signed_and_followed_until_it_is_settled() {
    let stage = Stage::new();
    let paid = stage.run(&pay("125.50", &["--text", "Invoice 1", "--json"])).good().json();
    assert_eq!(paid["signed"], true);
    assert_eq!(paid["amount"]["amount"], "125.50");
    let id = paid["payment"]["id"].as_str().unwrap();
    let watched = stage.json(&["payments", "watch", id]);
    assert_eq!(watched["status"], "ACSC");
    assert_eq!(stage.json(&["payments", "status"])["final"], true);
    assert_eq!(stage.json(&["payments", "show"])["stored"]["creditorName"], "Made-up AB");
    assert_eq!(stage.json(&["payments", "list"])["payments"][0]["status"], "ACSC");
    // An id may be cut short where it stays the only one.
    stage.run(&["payments", "status", &id[..8]]).good();
}

#[test]
fn what_the_environment_says_is_for_what_is_begun_next() {
    let stage = Stage::new();
    stage.run(&pay("10", &["--key", "own", "--unsigned"])).good();
    let elsewhere = |arguments: &[&str]| {
        let mut command = stage.home.command(arguments);
        command.env("OPENPAYMENTS_BANK", "NDEASESS").env("OPENPAYMENTS_PSU", "199002092386");
        Ran::of(command.output().unwrap())
    };
    elsewhere(&["payments", "status", "own"]).good();
    assert_eq!(elsewhere(&["payments", "status", "own", "--bank", "HANDSESS"]).code, 2);
}

#[test]
fn p1_the_same_words_again_send_nothing_and_another_key_pays_again() {
    let stage = Stage::new();
    let first = stage.run(&pay("10", &["--unsigned", "--json"])).good().json();
    let again = stage.run(&pay("10", &["--unsigned", "--json"])).good().json();
    assert_eq!(again["created_before"], true);
    assert_eq!(again["payment"], first["payment"]);
    assert_eq!(created(&stage.sandbox), 1);

    stage.run(&pay("10", &["--unsigned", "--key", "rent-2"])).good();
    assert_eq!(created(&stage.sandbox), 2);
    let taken = stage.run(&pay("11", &["--unsigned", "--key", "rent-2"]));
    assert_eq!(taken.code, 5, "the same key for another payment is no payment: {}", taken.err);
    assert_eq!(created(&stage.sandbox), 2);
}

#[test]
fn l3_an_answer_that_never_came_ends_with_8_and_is_never_paid_again_by_itself() {
    let stage = Stage::new().with_consent();
    stage.sandbox.faults().script(Fault::lose_answer().operation("initiatePayment")).unwrap();
    let lost = stage.run(&pay("77", &["--json"]));
    assert_eq!(lost.code, 8, "{}", lost.err);
    let error = lost.error();
    assert_eq!(error["bank_may_have_acted"], true);
    let request = error["request_id"].as_str().unwrap();
    let next = error["next"].as_str().unwrap();
    let key = next.rsplit(' ').next().unwrap().to_owned();
    assert!(next.contains("openpayments payments reconcile"), "{next}");

    let again = stage.run(&pay("77", &[]));
    assert_eq!(again.code, 8);
    assert!(again.err.contains("OUTCOME UNKNOWN") && again.err.contains(request), "{}", again.err);
    assert_eq!(created(&stage.sandbox), 1, "nothing was sent again");

    let listed = stage.run(&["payments", "list"]).good();
    assert!(listed.out.contains("OUTCOME UNKNOWN"), "{}", listed.out);
    let looked = stage.run(&["payments", "reconcile", &key]);
    assert_eq!(looked.code, 8);
    assert!(looked.err.contains("does not prove") && looked.err.contains(request), "{}", looked.err);

    assert_eq!(stage.run(&["payments", "forget", &key]).code, 2, "a script has to say --yes");
    stage.run(&["payments", "forget", &key, "--yes"]).good();
    stage.run(&pay("77", &["--unsigned"])).good();
}

#[test]
fn a_payment_that_was_refused_is_not_remembered_and_can_be_corrected() {
    let stage = Stage::new();
    let refused = stage.run(&pay("10", &["--corporate", "5560000001", "--context", "corporate"]));
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("TPP_KYC_INVALID"), "{}", refused.err);
    assert_eq!(stage.json(&["payments", "list"])["payments"].as_array().unwrap().len(), 0);
}

#[test]
fn a_person_who_refuses_ends_the_payment_and_the_same_words_do_not_begin_it_again() {
    let stage = Stage::new();
    let words = pay("7", &["--psu", "99990101001"]);
    assert!(matches!(stage.run(&words).code, 4 | 5));
    assert_eq!(stage.json(&["payments", "list"])["payments"][0]["status"], "RJCT");
    let again = stage.run(&words);
    assert_eq!(again.code, 5);
    assert!(again.err.contains("--key"), "{}", again.err);
    assert_eq!(created(&stage.sandbox), 1);
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_while_the_person_signs_goes_on_with_the_same_words() {
    let stage = Stage::of(Approve::Manual);
    let mut killed = stage.home.command(&pay("30", &[])).spawn().unwrap();
    until(|| !stage.sandbox.orders().is_empty());
    signal(&killed, "-KILL");
    killed.wait().unwrap();

    let again = stage.home.command(&pay("30", &["--json"])).spawn().unwrap();
    let payment = stage.sandbox.orders().remove(0).resource_id;
    // SEB has the person log in first, then sign.
    while stage.json(&["payments", "status", &payment])["status"] == "RCVD" {
        for order in stage.sandbox.orders() {
            let _ = stage.sandbox.approve(&order.id);
        }
    }
    let done = Ran::of(again.wait_with_output().unwrap()).good().json();
    assert_eq!(done["created_before"], true);
    assert_eq!(created(&stage.sandbox), 1);
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_before_the_answer_came_is_not_repeated() {
    let stage = Stage::new();
    let delay = Fault::delay_answer(Duration::from_hours(1)).operation("initiatePayment");
    stage.sandbox.faults().script(delay).unwrap();
    let mut killed = stage.home.command(&pay("40", &[])).spawn().unwrap();
    until(|| {
        created(&stage.sandbox) == 1 || stage.sandbox.faults().list().iter().all(|armed| armed.struck > 0)
    });
    signal(&killed, "-KILL");
    killed.wait().unwrap();
    let again = stage.run(&pay("40", &[]));
    assert_eq!(again.code, 8, "{}", again.err);
    assert!(again.err.contains("openpayments payments reconcile"), "{}", again.err);
}

#[cfg(unix)]
#[test]
fn l5_an_interruption_waits_for_a_payments_answer_and_it_is_remembered() {
    let stage = Stage::new();
    let delay = Fault::delay_answer(Duration::from_millis(700)).operation("initiatePayment");
    stage.sandbox.faults().script(delay).unwrap();
    let command = stage.home.command(&pay("50", &[])).spawn().unwrap();
    until(|| {
        created(&stage.sandbox) == 1 || stage.sandbox.faults().list().iter().all(|armed| armed.struck > 0)
    });
    signal(&command, "-INT");
    let ended = Ran::of(command.wait_with_output().unwrap());
    assert_eq!(ended.code, 130, "{}", ended.err);
    assert!(
        ended.err.contains("cannot be repeated") && ended.err.contains("say the same again to go on"),
        "{}",
        ended.err
    );
    let kept = stage.json(&["payments", "list"])["payments"][0].clone();
    assert_eq!(kept["outcome_unknown"], false, "{kept}");
}

#[test]
fn every_kind_of_payment_can_be_created() {
    let stage = Stage::new();
    let kind = |words: &[&str], expected: &str| {
        let words = [
            &["payments", "create"],
            words,
            &["--bank", "ESSESESS", "--from", FROM, "--name", "Made-up AB", "--unsigned"],
        ];
        let created = stage.json(&words.concat());
        assert_eq!(created["payment"]["path"], expected);
    };
    kind(&["domestic", "--to", TO, "--amount", "1"], "payments/domestic");
    kind(&["sepa", "--to", "FI2112345600000785", "--amount", "1"], "payments/sepa-credit-transfers");
    kind(
        &["international", "--to", "FI2112345600000785", "--amount", "1", "--currency", "usd"],
        "payments/international",
    );
    kind(&["giro", "--to", "bg:5805-6201", "--amount", "1", "--ocr", "1234567897"], "payments/swedish-giro");
    kind(
        &["domestic", "--to", TO, "--amount", "1", "--every", "month", "--start", "2027-01-01"],
        "periodic-payments/domestic",
    );
}

#[test]
fn i186_what_is_written_wrongly_is_refused_with_the_right_form_and_nothing_is_sent() {
    let stage = Stage::new();
    for (words, told) in [
        (pay("1,50", &[]), "123.50"),
        (pay("-1", &[]), "greater than zero"),
        (pay("1", &["--currency", "EUR"]), "sepa"),
        (pay("1", &["--every", "month"]), "--start"),
        (pay("1", &["--ocr", "1234567897"]), "giro"),
        (pay("1", &["--on", "2020-01-01"]), "today or later"),
        (pay("1", &["--key", "a b"]), "letters, digits"),
    ] {
        let ran = stage.run(&words);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert_eq!(created(&stage.sandbox), 0);
}

#[test]
fn a_payment_is_taken_back_before_it_is_signed() {
    let stage = Stage::new();
    stage.run(&pay("10", &["--unsigned"])).good();
    let cancelled = stage.json(&["payments", "cancel"]);
    assert_eq!(cancelled["cancelled"], true);
    assert_eq!(stage.json(&["payments", "status"])["status"], "CANC");
}

/// Runs a command while a person approves whatever is to be signed.
fn with_a_signer(stage: &Stage, words: &[&str]) -> Ran {
    let mut command = stage.home.command(words).spawn().unwrap();
    while command.try_wait().unwrap().is_none() {
        for order in stage.sandbox.orders() {
            let _ = stage.sandbox.approve(&order.id);
        }
        std::thread::yield_now();
    }
    Ran::of(command.wait_with_output().unwrap())
}

#[cfg(unix)]
#[test]
fn a_cancellation_that_must_be_signed_goes_on_with_the_same_words() {
    let stage = Stage::of(Approve::Manual);
    let day = (stage.sandbox.clock().now() + jiff::SignedDuration::from_hours(72)).to_string();
    let swedbank = [
        "payments",
        "create",
        "domestic",
        "--bank",
        "SWEDSESS",
        "--redirect",
        "no",
        "--from",
        FROM,
        "--to",
        TO,
        "--name",
        "Made-up AB",
        "--amount",
        "1.00",
        "--on",
        &day[..10],
    ];
    let paid = with_a_signer(&stage, &[&swedbank[..], &["--json"]].concat()).good().json();
    let id = paid["payment"]["id"].as_str().unwrap();

    let begun = stage.home.command(&["payments", "cancel", id]).spawn().unwrap();
    until(|| !stage.sandbox.orders().is_empty());
    signal(&begun, "-INT");
    let begun = Ran::of(begun.wait_with_output().unwrap());
    assert_eq!(begun.code, 130, "{}", begun.err);
    assert!(begun.err.contains("openpayments sca resume"), "{}", begun.err);
    assert_eq!(stage.json(&["sca", "list"])["signatures"][0]["of"], "cancellation");

    let done = with_a_signer(&stage, &["payments", "cancel", id, "--json"]).good().json();
    assert_eq!((&done["cancelled"], &done["signed"]), (&true.into(), &true.into()));
    assert_eq!(stage.json(&["payments", "status", id])["status"], "CANC");
    let requests = stage.sandbox.ledger().requests();
    let asked = |method: &str, end: &str| {
        requests.iter().filter(|seen| seen.method == method && seen.template.ends_with(end)).count()
    };
    assert_eq!(asked("POST", "/cancellation-authorisations"), 1, "one signature");
    assert_eq!(requests.iter().filter(|seen| seen.method == "DELETE").count(), 1);
}

#[test]
fn a_company_is_signed_for_by_two_each_with_an_id_of_his_own() {
    let stage = Stage::new();
    let company = ["--context", "corporate", "--corporate", "5560160680", "--psu", "99990101002"];
    let first = stage.run(&pay("480", &[&company[..], &["--json"]].concat()));
    assert_eq!(first.code, 4, "{}", first.err);
    let kept = stage.json(&["payments", "list"])["payments"][0].clone();
    let id = kept["payment"]["id"].as_str().unwrap();
    assert_eq!(stage.json(&["payments", "status"])["status"], "PATC");
    let signed = stage.json(&["payments", "sign", id, "--psu", "99990101000"]);
    assert_ne!(signed["status"], "PATC");
    assert_eq!(created(&stage.sandbox), 1);
    let elsewhere = stage.run(&["payments", "sign", id, "--psu", "99990101000", "--bank", "NDEASESS"]);
    assert_eq!(elsewhere.code, 2, "{}", elsewhere.err);
    // What a person has begun for himself nobody else signs.
    stage.run(&pay("10", &["--psu", "99990101000", "--key", "own", "--unsigned"])).good();
    assert_eq!(stage.run(&["payments", "sign", "own", "--psu", "199002092386"]).code, 2);
}

#[test]
fn a_company_makes_itself_known_and_sees_how_far_it_has_come() {
    let stage = Stage::new();
    let started = stage.json(&["kyc", "start", "5560160680"]);
    assert!(started["form"].as_str().unwrap().starts_with("https://"), "{started}");
    let told = stage.run(&["kyc", "start", "5560160680", "--country", "FI"]).good();
    assert!(told.out.contains("https://") && told.out.contains("openpayments kyc status"), "{}", told.out);
    assert_eq!(stage.json(&["kyc", "status", "5560160680"])["kyc"]["status"], "valid");
    assert_eq!(stage.json(&["kyc", "status", "5560160681"])["kyc"]["status"], "invalid");
    let unnamed = stage.run(&["kyc", "status"]);
    assert_eq!(unnamed.code, 2);
    assert!(unnamed.err.contains("psu_corporate_id"), "{}", unnamed.err);
}

#[test]
fn a_dry_run_of_a_thousand_rows_names_each_of_the_twenty_that_are_wrong() {
    let stage = Stage::new();
    let mut rows = vec!["to,amount,name,text".to_owned()];
    rows.extend((0..1000).map(|_| format!("{TO},0.10,Made-up AB,Invoice")));
    let wrong = [
        ("SE2550000000054400047904,1,Made-up AB,x", "to"),
        (",1,Made-up AB,x", "to"),
        ("SE2550000000054400047903,\"1,50\",Made-up AB,x", "amount"),
        ("SE2550000000054400047903,0,Made-up AB,x", "amount"),
        ("SE2550000000054400047903,1,,x", "name"),
    ];
    let mut expected = Vec::new();
    for n in 0..20 {
        let (row, column) = wrong[n % wrong.len()];
        let place = 7 + n * 49;
        rows[place] = row.to_owned();
        expected.push((place as u64 + 1, column));
    }
    stage.home.write("rows.csv", rows.join("\n"));
    let words = ["payments", "bulk", "rows.csv", "--bank", "ESSESESS", "--from", FROM];
    let checked = stage.run(&[&words[..], &["--dry-run", "--json"]].concat());
    assert_eq!(checked.code, 2);
    let report = checked.json();
    assert_eq!((&report["rows"], &report["wrong_rows"]), (&1000.into(), &20.into()));
    let told = report["wrong"].as_array().unwrap().iter();
    let told: Vec<_> =
        told.map(|bad| (bad["line"].as_u64().unwrap(), bad["column"].as_str().unwrap())).collect();
    assert_eq!(told, expected);
    assert_eq!(report["totals"][0]["amount"], "98.00");

    assert_eq!(stage.run(&words).code, 2, "without --dry-run nothing is sent either");
    assert_eq!(created(&stage.sandbox), 0);

    rows.retain(|row| !wrong.iter().any(|(wrong, _)| row == wrong));
    stage.home.write("rows.csv", rows.join("\n"));
    let paid = stage.run(&[&words[..], &["--json"]].concat()).good().json();
    assert_eq!(paid["payment"]["path"], "bulk-payments/domestic");
    assert_eq!(paid["amount"]["amount"], "98.00");
    assert_eq!(created(&stage.sandbox), 1);
}

#[test]
fn many_payments_are_signed_in_one_basket() {
    let stage = Stage::new();
    let unsigned = |amount| {
        let created = stage.run(&pay(amount, &["--unsigned", "--json"])).good().json();
        created["payment"]["id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (unsigned("1"), unsigned("2"));
    let basket = stage.json(&["baskets", "create", &one, &other]);
    assert_eq!(basket["signed"], true);
    let status = stage.json(&["baskets", "status"]);
    assert_eq!(status["payments"].as_array().unwrap().len(), 2);
    assert_ne!(status["payments"][0]["status"], "RCVD");
    assert_eq!(stage.json(&["baskets", "list"])["baskets"][0]["payments"], 2);

    let (one, other) = (unsigned("3"), unsigned("4"));
    stage.json(&["baskets", "create", &one, &other, "--unsigned"]);
    assert_eq!(stage.json(&["baskets", "show"])["basket"]["payments"].as_array().unwrap().len(), 2);
    assert_eq!(stage.json(&["baskets", "delete"])["deleted"], true);
}

#[test]
fn l6_real_money_needs_live_and_a_confirmation_or_a_key() {
    let stage = Stage::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["made-up".to_owned()]).unwrap().self_signed(&key).unwrap();
    stage.home.write("client.pem", certificate.pem());
    stage.home.write("client.key", key.serialize_pem());
    let profile = "[profile.real]\nenvironment = 'production'\nclient_id = 'made-up'\nclient_secret_file = '../../secret'\n\
                   certificate = '../../client.pem'\ncertificate_key = '../../client.key'\nca = '../../client.pem'\n";
    stage.home.write("config/openpayments/config.toml", profile);
    for (more, told) in [
        (&["--profile", "real"][..], "--live"),
        (&["--profile", "real", "--yes"], "--live"),
        (&["--profile", "real", "--live"], "--yes"),
        (&["--profile", "real", "--live", "--yes"], "--key"),
    ] {
        let ran = stage.run(&pay("1", more));
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert_eq!(
        stage.json(&["payments", "list", "--profile", "real"])["payments"].as_array().unwrap().len(),
        0
    );
}
