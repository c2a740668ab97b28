use serde_json::json;

use super::*;

#[tokio::test]
async fn a_consent_at_seb_is_signed_on_the_psus_device_and_becomes_valid() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let created = caller.post("/psd2/consent/v1/consents", &consent_body()).await;
    assert_eq!((created.status, created.get("consentStatus")), (201, "received".into()));
    let consent = created.header("location").to_owned();
    assert_eq!(created.json()["_links"]["startAuthorisation"]["href"], format!("{consent}/authorisations"));
    let started = caller.call("POST", &format!("{consent}/authorisations"), "{}").await.json();
    let methods: Vec<&str> = started["scaMethods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["authenticationMethodId"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["mbid", "mbid_same_device", "mbid_animated_qr_token"]);
    let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
    assert_eq!(chosen.header("aspsp-sca-approach"), "DECOUPLED");
    assert_eq!(chosen.get("scaStatus"), "started");
    let token = chosen.json()["challengeData"]["data"][0].clone();
    assert_eq!(token.as_str().unwrap().len(), 36);
    bench.advance(1_100);
    let pending = caller.get(&authorisation).await.json();
    assert_eq!((&pending["scaStatus"], &pending["challengeData"]["data"][0]), (&json!("started"), &token));
    bench.advance(100);
    let done = caller.get(&authorisation).await.json();
    assert_eq!(done, json!({ "scaStatus": "finalised" }));
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn each_test_person_does_what_is_documented() {
    let bench = Bench::new();
    for (psu, sca, code, status) in [
        ("99990101001", "failed", "", "rejected"),
        ("99990101002", "finalised", "AUTHORISATION_PENDING_API", "partiallyAuthorised"),
        ("99990101004", "failed", "AUTHENTICATION_SESSION_EXPIRED", "received"),
        ("99990101005", "failed", "BANKID_NOT_ACTIVATED", "received"),
    ] {
        let caller = bench.accounts_caller("ESSESESS").await.with("psu-id", psu);
        let consent = caller.consent().await;
        let (authorisation, _) = caller.choose(&consent, "mbid_same_device").await;
        bench.advance(1_200);
        let ended = caller.get(&authorisation).await;
        assert_eq!((ended.get("scaStatus"), ended.code()), (sca.into(), code.to_owned()), "{psu}");
        assert_eq!(caller.consent_status(&consent).await, status, "{psu}");
    }
}

#[tokio::test]
async fn a_second_different_signer_completes_the_consent() {
    let bench = Bench::new();
    let first = bench.accounts_caller("ESSESESS").await.with("psu-id", "99990101002");
    let consent = first.consent().await;
    for (caller, status) in [
        (&first, "partiallyAuthorised"),
        (&first, "partiallyAuthorised"),
        (&first.with("psu-id", PSU), "valid"),
    ] {
        caller.choose(&consent, "mbid").await;
        bench.advance(1_200);
        assert_eq!(caller.consent_status(&consent).await, status);
    }
}

#[tokio::test]
async fn an_app_that_is_not_opened_within_thirty_seconds_lets_the_session_expire() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let (authorisation, _) = caller.choose(&consent, "mbid").await;
    bench.advance(29_999);
    assert_eq!(caller.sca_status(&authorisation).await, "started");
    bench.advance(1);
    let ended = caller.get(&authorisation).await;
    assert_eq!(
        (ended.get("scaStatus"), ended.code()),
        ("failed".into(), "AUTHENTICATION_SESSION_EXPIRED".into())
    );
    // It can be signed again.
    let (again, _) = caller.choose(&consent, "mbid").await;
    bench.platform.with_world(|world, now| assert!(world.approve_order(last(&again), now)));
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn a_new_recurring_consent_ends_the_older_one_of_the_same_person() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let sign = async |caller: &Caller<'_>| {
        let consent = caller.consent().await;
        caller.choose(&consent, "mbid").await;
        bench.advance(1_200);
        consent
    };
    let older = sign(&caller).await;
    let of_another = sign(&caller.with("psu-id", "198301014882")).await;
    assert_eq!(caller.consent_status(&older).await, "valid");
    let newer = sign(&caller).await;
    assert_eq!(caller.consent_status(&older).await, "expired");
    assert_eq!(caller.consent_status(&of_another).await, "valid");
    assert_eq!(caller.consent_status(&newer).await, "valid");
}

#[tokio::test]
async fn an_animated_qr_code_is_another_one_each_second_and_only_a_fresh_frame_opens_the_app() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid_animated_qr_token").await;
    let first = chosen.json()["challengeData"]["data"][0].as_str().unwrap().to_owned();
    bench.advance(3_000);
    let second =
        caller.get(&authorisation).await.json()["challengeData"]["data"][0].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let scan =
        async |url: &str| bench.send("GET", url.strip_prefix("http://localhost").unwrap(), &[], "").await;
    assert_eq!(scan(&first).await.status, 410, "three seconds old");
    let forged = second.replace(".3.", ".4.");
    assert_eq!(scan(&forged).await.status, 410);
    bench.advance(2_000);
    let opened = scan(&second).await;
    assert_eq!(opened.status, 302);
    bench.advance(60_000);
    assert_eq!(caller.sca_status(&authorisation).await, "started", "opened in time");
    let page = opened.header("location").to_owned();
    let signed = bench.form("/bankid", &[], &[("order", last(&page)), ("decision", "sign")]).await;
    assert_eq!(signed.status, 200);
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn what_is_asked_for_is_read_back_and_what_the_bank_shortens_too() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let mut body = consent_body();
    body["validUntil"] = json!("9999-12-31");
    body["frequencyPerDay"] = json!(0);
    let path = caller.post("/psd2/consent/v1/consents", &body).await.header("location").to_owned();
    let read = caller.get(&path).await.json();
    assert_eq!((&read["validUntil"], &read["frequencyPerDay"]), (&json!("2026-08-29"), &json!(4)));
    assert_eq!((&read["access"], &read["consentStatus"]), (&json!({}), &json!("received")));
    let swedbank = bench.accounts_caller("SWEDSESS").await;
    assert_eq!(swedbank.post("/psd2/consent/v1/consents", &body).await.status, 400);
    body["validUntil"] = json!("2026-03-01");
    assert_eq!(
        caller.post("/psd2/consent/v1/consents", &body).await.refusal(),
        (400, "PERIOD_INVALID".into())
    );
}

#[tokio::test]
async fn a_deleted_consent_is_terminated_and_opens_nothing() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let id = caller.headers.iter().find(|(name, _)| name == "consent-id").unwrap().1.clone();
    let path = format!("/psd2/consent/v1/consents/{id}");
    assert_eq!(caller.call("DELETE", &path, "").await.status, 204);
    assert_eq!(caller.consent_status(&path).await, "terminatedByTpp");
    assert_eq!(
        caller.get("/psd2/accountinformation/v1/accounts").await.refusal(),
        (401, "CONSENT_INVALID".into())
    );
    assert_eq!(
        caller.call("POST", &format!("{path}/authorisations"), "").await.refusal(),
        (409, "STATUS_INVALID".into())
    );
}

#[tokio::test]
async fn authorisations_are_listed_and_refuse_wrong_methods_and_second_choices() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let (authorisation, unknown) = caller.choose(&consent, "fax").await;
    assert_eq!(unknown.refusal(), (400, "SCA_METHOD_UNKNOWN".into()));
    let listed = caller.get(&format!("{consent}/authorisations")).await.json();
    assert_eq!(listed["authorisationIds"], json!([last(&authorisation)]));
    let choice = json!({ "authenticationMethodId": "mbid" }).to_string();
    assert_eq!(caller.call("PUT", &authorisation, &choice).await.status, 200);
    bench.advance(1_200);
    assert_eq!(caller.call("PUT", &authorisation, &choice).await.refusal(), (409, "STATUS_INVALID".into()));
    let elsewhere = caller.consent().await;
    assert_eq!(caller.get(&format!("{elsewhere}/authorisations/{}", last(&authorisation))).await.status, 404);
}

#[tokio::test]
async fn handelsbanken_approves_at_the_start_and_still_takes_the_method() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("HANDSESS").await;
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
    assert_eq!((chosen.status, chosen.get("scaStatus")), (200, "finalised".into()));
    assert_eq!(chosen.header("aspsp-sca-approach"), "DECOUPLED");
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn swedbank_signs_in_two_rounds_with_a_new_token_each_and_its_preference_sticks() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("SWEDSESS").await.with("tpp-redirect-preferred", "false");
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
    assert_eq!(
        (chosen.get("scaStatus"), chosen.header("aspsp-sca-approach")),
        ("authenticationStarted".into(), "DECOUPLED")
    );
    let other = caller.with("tpp-redirect-preferred", "true").get(&authorisation).await;
    assert_eq!(other.refusal(), (400, "PARAMETER_NOT_CONSISTENT".into()));
    bench.advance(1_200);
    let second = caller.get(&authorisation).await.json();
    assert_eq!(second["scaStatus"], "started");
    assert_ne!(second["challengeData"], chosen.json()["challengeData"]);
    bench.advance(1_200);
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn what_a_person_has_refused_is_rejected_and_takes_no_new_authorisation() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await.with("psu-id", "99990101001");
    let consent = caller.consent().await;
    caller.choose(&consent, "mbid").await;
    bench.advance(1_200);
    assert_eq!(caller.consent_status(&consent).await, "rejected");
    let again = caller.call("POST", &format!("{consent}/authorisations"), "").await;
    assert_eq!(again.refusal(), (409, "STATUS_INVALID".into()));
    assert_eq!(caller.post("/psd2/consent/v1/consents", &consent_body()).await.status, 201);
}
