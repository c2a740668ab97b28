use serde_json::json;

use super::*;

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_run_no_script() {
    let bench = Bench::new();
    for path in ["/", "/bankid", "/bankid?autostarttoken=nobody", "/bank/nobody", "/connect/authorize"] {
        let page = bench.send("GET", path, &[], "").await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; img-src data:;"),
            "{path}: {policy}"
        );
        assert!(!page.text.contains("<script") && !page.text.contains("src="), "{path}");
        assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("width=device-width"));
    }
    assert!(bench.send("GET", "/style.css", &[], "").await.header("content-type").starts_with("text/css"));
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
    assert!(page.text.contains("12.50 SEK") && page.text.contains("SE2550000000054400047903"));
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
        page.contains("SEB: All your accounts")
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
        let at = list.find("/bankid/order/").unwrap();
        let page = list[at..].split('"').next().unwrap().to_owned();
        bench.send("GET", &page, &[], "").await;
        bench.form("/bankid", &[], &[("order", last(&page)), ("decision", "sign")]).await;
        assert_eq!(caller.sca_status(&authorisation).await, expected);
        bench.advance(1_000);
    }
    assert_eq!(caller.payment_status(&payment).await, "ACSP");
}
