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
    let table = stage.run(&["transactions", "export", &id, "--format", "table"]).good();
    assert!(table.out.contains("CdtDbt"));
}

#[test]
fn a_day_that_is_none_is_refused_with_the_right_form() {
    let stage = Stage::new();
    let ran = stage.run(&["transactions", "export", "a", "--since", "yesterday"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("give a day such as 2026-11-23, or last"), "{}", ran.err);
}
