use super::*;

#[tokio::test]
async fn a_client_gets_a_bearer_token_for_an_hour() {
    let answer = Bench::new().token_answer("accountinformation private").await;
    assert_eq!((answer.status, answer.json()["expires_in"].as_u64()), (200, Some(3600)));
    assert_eq!([answer.get("token_type"), answer.get("scope")], ["Bearer", "accountinformation private"]);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn scopes_need_a_known_product_and_exactly_one_context() {
    let bench = Bench::new();
    for scope in
        ["", "accountinformation", "private", "accountinformation private corporate", "everything private"]
    {
        let answer = bench.token_answer(scope).await;
        assert_eq!((answer.status, answer.get("error")), (400, "invalid_scope".into()), "{scope}");
    }
    assert_eq!(bench.token_answer("private accountinformation").await.status, 200);
}

#[tokio::test]
async fn the_token_endpoint_tells_what_is_wrong() {
    let bench = Bench::new();
    let secret = bench.client.secret.expose().to_owned();
    let (id, secret) = (bench.client.id.as_str(), secret.as_str());
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "invalid_client"),
        (
            &[("client_id", id), ("client_secret", "no"), ("grant_type", "client_credentials")],
            "invalid_client",
        ),
        (
            &[("client_id", "no"), ("client_secret", secret), ("grant_type", "client_credentials")],
            "invalid_client",
        ),
        (&[("client_id", id), ("client_secret", secret)], "invalid_request"),
        (
            &[("client_id", id), ("client_secret", secret), ("grant_type", "password")],
            "unsupported_grant_type",
        ),
        (
            &[("client_id", id), ("client_secret", secret), ("grant_type", "authorization_code")],
            "invalid_request",
        ),
    ];
    for (pairs, error) in cases {
        let answer = bench.form("/connect/token", &[], pairs).await;
        assert_eq!((answer.status, answer.get("error")), (400, error.into()), "{pairs:?}");
    }
    let json = bench.send("POST", "/connect/token", &[("content-type", "application/json")], "{}").await;
    assert_eq!(json.get("error"), "invalid_request");
}

#[tokio::test]
async fn the_discovery_document_leads_to_the_endpoints() {
    let answer = Bench::new().send("GET", "/.well-known/openid-configuration", &[], "").await;
    assert_eq!(answer.get("token_endpoint"), "http://localhost/connect/token");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let bench = Bench::new();
    let token = bench.token_answer("accountinformation private").await.get("access_token");
    let printed = format!("{:?} {:?}", bench.platform, bench.client);
    assert!(!printed.contains(bench.client.secret.expose()) && !printed.contains(&token));
}
