//! `openpayments accounts` and `openpayments transactions`.

use insta::assert_snapshot;

use crate::support::Stage;

#[test]
fn accounts_are_listed_with_their_numbers_masked_until_they_are_wanted() {
    let stage = Stage::new().with_consent();
    let listed = stage.run(&["accounts", "list"]).good();
    assert_snapshot!(crate::support::redact(&listed.out));
    let in_full = stage.run(&["accounts", "list", "--full-numbers"]).good();
    assert!(!in_full.out.contains('…'), "{}", in_full.out);

    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    assert!(stage.run(&["accounts", "show", &id]).good().out.contains("Currency"));
    let balances = stage.json(&["accounts", "balances", &id]);
    assert!(!balances["balances"].as_array().unwrap().is_empty());
}

#[test]
fn transactions_are_listed_from_all_pages() {
    let stage = Stage::new().with_consent();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let listed = stage.json(&["transactions", "list", &id]);
    assert!(listed["pages"].as_u64().unwrap() > 1);
    let count = listed["booked"].as_array().unwrap().len();
    let shown = stage.run(&["transactions", "list", &id]).good();
    assert!(shown.out.contains(&format!("{count} transactions since")), "{}", shown.out);
}

#[test]
fn an_export_has_every_row_and_the_next_one_goes_on_behind_it() {
    let stage = Stage::new().with_consent();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let count = stage.json(&["transactions", "list", &id])["booked"].as_array().unwrap().len();

    let exported = stage.json(&["transactions", "export", &id, "--out", "rows.csv"]);
    assert_eq!(exported["count"], count);
    let csv = std::fs::read_to_string(stage.home.path().join("rows.csv")).unwrap();
    assert_eq!(csv.lines().count(), count + 1);
    assert!(csv.starts_with("account,status,booking_date,value_date,amount,currency,"), "{csv}");

    let again = stage.json(&["transactions", "export", &id, "--since", "last", "--out", "more.csv"]);
    assert_eq!(again["count"], 0, "nothing is written twice");

    let lines = stage.run(&["transactions", "export", &id, "--format", "jsonl"]).good();
    assert_eq!(lines.out.lines().count(), count);
    let first: serde_json::Value = serde_json::from_str(lines.out.lines().next().unwrap()).unwrap();
    assert!(first["transactionAmount"]["amount"].is_string());
    let for_programs = stage.run(&["transactions", "export", &id, "--json"]).good();
    assert_eq!(for_programs.out, lines.out, "to a program rows are JSON unless it asks otherwise");
}

#[test]
fn a_file_grows_by_what_is_new_and_has_its_headings_once() {
    let stage = Stage::new().with_consent();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let count = stage.json(&["transactions", "list", &id])["booked"].as_array().unwrap().len();
    let first = (stage.sandbox.clock().now() - jiff::SignedDuration::from_hours(24 * 10)).to_string();
    stage.json(&["transactions", "export", &id, "--since", &first[..10], "--out", "rows.csv"]);
    for _ in 0..2 {
        let grow = ["transactions", "export", &id, "--since", "last", "--out", "rows.csv", "--append"];
        assert_eq!(stage.json(&grow)["count"], 0, "nothing older than what was asked for at first either");
    }
    let csv = std::fs::read_to_string(stage.home.path().join("rows.csv")).unwrap();
    assert!(csv.lines().count() < count + 1);
    assert_eq!(csv.matches("booking_date").count(), 1);
    let other = stage.json(&["transactions", "export", &id, "--out", "rows.csv", "--append"]);
    let csv = std::fs::read_to_string(stage.home.path().join("rows.csv")).unwrap();
    assert_eq!(csv.matches("booking_date").count(), 1);
    assert_eq!(other["count"], count);
}

#[test]
fn a_bank_that_takes_no_notice_of_days_gives_no_row_twice() {
    let stage = Stage::new();
    stage.run(&["consents", "create", "--bank", "SWEDSESS", "--redirect", "no"]).good();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let first = stage.json(&["transactions", "export", &id, "--out", "rows.csv"]);
    assert_ne!(first["count"], 0);
    let again = stage.json(&["transactions", "export", &id, "--since", "last", "--out", "more.csv"]);
    assert_eq!(again["count"], 0);
}

#[cfg(unix)]
#[test]
fn what_nobody_read_is_exported_again() {
    let stage = Stage::new().with_consent();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut gone = stage.home.command(&["transactions", "export", &id]);
    let gone = crate::support::Ran::of(gone.stdout(writer).output().unwrap());
    assert_eq!(gone.code, 1, "{}", gone.err);
    assert!(gone.err.contains("--since last begins where it began now"), "{}", gone.err);
    assert_ne!(
        stage.json(&["transactions", "export", &id, "--since", "last", "--out", "rows.csv"])["count"],
        0
    );
}

#[test]
fn a_statement_has_sides_days_and_sums_and_fits_into_80_columns() {
    let stage = Stage::new().with_consent();
    let id = stage.json(&["accounts", "list"])["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let listed = stage.json(&["transactions", "list", &id]);
    let listed = listed["booked"].as_array().unwrap();
    let mut command = stage.home.command(&["transactions", "export", &id, "--format", "table"]);
    let shown = crate::support::Ran::of(command.env("COLUMNS", "80").output().unwrap()).good().out;
    assert!(shown.contains("CdtDbt") && shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    for row in listed {
        let amount = row["transactionAmount"]["amount"].as_str().unwrap();
        assert!(shown.contains(&format!("{} SEK", amount.trim_start_matches('-'))), "{amount}: {shown}");
        assert!(shown.contains(row["bookingDate"].as_str().unwrap()), "{shown}");
    }
    let is_debit =
        |row: &&serde_json::Value| row["transactionAmount"]["amount"].as_str().unwrap().starts_with('-');
    let debits = listed.iter().filter(is_debit).count();
    assert!(shown.contains(&format!("{debits} DBIT, together ")), "{shown}");
}

#[test]
fn a_day_that_is_none_is_refused_with_the_right_form() {
    let stage = Stage::new();
    let ran = stage.run(&["transactions", "export", "a", "--since", "yesterday"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("give a day such as 2026-11-23, or last"), "{}", ran.err);
}
