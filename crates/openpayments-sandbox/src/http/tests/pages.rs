use serde_json::json;

use super::*;

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_run_scripts_of_the_sandbox_alone() {
    let bench = Bench::new();
    let plain =
        ["/bankid?autostarttoken=nobody", "/bank/nobody", "/bank/nobody/nothing", "/connect/authorize"];
    for (path, script) in [("/", Some("/live.js")), ("/bankid", Some("/countdown.js"))]
        .into_iter()
        .chain(plain.map(|path| (path, None)))
    {
        let page = bench.send("GET", path, &[], "").await;
        let scripts = if script.is_some() { " script-src 'self'; connect-src 'self';" } else { "" };
        let policy =
            format!("default-src 'none'; style-src 'self'; img-src data:;{scripts} form-action 'self';");
        let sent = page.header("content-security-policy");
        assert!(sent.starts_with(&policy), "{path}: {sent}");
        let tag = script.map(|script| format!("<script src=\"{script}\" defer></script>"));
        let rest = tag.map_or(page.text.clone(), |tag| page.text.replacen(&tag, "", 1));
        assert!(!rest.contains("<script") && !rest.contains("src="), "{path}");
        assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("width=device-width"));
        if let Some(script) = script {
            assert!(
                bench
                    .send("GET", script, &[], "")
                    .await
                    .header("content-type")
                    .starts_with("text/javascript")
            );
        }
    }
    assert!(bench.send("GET", "/style.css", &[], "").await.header("content-type").starts_with("text/css"));
}

#[tokio::test]
async fn a_page_of_the_bank_names_each_account_that_is_asked_for() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let body = json!({
        "access": { "balances": [{ "iban": "SE3750000000054400047881" }] },
        "recurringIndicator": true,
        "validUntil": "2026-05-01",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": false,
    });
    let consent = caller.post("/psd2/consent/v1/consents", &body).await.get("consentId");
    caller.choose(&format!("/psd2/consent/v1/consents/{consent}"), "mbid").await;
    let list = bench.send("GET", "/bankid", &[], "").await.text;
    let page = bench.send("GET", &first_order(&list), &[], "").await.text;
    assert!(
        page.contains("SE37 5000 0000 0544 0004 7881") && page.contains("Name and number, balance<"),
        "{page}"
    );
}

#[tokio::test]
async fn the_app_shows_the_start_window_and_then_the_time_to_sign() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    caller.choose(&consent, "mbid").await;
    bench.advance(9_000);
    let list = bench.send("GET", "/bankid", &[], "").await.text;
    assert!(list.contains("data-seconds=\"21\""), "{list}");
    let page = bench.send("GET", &first_order(&list), &[], "").await.text;
    assert!(page.contains("data-seconds=\"180\""), "{page}");
}

#[tokio::test]
async fn looking_at_what_changes_is_not_on_the_record() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let before = bench.platform.record().newest().count();
    caller.consent().await;
    let live = bench.send("GET", "/live", &[], "").await.text;
    assert!(live.contains("received") && !live.contains("<html"), "{live}");
    assert_eq!(bench.platform.record().newest().count(), before + 1);
}

/// The page of the first order on the list.
fn first_order(list: &str) -> String {
    let at = list.find("/bankid/order/").unwrap();
    list[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn b9_what_a_client_sends_is_escaped_on_the_bankid_page() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("ESSESESS").await;
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "12.50" },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": "<img src=x onerror=alert(1)>",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
    });
    let payment = caller
        .post("/psd2/paymentinitiation/v1/payments/domestic", &body)
        .await
        .header("location")
        .to_owned();
    let (authorisation, chosen) = caller.choose(&payment, "mbid_same_device").await;
    let token = chosen.json()["challengeData"]["data"][0].as_str().unwrap().to_owned();
    let opened = bench.send("GET", &format!("/bankid/?autostarttoken={token}&redirect=null"), &[], "").await;
    let page = bench.send("GET", opened.header("location"), &[], "").await;
    assert!(page.text.contains("12.50 SEK") && page.text.contains("SE25 5000 0000 0544 0004 7903"));
    assert!(!page.text.contains("<img"));
    let refused = bench
        .form("/bankid", &[], &[("order", last(opened.header("location"))), ("decision", "refuse")])
        .await;
    assert_eq!(refused.status, 200);
    assert_eq!(
        (caller.sca_status(&authorisation).await, caller.payment_status(&payment).await),
        ("failed".into(), "RJCT".into())
    );
}

#[tokio::test]
async fn i171_a_form_from_another_site_signs_nothing() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let (_, chosen) = caller.choose(&consent, "mbid").await;
    let token = chosen.json()["challengeData"]["data"][0].as_str().unwrap().to_owned();
    let opened = bench.send("GET", &format!("/bankid?autostarttoken={token}"), &[], "").await;
    let pairs = [("order", last(opened.header("location"))), ("decision", "sign")];
    for headers in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        assert_eq!(bench.form("/bankid", &[headers], &pairs).await.status, 403, "{headers:?}");
    }
    assert_eq!(caller.consent_status(&consent).await, "received");
}

#[tokio::test]
async fn the_dashboard_shows_what_waits_and_what_was_asked() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    caller.choose(&consent, "mbid").await;
    let page = bench.send("GET", "/", &[], "").await.text;
    assert!(
        page.contains("SEB: Let Made-up Fintech AB see your accounts")
            && page.contains(REQUEST_ID)
            && page.contains(&bench.client.id)
    );
    assert!(!page.contains(bench.client.secret.expose()));
}

#[tokio::test]
async fn signing_in_the_app_leads_through_both_rounds_of_seb() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("ESSESESS").await;
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "1" },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": "A",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
    });
    let payment = caller
        .post("/psd2/paymentinitiation/v1/payments/domestic", &body)
        .await
        .header("location")
        .to_owned();
    let (authorisation, _) = caller.choose(&payment, "mbid").await;
    for expected in ["psuAuthenticated", "finalised"] {
        let list = bench.send("GET", "/bankid", &[], "").await.text;
        let page = first_order(&list);
        bench.send("GET", &page, &[], "").await;
        bench.form("/bankid", &[], &[("order", last(&page)), ("decision", "sign")]).await;
        assert_eq!(caller.sca_status(&authorisation).await, expected);
        bench.advance(1_000);
    }
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
}
