use serde_json::Value;

use super::*;

/// `/connect/authorize` with the template filled in as a client would.
fn authorize_path(chosen: &Answer, bench: &Bench, redirect_uri: &str, state: &str) -> String {
    let links = &chosen.json()["_links"];
    let link = links.get("scaOAuth").or_else(|| links.get("scaRedirect")).unwrap();
    let href = link["href"].as_str().unwrap().to_owned();
    assert!(
        href.contains("client_id=[CLIENT_ID]&")
            && href.contains("redirect_uri=[TPP_REDIRECT_URI]&state=[TPP_STATE]")
    );
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    href.replace("[CLIENT_ID]", &bench.client.id)
        .replace("[TPP_REDIRECT_URI]", &encode(redirect_uri))
        .replace("[TPP_STATE]", &encode(state))
        .replace("http://localhost", "")
}

/// The query of a callback.
fn callback(location: &str) -> Vec<(String, String)> {
    let url = Url::parse(location).unwrap();
    assert!(location.starts_with(CALLBACK), "{location}");
    url.query_pairs().into_owned().collect()
}

fn item(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

/// A consent at Nordea up to the callback; caller, consent, authorisation, code.
async fn with_code<'a>(bench: &'a Bench, more: &str) -> (Caller<'a>, String, String, String) {
    let caller = bench.accounts_caller("NDEASESS").await;
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
    assert_eq!(
        (chosen.header("aspsp-sca-approach"), chosen.get("scaStatus")),
        ("REDIRECT", "scaMethodSelected".into())
    );
    let path = authorize_path(&chosen, bench, CALLBACK, "S") + more;
    let to_bank = bench.send("GET", &path, &[], "").await;
    assert_eq!(to_bank.status, 302, "{}", to_bank.text);
    let bank = to_bank.header("location").replace("http://localhost", "");
    assert!(bank.starts_with("/bank/"), "{bank}");
    let returned = bench.send("GET", &bank, &[], "").await;
    assert_eq!(returned.status, 302, "{}", returned.text);
    let pairs = callback(returned.header("location"));
    assert_eq!(item(&pairs, "scope").as_deref(), Some("accountinformation private"));
    assert_eq!(item(&pairs, "state").as_deref(), Some("S"));
    let code = item(&pairs, "code").unwrap();
    (caller, consent, authorisation, code)
}

async fn exchange(
    bench: &Bench,
    consent: &str,
    authorisation: &str,
    code: &str,
    more: &[(&str, &str)],
) -> Answer {
    let secret = bench.client.secret.expose().to_owned();
    let mut pairs = vec![
        ("client_id", bench.client.id.as_str()),
        ("client_secret", secret.as_str()),
        ("grant_type", "authorization_code"),
        ("code", code),
    ];
    pairs.extend_from_slice(more);
    if !more.iter().any(|(name, _)| *name == "redirect_uri") {
        pairs.push(("redirect_uri", CALLBACK));
    }
    let headers = [("x-consentid", last(consent)), ("x-consentauthorisationid", last(authorisation))];
    bench.form("/connect/token", &headers, &pairs).await
}

fn error(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_redirect_is_activated_by_the_exchange_of_its_code() {
    let bench = Bench::new();
    let (caller, consent, authorisation, code) = with_code(&bench, "").await;
    assert_eq!(caller.consent_status(&consent).await, "received", "approved but not activated");
    let answer = exchange(&bench, &consent, &authorisation, &code, &[("scope", "accountinformation")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(caller.sca_status(&authorisation).await, "finalised");
    assert_eq!(caller.consent_status(&consent).await, "valid");
}

#[tokio::test]
async fn b6_i176_a_code_used_again_is_refused_and_its_token_revoked() {
    let bench = Bench::new();
    let (caller, consent, authorisation, code) = with_code(&bench, "").await;
    let token = exchange(&bench, &consent, &authorisation, &code, &[]).await.get("access_token");
    let with_it = caller.with("authorization", &format!("Bearer {token}"));
    assert_eq!(with_it.get(&consent).await.status, 200);
    bench.advance(1_000);
    let again = exchange(&bench, &consent, &authorisation, &code, &[]).await;
    assert_eq!(error(&again), (400, "invalid_grant".into()));
    assert_eq!(with_it.get(&consent).await.refusal(), (401, "TOKEN_INVALID".into()));
}

#[tokio::test]
async fn b6_i176_a_code_is_good_for_sixty_seconds() {
    for (milliseconds, status) in [(59_999, 200), (60_000, 400)] {
        let bench = Bench::new();
        let (_, consent, authorisation, code) = with_code(&bench, "").await;
        bench.advance(milliseconds);
        assert_eq!(exchange(&bench, &consent, &authorisation, &code, &[]).await.status, status);
    }
}

#[tokio::test]
async fn b6_i176_a_code_is_bound_to_client_uri_and_resource() {
    let bench = Bench::new();
    let (caller, consent, authorisation, code) = with_code(&bench, "").await;
    let stranger = bench.platform.with_world(|world, _| {
        let id = world.mint.uuid();
        let secret = crate::secret::Secret::new("s".into());
        world.clients.insert(
            id.clone(),
            crate::world::grant::Client {
                name: "Stranger".into(),
                secret,
                redirect_uris: vec![CALLBACK.into()],
            },
        );
        id
    });
    let headers = [("x-consentid", last(&consent)), ("x-consentauthorisationid", last(&authorisation))];
    let pairs = [
        ("client_id", stranger.as_str()),
        ("client_secret", "s"),
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
    ];
    assert_eq!(error(&bench.form("/connect/token", &headers, &pairs).await), (400, "invalid_grant".into()));
    let other_uri = exchange(
        &bench,
        &consent,
        &authorisation,
        &code,
        &[("redirect_uri", "http://127.0.0.1:9/callback/")],
    )
    .await;
    assert_eq!(error(&other_uri), (400, "invalid_grant".into()));
    let (_, consent, authorisation, code) = with_code(&bench, "").await;
    let wrong_resource = exchange(&bench, "/x/nobody", &authorisation, &code, &[]).await;
    assert_eq!(error(&wrong_resource), (400, "invalid_grant".into()));
    assert_eq!(caller.consent_status(&consent).await, "received");
}

#[tokio::test]
async fn i175_pkce_takes_s256_and_the_right_verifier_only() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    for (query, more, status) in [
        (challenge, vec![("code_verifier", verifier)], 200),
        (challenge, vec![], 400),
        (challenge, vec![("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx")], 400),
        ("", vec![("code_verifier", verifier)], 400),
    ] {
        let bench = Bench::new();
        let (_, consent, authorisation, code) = with_code(&bench, query).await;
        assert_eq!(
            exchange(&bench, &consent, &authorisation, &code, &more).await.status,
            status,
            "{query} {more:?}"
        );
    }
    let bench = Bench::new();
    let caller = bench.accounts_caller("NDEASESS").await;
    let (_, chosen) = caller.choose(&caller.consent().await, "mbid").await;
    let plain =
        authorize_path(&chosen, &bench, CALLBACK, "S") + "&code_challenge=abc&code_challenge_method=plain";
    let answer = bench.send("GET", &plain, &[], "").await;
    assert_eq!(item(&callback(answer.header("location")), "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn i174_an_unregistered_redirect_uri_gets_a_page_and_no_location() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("NDEASESS").await;
    let (_, chosen) = caller.choose(&caller.consent().await, "mbid").await;
    for uri in [
        "http://127.0.0.1:9/callback?a=b",
        "http://127.0.0.1:9/Callback",
        "http://127.0.0.1:9/call%2Fback",
        "http://127.0.0.1:9/callback/",
        "https://evil.example/",
        "",
    ] {
        let answer = bench.send("GET", &authorize_path(&chosen, &bench, uri, "S"), &[], "").await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{uri}");
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    let unknown = authorize_path(&chosen, &bench, CALLBACK, "S").replace(&bench.client.id, "x");
    assert_eq!(bench.send("GET", &unknown, &[], "").await.status, 400);
}

#[tokio::test]
async fn i177_state_comes_back_byte_for_byte() {
    let bench = Bench::new();
    let long = "x".repeat(4096);
    for state in ["<script>alert(1)</script>", "a\nb", "å+&=%#", long.as_str()] {
        let caller = bench.accounts_caller("NDEASESS").await;
        let (_, chosen) = caller.choose(&caller.consent().await, "mbid").await;
        let to_bank = bench.send("GET", &authorize_path(&chosen, &bench, CALLBACK, state), &[], "").await;
        let bank = to_bank.header("location").replace("http://localhost", "");
        let location = bench.send("GET", &bank, &[], "").await.header("location").to_owned();
        assert_eq!(item(&callback(&location), "state").as_deref(), Some(state));
        assert!(!location.contains(['<', '\n']), "{location}");
    }
}

#[tokio::test]
async fn a_person_logs_in_sees_what_he_approves_and_decides() {
    for decision in ["approve", "refuse"] {
        let bench = Bench::manual();
        let caller = bench.accounts_caller("NDEASESS").await;
        let consent = caller.consent().await;
        let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
        let to_bank = bench.send("GET", &authorize_path(&chosen, &bench, CALLBACK, "S"), &[], "").await;
        let bank = to_bank.header("location").replace("http://localhost", "");
        let login = bench.send("GET", &bank, &[], "").await;
        assert!(login.text.contains("Nordea") && login.text.contains("Made-up Fintech AB"), "{}", login.text);
        assert!(!login.text.contains("2026-05-01"), "nothing is shown before the login");
        let pairs = [("psu", PSU), ("decision", "login")];
        let foreign = bench.form(&bank, &[("origin", "https://evil.example")], &pairs).await;
        assert_eq!(foreign.status, 403, "I171");
        let approval = bench.log_in(&bank, PSU).await;
        let page = bench.send("GET", &approval, &[], "").await;
        assert_eq!(page.status, 200);
        for shown in ["Let Made-up Fintech AB see your accounts", "2026-05-01", PSU] {
            assert!(page.text.contains(shown), "{shown}: {}", page.text);
        }
        for page in [login, page] {
            assert!(
                page.header("content-security-policy").contains("form-action 'self' http://127.0.0.1:9;")
            );
        }
        let pairs = [("decision", decision)];
        let foreign = bench.form(&approval, &[("origin", "https://evil.example")], &pairs).await;
        assert_eq!(foreign.status, 403, "I171");
        let returned = bench.form(&approval, &[("origin", "http://localhost")], &pairs).await;
        let query = callback(returned.header("location"));
        if decision == "approve" {
            exchange(&bench, &consent, &authorisation, &item(&query, "code").unwrap(), &[]).await;
            assert_eq!(caller.consent_status(&consent).await, "valid");
        } else {
            assert_eq!(
                (item(&query, "error").as_deref(), item(&query, "state").as_deref()),
                (Some("access_denied"), Some("S"))
            );
            assert_eq!(caller.sca_status(&authorisation).await, "failed");
            assert_eq!(caller.consent_status(&consent).await, "rejected");
        }
    }
}

/// A visit to Nordea's page for a consent.
async fn at_bank(bench: &Bench, caller: &Caller<'_>) -> String {
    let (_, chosen) = caller.choose(&caller.consent().await, "mbid").await;
    let to_bank = bench.send("GET", &authorize_path(&chosen, bench, CALLBACK, "S"), &[], "").await;
    to_bank.header("location").replace("http://localhost", "")
}

#[tokio::test]
async fn who_has_not_logged_in_approves_nothing() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("NDEASESS").await;
    let bank = at_bank(&bench, &caller).await;
    let unasked = bench.form(&bank, &[], &[("decision", "approve")]).await;
    assert_eq!((unasked.status, unasked.header("location")), (400, ""));
    let first = bench.log_in(&bank, PSU).await;
    let guessed = bench.form(&format!("{bank}/guessed"), &[], &[("decision", "approve")]).await;
    assert_eq!((guessed.status, guessed.header("location")), (302, bank.as_str()));
    // A later login puts an end to the one before.
    let second = bench.log_in(&bank, PSU).await;
    let late = bench.form(&first, &[], &[("decision", "approve")]).await;
    assert_eq!(late.header("location"), bank);
    assert_eq!(bench.form(&second, &[], &[("decision", "perhaps")]).await.status, 400);
    let returned = bench.form(&second, &[], &[("decision", "approve")]).await;
    assert!(item(&callback(returned.header("location")), "code").is_some());
}

#[tokio::test]
async fn only_the_person_whom_the_client_named_gets_in() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("NDEASESS").await.with("psu-id", "198301014882");
    let bank = at_bank(&bench, &caller).await;
    let other = bench.form(&bank, &[], &[("psu", "199002092386"), ("decision", "login")]).await;
    assert_eq!((other.status, other.header("location")), (403, ""));
    assert!(other.text.contains("Somebody else is to approve this"), "{}", other.text);
    let nobody = bench.form(&bank, &[], &[("psu", "<script>"), ("decision", "login")]).await;
    assert_eq!(nobody.status, 400);
    bench.log_in(&bank, "830101-4882").await;
    let gone_back = bench.form(&bank, &[], &[("decision", "refuse")]).await;
    assert_eq!(item(&callback(gone_back.header("location")), "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn where_the_client_named_nobody_anybody_may_log_in() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("NDEASESS").await.with("psu-id", "");
    let bank = at_bank(&bench, &caller).await;
    let approval = bench.log_in(&bank, "198301014882").await;
    assert!(bench.send("GET", &approval, &[], "").await.text.contains("logged in as 198301014882"));
}

#[tokio::test]
async fn b9_the_name_of_a_client_is_escaped() {
    let name = "<img src=x onerror=alert(1)> & Co";
    let bench = Bench::with(Sandbox::builder().approve(Approve::Manual).client_name(name));
    let caller = bench.accounts_caller("NDEASESS").await;
    let bank = at_bank(&bench, &caller).await;
    for path in [bank.clone(), bench.log_in(&bank, PSU).await, "/".to_owned()] {
        let page = bench.send("GET", &path, &[], "").await.text;
        assert!(page.contains("&#60;img src=x") && !page.contains("<img"), "{path}: {page}");
    }
}

#[tokio::test]
async fn a_psu_who_refuses_comes_back_without_a_code() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("NDEASESS").await.with("psu-id", "99990101001");
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
    let to_bank = bench.send("GET", &authorize_path(&chosen, &bench, CALLBACK, "S"), &[], "").await;
    let bank = to_bank.header("location").replace("http://localhost", "");
    let returned = bench.send("GET", &bank, &[], "").await;
    assert_eq!(item(&callback(returned.header("location")), "error").as_deref(), Some("access_denied"));
    assert_eq!(caller.sca_status(&authorisation).await, "failed");
}

#[tokio::test]
async fn orders_on_bank_pages_can_be_decided_by_a_test() {
    let bench = Bench::manual();
    let caller = bench.accounts_caller("NDEASESS").await;
    let (_, chosen) = caller.choose(&caller.consent().await, "mbid").await;
    let to_bank = bench.send("GET", &authorize_path(&chosen, &bench, CALLBACK, "S"), &[], "").await;
    let bank = to_bank.header("location").replace("http://localhost", "");
    let order = bench.platform.with_world(|world, _| world.orders().remove(0));
    assert_eq!(order.bank, "NDEASESS");
    bench.platform.with_world(|world, now| assert!(world.approve_order(&order.id, now)));
    let returned = bench.send("GET", &bank, &[], "").await;
    assert!(item(&callback(returned.header("location")), "code").is_some());
    assert!(bench.platform.with_world(|world, _| world.orders()).is_empty());
}

#[tokio::test]
async fn the_preference_decides_where_a_bank_offers_both() {
    let bench = Bench::new();
    for (bank, preference, approach) in [
        ("ESSESESS", "", "DECOUPLED"),
        ("ESSESESS", "true", "REDIRECT"),
        ("SWEDSESS", "", "REDIRECT"),
        ("SWEDSESS", "false", "DECOUPLED"),
        ("NDEASESS", "false", "REDIRECT"),
        ("HANDSESS", "true", "DECOUPLED"),
    ] {
        let caller = bench.accounts_caller(bank).await.with("tpp-redirect-preferred", preference);
        let created = caller.post("/psd2/consent/v1/consents", &consent_body()).await;
        let settled = if matches!(bank, "NDEASESS" | "HANDSESS") { approach } else { "" };
        assert_eq!(created.header("aspsp-sca-approach"), settled, "{bank}");
        let (_, chosen) = caller.choose(created.header("location"), "mbid").await;
        assert_eq!(chosen.header("aspsp-sca-approach"), approach, "{bank} {preference}");
        assert_eq!(chosen.json()["_links"]["scaOAuth"] != Value::Null, approach == "REDIRECT");
    }
}

#[tokio::test]
async fn a_plain_redirect_leads_back_without_a_code_and_counts_at_once() {
    let bench = Bench::with(Sandbox::builder().quirk(crate::quirk::Quirk::PlainRedirect));
    for (psu, sca, consent_status, error) in
        [(PSU, "finalised", "valid", None), ("99990101001", "failed", "rejected", Some("access_denied"))]
    {
        let caller = bench.accounts_caller("NDEASESS").await.with("psu-id", psu);
        let consent = caller.consent().await;
        let (authorisation, chosen) = caller.choose(&consent, "mbid").await;
        let links = chosen.json()["_links"].clone();
        assert!(links.get("scaOAuth").is_none() && links.get("scaRedirect").is_some(), "{links}");
        let to_bank = bench.send("GET", &authorize_path(&chosen, &bench, CALLBACK, "S"), &[], "").await;
        let bank = to_bank.header("location").replace("http://localhost", "");
        let returned = bench.send("GET", &bank, &[], "").await;
        let pairs = callback(returned.header("location"));
        assert_eq!((item(&pairs, "code"), item(&pairs, "state")), (None, Some("S".to_owned())));
        assert_eq!(item(&pairs, "error").as_deref(), error);
        assert_eq!(item(&pairs, "scope").is_some(), error.is_none());
        assert_eq!(caller.sca_status(&authorisation).await, sca);
        assert_eq!(caller.consent_status(&consent).await, consent_status);
    }
}
