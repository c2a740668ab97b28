use axum::http::HeaderName;
use serde_json::json;

use super::*;

const CONSENTS: &str = "/psd2/consent/v1/consents";

#[tokio::test]
async fn i170_only_loopback_host_names_are_served() {
    let bench = Bench::new();
    for host in ["evil.example", "localhost.evil", "127.0.0.1.evil:80", "localhost:evil", ""] {
        let request = [("host", host)];
        let answer = bench.send("GET", "/", &request, "").await;
        assert_eq!(answer.status, 400, "{host}");
    }
    let twice = bench.send("GET", "/", &[("host", "localhost"), ("host", "localhost")], "").await;
    assert_eq!(twice.status, 400);
    for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:9", "[::1]"] {
        assert_eq!(bench.send("GET", "/", &[("host", host)], "").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn every_answer_echoes_the_request_id() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    for (method, path) in [
        ("POST", CONSENTS),
        ("GET", "/psd2/nowhere"),
        ("PATCH", CONSENTS),
        ("GET", "/psd2/consent/v1/consents/x"),
    ] {
        let answer = caller.call(method, path, "{").await;
        assert!(answer.status >= 400);
        assert_eq!(answer.header("x-request-id"), REQUEST_ID, "{method} {path}");
    }
}

#[tokio::test]
async fn a_missing_unknown_expired_or_narrow_token_is_refused_with_its_code() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let refused = async |authorization: &str| {
        caller.with("authorization", authorization).get("/psd2/consent/v1/consents/x").await.refusal()
    };
    assert_eq!(refused("").await, (401, "TOKEN_UNKNOWN".into()));
    assert_eq!(refused("Bearer nobody").await, (401, "TOKEN_UNKNOWN".into()));
    assert_eq!(refused("Basic abc").await, (401, "TOKEN_INVALID".into()));
    let narrow = caller.get("/psd2/aspspinformation/v1/countries").await;
    assert_eq!(narrow.status, 403);
    bench.advance(3_599_000);
    assert_eq!(caller.get("/psd2/consent/v1/consents/x").await.status, 404);
    bench.advance(1_000);
    assert_eq!(caller.get("/psd2/consent/v1/consents/x").await.refusal(), (401, "TOKEN_EXPIRED".into()));
}

#[tokio::test]
async fn request_id_and_bank_are_required_and_must_be_well_formed() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    for (name, value) in [
        ("x-request-id", ""),
        ("x-request-id", "42"),
        ("x-bicfi", ""),
        ("x-bicfi", "ABCDSESS"),
        ("psu-ip-address", "here"),
    ] {
        let answer = caller.with(name, value).post(CONSENTS, &consent_body()).await;
        assert_eq!(answer.refusal(), (400, "FORMAT_ERROR".into()), "{name}: {value}");
        assert_eq!(answer.json()["tppMessages"][0]["path"].as_str().unwrap().to_lowercase(), name);
    }
}

#[tokio::test]
async fn i173_bad_bodies_get_the_documented_code_and_never_a_server_fault() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let deep = format!("{{\"access\":{}{}}}", "[".repeat(65), "]".repeat(65));
    let mut bodies = vec![String::new(), "{".into(), "[]".into(), "null".into(), "\u{feff}{}".into(), deep];
    for member in
        ["access", "recurringIndicator", "validUntil", "frequencyPerDay", "combinedServiceIndicator"]
    {
        for wrong in [json!(null), json!("x"), json!([1]), json!(-1)] {
            let mut body = consent_body();
            body[member] = wrong;
            bodies.push(body.to_string());
        }
    }
    for body in bodies {
        let answer = caller.call("POST", CONSENTS, &body).await;
        assert_eq!(answer.refusal(), (400, "FORMAT_ERROR".into()), "{body}");
    }
    let large = caller.call("POST", CONSENTS, &" ".repeat(2 * 1024 * 1024)).await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn unknown_members_headers_and_trailing_slashes_are_tolerated() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with("x-feature-flags", "new-statuses");
    let mut body = consent_body();
    body["somethingNew"] = json!({ "a": [1, 2] });
    assert_eq!(caller.post(&format!("{CONSENTS}/"), &body).await.status, 201);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_404_and_405() {
    let bench = Bench::new();
    assert_eq!(bench.send("GET", "/psd2/x", &[], "").await.status, 404);
    for production_only in
        ["/premium/v1/payouts", "/premium/v1/payee-verifications", "/psd2/premium/v1/giro-numbers"]
    {
        assert_eq!(bench.send("POST", production_only, &[], "{}").await.status, 404, "{production_only}");
    }
    let misplaced = bench.send("GET", "/v1/aspsps", &[], "").await;
    assert_eq!((misplaced.status, misplaced.text.as_str()), (401, ""));
    assert!(misplaced.header("www-authenticate").contains("issuer"));
    assert_eq!(bench.send("PATCH", CONSENTS, &[], "").await.refusal(), (405, "SERVICE_INVALID".into()));
    assert_eq!(bench.send("OPTIONS", CONSENTS, &[], "").await.status, 405);
}

#[tokio::test]
async fn i171_b2_no_page_of_another_origin_is_allowed_anything() {
    let bench = Bench::new();
    let asks = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    for path in [CONSENTS, "/connect/token", "/", "/control/state"] {
        for method in ["OPTIONS", "GET"] {
            let answer = bench.send(method, path, &asks, "").await;
            let allows = |name: &&str| name.starts_with("access-control-");
            assert_eq!(answer.headers.keys().map(HeaderName::as_str).find(allows), None, "{method} {path}");
            assert!(method == "GET" || answer.status >= 400, "{method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn banks_insist_on_their_own_headers() {
    let bench = Bench::new();
    let swedbank = bench.accounts_caller("SWEDSESS").await;
    for name in ["psu-ip-address", "psu-user-agent"] {
        assert_eq!(swedbank.with(name, "").post(CONSENTS, &consent_body()).await.status, 400, "{name}");
    }
    let handelsbanken = bench.accounts_caller("HANDSESS").await;
    let answer = handelsbanken.with("psu-ip-address", "").get("/psd2/accountinformation/v1/accounts").await;
    assert_eq!(answer.json()["tppMessages"][0]["path"], "PSU-IP-Address");
}

#[tokio::test]
async fn i178_a_resource_of_another_client_bank_or_context_is_unknown() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    assert_eq!(caller.with("x-bicfi", "NDEASESS").get(&consent).await.status, 404);
    let corporate = bench.caller("accountinformation corporate", "ESSESESS").await;
    assert_eq!(corporate.get(&consent).await.status, 404);
    let other = bench.platform.with_world(|world, now| {
        world.issue_token("somebody-else", "accountinformation private".parse().unwrap(), None, now)
    });
    let other = caller.with("authorization", &format!("Bearer {other}"));
    assert_eq!(other.get(&consent).await.status, 404);
    assert_eq!(caller.get(&consent).await.status, 200);
}

#[tokio::test]
async fn the_record_counts_by_template_and_finds_by_request_id() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    caller.get(&consent).await;
    let ledger = crate::ledger::Ledger::new(Arc::clone(&bench.platform));
    assert_eq!(ledger.token_requests(), 1);
    assert_eq!(ledger.count("GET", "/psd2/consent/v1/consents/{consentId}"), 1);
    let found = ledger.find(REQUEST_ID);
    assert_eq!(found.iter().map(|seen| seen.status).collect::<Vec<_>>(), [201, 200]);
    assert_eq!(found[0].client_id.as_deref(), Some(bench.client.id.as_str()));
}

#[tokio::test]
async fn what_the_description_lists_is_served_and_nothing_else_on_its_paths() {
    let bench = Bench::new();
    let document = bench.send("GET", "/openapi.json", &[], "").await.json();
    let mut listed = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if path == "/connect/token" {
            continue;
        }
        let path = path.replace("{payment-service}", "payments").replace("{payment-product}", "domestic");
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let is_listed = item.get(method.to_lowercase()).is_some();
            listed += usize::from(is_listed);
            let answer = bench.send(method, &path.replace(['{', '}'], ""), &[], "").await;
            assert_eq!(answer.status, if is_listed { 401 } else { 405 }, "{method} {path}");
        }
    }
    let services = crate::world::payment::Service::ALL.len();
    let routes = crate::http::routes::all();
    let of_payments = routes.iter().filter(|route| route.path.contains("{payment-product}")).count();
    assert_eq!(listed, routes.len() - of_payments + of_payments / services);
}

#[tokio::test]
async fn formats_other_than_json_are_refused_as_each_service_does_it() {
    let bench = Bench::new();
    let accounts = bench.accounts_caller("ESSESESS").await;
    let payments = bench.payments_caller("ESSESESS").await;
    let xml = accounts.with("content-type", "application/xml").post(CONSENTS, &consent_body()).await;
    assert_eq!((xml.status, xml.text.as_str()), (415, ""));
    let status = "/psd2/paymentinitiation/v1/payments/domestic/x/status";
    let pdf = accounts.with("accept", "application/pdf").get(&format!("{CONSENTS}/x")).await;
    assert_eq!(pdf.refusal(), (406, "REQUESTED_FORMATS_INVALID".into()));
    let pdf = payments.with("accept", "application/pdf").get(status).await;
    assert_eq!((pdf.status, pdf.text.as_str()), (406, ""));
    for good in ["*/*", "application/json;q=0.9, text/html", "text/html, application/*"] {
        assert_eq!(payments.with("accept", good).get(status).await.status, 404, "{good}");
    }
}

#[tokio::test]
async fn b12_a_made_up_method_is_counted_with_all_others() {
    let bench = Bench::new();
    for method in ["BREW", "PROPFIND", "X"] {
        assert_eq!(bench.send(method, CONSENTS, &[], "").await.status, 405);
    }
    let ledger = crate::ledger::Ledger::new(Arc::clone(&bench.platform));
    assert_eq!(ledger.count("(another method)", CONSENTS), 3);
}
