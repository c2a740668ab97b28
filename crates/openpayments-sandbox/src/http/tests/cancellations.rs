use super::*;

const DOMESTIC: &str = "/psd2/paymentinitiation/v1/payments/domestic";

/// A payment at Swedbank for tomorrow; caller and path.
async fn payment<'a>(bench: &'a Bench, psu: &str) -> (Caller<'a>, String) {
    let caller = bench.payments_caller("SWEDSESS").await;
    let caller = caller.with("tpp-redirect-preferred", "false").with("psu-id", psu);
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "1.00" },
        "debtorAccount": { "iban": "SE4880000123459876543219" },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE4880000123451234567890" },
        "requestedExecutionDate": "2026-03-03",
    });
    let answer = caller.post(DOMESTIC, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    (caller, answer.header("location").to_owned())
}

/// The same, signed.
async fn signed_payment<'a>(bench: &'a Bench, psu: &str) -> (Caller<'a>, String) {
    let (caller, path) = payment(bench, psu).await;
    caller.choose(&path, "mbid").await;
    bench.advance(60_000);
    assert_eq!(caller.payment_status(&path).await, "ACCP");
    (caller, path)
}

#[tokio::test]
async fn a_signed_payment_is_cancelled_by_another_signature() {
    let bench = Bench::new();
    let (caller, path) = signed_payment(&bench, PSU).await;
    let all = format!("{path}/cancellation-authorisations");
    let early = caller.call("POST", &all, "").await;
    assert_eq!(early.refusal(), (409, "STATUS_INVALID".into()), "nobody has asked to cancel");
    let wanted = caller.call("DELETE", &path, "").await;
    assert_eq!((wanted.status, wanted.get("transactionStatus")), (202, "ACCP".into()));
    assert_eq!(wanted.json()["_links"]["startAuthorisation"]["href"], all);
    assert_eq!(caller.payment_status(&path).await, "ACCP");
    let started = caller.call("POST", &all, "").await;
    let one = started.header("location").to_owned();
    assert_eq!((started.status, started.get("scaStatus")), (201, "received".into()));
    assert_eq!(one, format!("{all}/{}", started.get("authorisationId")));
    assert_eq!(caller.get(&all).await.json(), json!([last(&one)]));
    let others = caller.get(&format!("{path}/authorisations")).await.json();
    assert!(!others["authorisationIds"].as_array().unwrap().contains(&json!(last(&one))));
    let elsewhere = caller.get(&format!("{path}/authorisations/{}", last(&one))).await;
    assert_eq!(elsewhere.refusal(), (404, "RESOURCE_UNKNOWN".into()));
    let chosen = caller.call("PUT", &one, r#"{"authenticationMethodId":"mbid"}"#).await;
    assert_eq!(chosen.header("aspsp-sca-approach"), "DECOUPLED");
    assert!(chosen.json()["challengeData"]["data"][0].is_string());
    bench.advance(60_000);
    assert_eq!(caller.sca_status(&one).await, "finalised");
    assert_eq!(caller.payment_status(&path).await, "CANC");
    bench.advance(24 * 3_600_000);
    assert!(bench.platform.with_world(|world, _| world.bookings.is_empty()), "never booked");
}

#[tokio::test]
async fn an_unsigned_payment_is_cancelled_at_once_everywhere() {
    let bench = Bench::new();
    let (caller, path) = payment(&bench, PSU).await;
    assert_eq!(caller.call("DELETE", &path, "").await.status, 204);
    assert_eq!(caller.payment_status(&path).await, "CANC");
}

#[tokio::test]
async fn a_refused_cancellation_leaves_the_payment_as_it_was() {
    let bench = Bench::new();
    let (caller, path) = signed_payment(&bench, PSU).await;
    caller.call("DELETE", &path, "").await;
    let all = format!("{path}/cancellation-authorisations");
    let refuser = caller.with("psu-id", "99990101001");
    let one = refuser.call("POST", &all, "").await.header("location").to_owned();
    refuser.call("PUT", &one, r#"{"authenticationMethodId":"mbid"}"#).await;
    bench.advance(60_000);
    assert_eq!(refuser.sca_status(&one).await, "failed");
    assert_eq!(caller.payment_status(&path).await, "ACCP");
}

#[tokio::test]
async fn a_cancellation_can_need_two_signatures() {
    let bench = Bench::new();
    let (caller, path) = signed_payment(&bench, PSU).await;
    caller.call("DELETE", &path, "").await;
    let all = format!("{path}/cancellation-authorisations");
    for (psu, status) in [("99990101002", "ACCP"), (PSU, "CANC")] {
        let signer = caller.with("psu-id", psu);
        let one = signer.call("POST", &all, "").await.header("location").to_owned();
        signer.call("PUT", &one, r#"{"authenticationMethodId":"mbid"}"#).await;
        bench.advance(60_000);
        assert_eq!(signer.sca_status(&one).await, "finalised");
        assert_eq!(caller.payment_status(&path).await, status, "{psu}");
    }
}

#[tokio::test]
async fn a_payment_that_is_booked_meanwhile_is_not_cancelled() {
    let bench = Bench::manual();
    let (caller, path) = payment(&bench, PSU).await;
    caller.choose(&path, "mbid").await;
    for _ in 0..3 {
        bench.platform.with_world(|world, now| {
            let order = world.orders().remove(0);
            world.approve_order(&order.id, now)
        });
    }
    assert_eq!(caller.call("DELETE", &path, "").await.status, 202);
    let all = format!("{path}/cancellation-authorisations");
    let one = caller.call("POST", &all, "").await.header("location").to_owned();
    bench.advance(15 * 3_600_000);
    let token = bench.token_answer("paymentinitiation private").await.get("access_token");
    let caller = caller.with("authorization", &format!("Bearer {token}"));
    caller.call("PUT", &one, r#"{"authenticationMethodId":"mbid"}"#).await;
    for _ in 0..2 {
        bench.platform.with_world(|world, now| {
            let order = world.orders().remove(0);
            world.approve_order(&order.id, now)
        });
    }
    assert_eq!(caller.sca_status(&one).await, "failed");
    assert_eq!(caller.payment_status(&path).await, "ACSC");
    assert_eq!(caller.call("DELETE", &path, "").await.refusal(), (405, "CANCELLATION_INVALID".into()));
}

#[tokio::test]
async fn a_cancellation_by_redirect_is_activated_as_its_payment_is() {
    let bench = Bench::manual();
    let caller = bench.payments_caller("SWEDSESS").await;
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "1.00" },
        "debtorAccount": { "iban": "SE4880000123459876543219" },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE4880000123451234567890" },
        "requestedExecutionDate": "2026-03-03",
    });
    let path = caller.post(DOMESTIC, &body).await.header("location").to_owned();
    for (kind, status) in [("authorisations", "ACCP"), ("cancellation-authorisations", "CANC")] {
        if kind == "cancellation-authorisations" {
            assert_eq!(caller.call("DELETE", &path, "").await.status, 202);
        }
        let started = caller.call("POST", &format!("{path}/{kind}"), "").await;
        let one = started.header("location").to_owned();
        let chosen = caller.call("PUT", &one, r#"{"authenticationMethodId":"mbid"}"#).await;
        let href = chosen.json()["_links"]["scaOAuth"]["href"].as_str().unwrap().to_owned();
        let authorize = href
            .replace("[CLIENT_ID]", &bench.client.id)
            .replace("[TPP_REDIRECT_URI]", CALLBACK)
            .replace("[TPP_STATE]", "S")
            .replace("http://localhost", "");
        let to_bank = bench.send("GET", &authorize, &[], "").await;
        let bank = to_bank.header("location").replace("http://localhost", "");
        let approval = bench.log_in(&bank, PSU).await;
        let page = bench.send("GET", &approval, &[], "").await.text;
        assert_eq!(page.contains("Cancel this payment"), status == "CANC");
        let returned = bench.form(&approval, &[], &[("decision", "approve")]).await;
        let url = Url::parse(returned.header("location")).unwrap();
        let code = url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let secret = bench.client.secret.expose().to_owned();
        let form = [
            ("client_id", bench.client.id.as_str()),
            ("client_secret", &secret),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        let headers = [("x-paymentid", last(&path)), ("x-paymentauthorisationid", last(&one))];
        assert_eq!(bench.form("/connect/token", &headers, &form).await.status, 200);
        assert_eq!(caller.payment_status(&path).await, status);
    }
}

#[tokio::test]
async fn a_bank_that_cancels_outright_does_so_after_the_signature_too() {
    let bench = Bench::new();
    let caller = bench.payments_caller("ESSESESS").await;
    let body = json!({
        "instructedAmount": { "currency": "SEK", "amount": "1.00" },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": "Påhittade Mottagaren",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
        "requestedExecutionDate": "2026-03-03",
    });
    let path = caller.post(DOMESTIC, &body).await.header("location").to_owned();
    caller.choose(&path, "mbid").await;
    bench.advance(60_000);
    assert_eq!(caller.payment_status(&path).await, "ACCP");
    assert_eq!(caller.call("DELETE", &path, "").await.status, 204);
    assert_eq!(caller.payment_status(&path).await, "CANC");
}
