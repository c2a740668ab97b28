use std::collections::BTreeSet;

use jiff::civil::date;
use openpayments_model::{Context, Iban};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::world::account::accounts_of;
use crate::world::history::entries_of;

const ACCOUNTS: &str = "/psd2/accountinformation/v1/accounts";

async fn first_account(caller: &Caller<'_>) -> String {
    let accounts = caller.get(ACCOUNTS).await.json();
    format!("{ACCOUNTS}/{}", accounts["accounts"][0]["resourceId"].as_str().unwrap())
}

/// All pages of a list, as rows of booked and pending.
async fn all_rows(caller: &Caller<'_>, path: &str) -> (Vec<Value>, Vec<Value>, usize) {
    let (mut booked, mut pending, mut pages, mut next) = (Vec::new(), Vec::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let answer = caller.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let report = answer.json()["transactions"].clone();
        let rows = |name: &str| report[name].as_array().cloned().unwrap_or_default();
        assert!(rows("booked").len() + rows("pending").len() <= 25);
        booked.extend(rows("booked"));
        pending.extend(rows("pending"));
        pages += 1;
        next = report["_links"]["next"]["href"].as_str().map(str::to_owned);
    }
    (booked, pending, pages)
}

#[tokio::test]
async fn accounts_are_the_same_each_time_valid_and_visibly_made_up() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let plain = caller.get(ACCOUNTS).await.json();
    assert_eq!(plain, caller.get(ACCOUNTS).await.json());
    let accounts = plain["accounts"].as_array().unwrap();
    assert!(accounts.len() >= 2);
    for account in accounts {
        assert!(Iban::parse(account["iban"].as_str().unwrap()).is_ok());
        assert_eq!((&account["currency"], &account["balances"]), (&json!("SEK"), &Value::Null));
    }
    let with_balance = caller.get(&format!("{ACCOUNTS}?withBalance=True")).await.json();
    assert_eq!(with_balance["accounts"][0]["balances"].as_array().unwrap().len(), 2);
    assert_eq!(caller.get(&format!("{ACCOUNTS}?withBalance=maybe")).await.status, 400);
    let one = first_account(&caller).await;
    let with_balance = caller.get(&format!("{one}?withBalance=true")).await.json();
    assert_eq!(with_balance["balances"].as_array().unwrap().len(), 2);
    let list = format!("{one}/transactions?bookingStatus=booked&dateFrom=2026-02-01&withBalance=true");
    assert_eq!(caller.get(&list).await.json()["balances"], with_balance["balances"]);
    assert_eq!(caller.get(&one).await.json(), accounts[0]);
    assert_eq!(caller.get(&format!("{ACCOUNTS}/nobody")).await.refusal(), (404, "RESOURCE_UNKNOWN".into()));
}

#[tokio::test]
async fn paging_covers_every_row_exactly_once_even_while_time_passes() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let list =
        format!("{}/transactions?bookingStatus=both&dateFrom=2026-01-30", first_account(&caller).await);
    let (booked, pending, pages) = all_rows(&caller, &list).await;
    assert!(
        booked.len() >= 40 && !pending.is_empty() && pages >= 3,
        "{} {} {pages}",
        booked.len(),
        pending.len()
    );
    let references: BTreeSet<_> =
        booked.iter().chain(&pending).map(|row| row["entryReference"].to_string()).collect();
    assert_eq!(references.len(), booked.len() + pending.len());
    let expected = bench.platform.with_world(|world, _| {
        let bank = world.rules.banks.find("ESSESESS").unwrap();
        let accounts = accounts_of(&world.mint, bank, Context::Private, PSU, world.rules.started);
        entries_of(&accounts[0], date(2026, 1, 30), date(2026, 3, 2))
    });
    assert_eq!(references, expected.iter().map(|entry| json!(entry.reference()).to_string()).collect());

    let first = caller.get(&list).await.json();
    let next = first["transactions"]["_links"]["next"]["href"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/psd2/"));
    // A new day before the second page shifts nothing.
    bench.advance(15 * 3_600_000);
    let caller = Caller { headers: bench.accounts_caller("ESSESESS").await.headers, bench: &bench }
        .with("consent-id", &caller.headers.iter().find(|(name, _)| name == "consent-id").unwrap().1);
    let (rest_booked, rest_pending, _) = all_rows(&caller, &next).await;
    let first_rows = first["transactions"]["booked"].as_array().unwrap().len()
        + first["transactions"]["pending"].as_array().unwrap().len();
    assert_eq!(first_rows + rest_booked.len() + rest_pending.len(), references.len());
}

#[tokio::test]
async fn filters_by_status_and_day_hold_and_need_their_parameters() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let list = format!("{}/transactions", first_account(&caller).await);
    let (booked, pending, _) =
        all_rows(&caller, &format!("{list}?bookingStatus=booked&dateFrom=2026-02-10&dateTo=2026-02-12"))
            .await;
    assert!(pending.is_empty() && !booked.is_empty());
    assert!(
        booked
            .iter()
            .all(|row| ("2026-02-10"..="2026-02-12").contains(&row["bookingDate"].as_str().unwrap()))
    );
    let (booked, pending, _) =
        all_rows(&caller, &format!("{list}?bookingStatus=pending&dateFrom=2026-02-10")).await;
    assert!(booked.is_empty() && !pending.is_empty());
    for query in [
        "",
        "?bookingStatus=booked",
        "?bookingStatus=none&dateFrom=2026-01-01",
        "?bookingStatus=both&dateFrom=yesterday",
        "?bookingStatus=both&dateFrom=2026-01-01&cursor=AAAA",
    ] {
        assert_eq!(
            caller.get(&format!("{list}{query}")).await.refusal(),
            (400, "FORMAT_ERROR".into()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_booked_balance_moves_by_what_is_booked() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let account = first_account(&caller).await;
    let balance = async |caller: &Caller<'_>| -> Decimal {
        let body = caller.get(&format!("{account}/balances")).await.json();
        assert_eq!(body["balances"][0]["balanceType"], "interimBooked");
        body["balances"][0]["balanceAmount"]["amount"].as_str().unwrap().parse().unwrap()
    };
    let before = balance(&caller).await;
    let (_, pending, _) =
        all_rows(&caller, &format!("{account}/transactions?bookingStatus=pending&dateFrom=2026-03-02")).await;
    let pending: Decimal = pending
        .iter()
        .map(|row| row["transactionAmount"]["amount"].as_str().unwrap().parse::<Decimal>().unwrap())
        .sum();
    bench.advance(24 * 3_600_000);
    let fresh = bench.accounts_caller("ESSESESS").await;
    let caller = caller
        .with("authorization", &fresh.headers.iter().find(|(name, _)| name == "authorization").unwrap().1);
    assert_eq!(balance(&caller).await, before + pending);
}

#[tokio::test]
async fn the_consent_is_checked_at_every_read() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    assert_eq!(caller.get(ACCOUNTS).await.refusal(), (400, "FORMAT_ERROR".into()));
    assert_eq!(
        caller.with("consent-id", "nobody").get(ACCOUNTS).await.refusal(),
        (403, "CONSENT_UNKNOWN".into())
    );
    let unsigned = caller.with("consent-id", last(&caller.consent().await));
    assert_eq!(unsigned.get(ACCOUNTS).await.refusal(), (401, "CONSENT_INVALID".into()));
    let signed = caller.with_valid_consent().await;
    assert_eq!(
        signed.with("x-bicfi", "NDEASESS").get(ACCOUNTS).await.refusal(),
        (403, "CONSENT_UNKNOWN".into())
    );
    bench.advance(61 * 24 * 3_600_000);
    let fresh = bench.accounts_caller("ESSESESS").await;
    let late = signed
        .with("authorization", &fresh.headers.iter().find(|(name, _)| name == "authorization").unwrap().1);
    assert_eq!(late.get(ACCOUNTS).await.refusal(), (401, "CONSENT_EXPIRED".into()));
}

#[tokio::test]
async fn a_companys_consent_needs_the_same_company_at_every_read() {
    let bench = Bench::new();
    let caller = bench.caller("accountinformation corporate", "ESSESESS").await;
    assert_eq!(
        caller.post("/psd2/consent/v1/consents", &consent_body()).await.status,
        400,
        "company required"
    );
    let caller = caller.with("psu-corporate-id", "9999999990").with_valid_consent().await;
    assert_eq!(caller.get(ACCOUNTS).await.json()["accounts"][0]["usage"], "ORGA");
    for other in ["", "5560160680"] {
        assert_eq!(caller.with("psu-corporate-id", other).get(ACCOUNTS).await.status, 401, "{other}");
    }
}

#[tokio::test]
async fn i179_unattended_reads_are_counted_per_account_endpoint_and_day() {
    let bench = Bench::new();
    let attended = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let account = first_account(&attended).await;
    let alone = attended.with("psu-ip-address", "");
    for _ in 0..4 {
        assert_eq!(alone.get(ACCOUNTS).await.status, 200);
    }
    assert_eq!(alone.get(ACCOUNTS).await.refusal(), (429, "ACCESS_EXCEEDED".into()));
    assert_eq!(attended.get(ACCOUNTS).await.status, 200);
    assert_eq!(alone.get(&format!("{account}/balances")).await.status, 200);
    let list = format!("{account}/transactions?bookingStatus=both&dateFrom=2026-01-30");
    for _ in 0..4 {
        all_rows(&alone, &list).await;
    }
    assert_eq!(alone.get(&list).await.status, 429, "pages of one read count once");
    let fresh = async || bench.accounts_caller("ESSESESS").await.headers[0].1.clone();
    bench.advance(24 * 3_600_000);
    assert_eq!(alone.with("authorization", &fresh().await).get(ACCOUNTS).await.status, 200, "a new day");
}

#[tokio::test]
async fn a_consent_opens_only_the_accounts_and_rights_it_names() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with("psu-id", "199311219639");
    let mut body = consent_body();
    let iban = json!([{ "iban": "SE3750000000054400047881" }]);
    body["access"] = json!({ "accounts": iban, "balances": iban });
    let consent = caller.post("/psd2/consent/v1/consents", &body).await.header("location").to_owned();
    caller.choose(&consent, "mbid").await;
    bench.advance(1_200);
    let caller = caller.with("consent-id", last(&consent));
    let accounts = caller.get(ACCOUNTS).await.json()["accounts"].as_array().unwrap().clone();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["_links"]["transactions"], Value::Null);
    let account = first_account(&caller).await;
    assert_eq!(caller.get(&format!("{account}/balances")).await.status, 200);
    let refused = caller.get(&format!("{account}/transactions?bookingStatus=both&dateFrom=2026-02-01")).await;
    assert_eq!(refused.refusal(), (401, "CONSENT_INVALID".into()));
    body["access"] = json!({ "accounts": iban, "balances": [{ "iban": "SE2550000000054400047903" }] });
    let mixed = caller.post("/psd2/consent/v1/consents", &body).await;
    assert_eq!(mixed.refusal(), (400, "PARAMETER_NOT_CONSISTENT".into()));
}

#[tokio::test]
async fn single_transactions_are_read_where_the_bank_links_them() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let list =
        format!("{}/transactions?bookingStatus=booked&dateFrom=2026-02-20", first_account(&caller).await);
    let row = caller.get(&list).await.json()["transactions"]["booked"][0].clone();
    let href = row["_links"]["transactionDetails"]["href"].as_str().unwrap();
    assert_eq!(caller.get(href).await.json()["transactionAmount"], row["transactionAmount"]);
    let nordea = bench.accounts_caller("NDEASESS").await;
    assert_eq!(
        nordea.get(&format!("{ACCOUNTS}/a/transactions/b")).await.refusal(),
        (405, "SERVICE_INVALID".into())
    );
}

#[tokio::test]
async fn every_page_brings_the_balances_that_the_first_was_asked_for() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let accounts = caller.get("/psd2/accountinformation/v1/accounts").await.json();
    let id = accounts["accounts"][0]["resourceId"].as_str().unwrap();
    let list = format!(
        "/psd2/accountinformation/v1/accounts/{id}/transactions?bookingStatus=booked&dateFrom=2026-02-01"
    );
    for (query, is_there) in [("&withBalance=True", true), ("&withBalance=false", false), ("", false)] {
        let first = caller.get(&format!("{list}{query}")).await.json();
        let next = first["transactions"]["_links"]["next"]["href"].as_str().unwrap().to_owned();
        let second = caller.get(&next).await.json();
        for page in [first, second] {
            assert_eq!(page.get("balances").is_some(), is_there, "{query}");
        }
    }
}

#[tokio::test]
async fn some_banks_take_no_notice_of_what_is_asked_for() {
    let bench = Bench::new();
    let nordea = bench.accounts_caller("NDEASESS").await;
    let consent = nordea.consent().await;
    let swedbank = bench.accounts_caller("SWEDSESS").await.with("tpp-redirect-preferred", "false");
    for (caller, consent, has_pending) in
        [(nordea, consent, false), (swedbank.clone(), swedbank.consent().await, true)]
    {
        bench.platform.with_world(|world, now| world.sign_consent(last(&consent), PSU, false, now));
        let caller = caller.with("consent-id", last(&consent));
        let list = format!("{}/transactions", first_account(&caller).await);
        let narrow = format!("{list}?bookingStatus=booked&dateFrom=2026-02-10&dateTo=2026-02-12");
        let (booked, pending, _) = all_rows(&caller, &narrow).await;
        let days: BTreeSet<String> = booked.iter().map(|row| row["bookingDate"].to_string()).collect();
        let beyond = |day: &str| days.iter().any(|known| known.contains(day));
        assert!(beyond("2026-01") && beyond("2026-02-28"), "{days:?}");
        assert_eq!(!pending.is_empty(), has_pending);
        let all = format!("{list}?bookingStatus=booked&dateFrom=2026-02-11");
        assert_eq!(all_rows(&caller, &all).await.0, booked, "the same whatever is asked for");
    }
}
