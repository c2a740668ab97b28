use std::net::IpAddr;

use serde_json::json;

use super::*;
use crate::server::Peer;

impl Bench {
    /// A request to the control API from this address, with this token.
    async fn control_from(&self, peer: Option<&str>, token: &str, call: &str, body: &str) -> Answer {
        let (method, path) = call.split_once(' ').unwrap();
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(format!("/sandbox/v1/{path}"))
            .header("host", "localhost")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_owned()))
            .unwrap();
        if let Some(peer) = peer {
            let address = peer.parse::<IpAddr>().unwrap();
            request.extensions_mut().insert(Peer { address, certificate: None });
        }
        let response = self.front.answer(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn control(&self, call: &str, body: &Value) -> Answer {
        let token = self.platform.control_token.expose().to_owned();
        self.control_from(Some("127.0.0.1"), &token, call, &body.to_string()).await
    }
}

#[tokio::test]
async fn b2_only_this_machine_and_only_the_token_of_this_run_control_it() {
    let bench = Bench::new();
    let token = bench.platform.control_token.expose().to_owned();
    for (peer, token, status) in [
        (Some("127.0.0.1"), token.as_str(), 200),
        (Some("::1"), &token, 200),
        (Some("::ffff:127.0.0.1"), &token, 200),
        (Some("192.0.2.7"), &token, 403),
        (None, &token, 403),
        (Some("127.0.0.1"), "", 401),
        (Some("127.0.0.1"), &token[1..], 401),
    ] {
        let answer = bench.control_from(peer, token, "GET state", "").await;
        assert_eq!(answer.status, status, "{peer:?} {token}");
    }
    let other = Bench::new();
    assert_ne!(other.platform.control_token.expose(), token, "drawn anew at each start, whatever the seed");
    assert!(!format!("{:?}", bench.platform).contains(&token));
}

#[tokio::test]
async fn the_clock_is_moved() {
    let bench = Bench::new();
    let moved = bench.control("POST clock/advance", &json!({ "seconds": 90 })).await;
    assert_eq!(moved.get("now"), "2026-03-02T10:01:30Z");
    bench.control("POST clock/advance", &json!({ "ms": 500 })).await;
    assert_eq!(bench.control("GET clock", &Value::Null).await.get("now"), "2026-03-02T10:01:30.5Z");
    for wrong in [json!({}), json!({ "seconds": -1 }), json!({ "seconds": 1, "ms": 1 }), json!("later")] {
        assert_eq!(bench.control("POST clock/advance", &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn an_order_is_approved_or_refused() {
    for (decision, becomes) in [("approve", "valid"), ("refuse", "rejected")] {
        let bench = Bench::manual();
        let caller = bench.accounts_caller("ESSESESS").await;
        let consent = caller.consent().await;
        caller.choose(&consent, "mbid").await;
        let orders = bench.control("GET orders", &Value::Null).await.json();
        let order = orders["orders"][0].clone();
        assert_eq!(order["resource_id"], last(&consent));
        assert_eq!(order["kind"], "app");
        let call = format!("POST orders/{}/{decision}", order["id"].as_str().unwrap());
        assert_eq!(bench.control(&call, &Value::Null).await.status, 204);
        assert_eq!(caller.consent_status(&consent).await, becomes);
        assert_eq!(bench.control(&call, &Value::Null).await.status, 404);
    }
}

#[tokio::test]
async fn faults_are_scripted_listed_and_taken_back() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let script =
        json!({ "fault": "answer-instead", "status": 503, "operation": "getConsentStatus", "times": 2 });
    assert_eq!(bench.control("POST faults", &script).await.json(), json!({ "id": 1 }));
    let path = "/psd2/consent/v1/consents/x/status";
    let headers: Vec<(&str, &str)> = caller.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(bench.unjudged("GET", path, &headers).await, 503);
    let listed = bench.control("GET faults", &Value::Null).await.json()["faults"][0].clone();
    assert_eq!((&listed["met"], &listed["struck"], &listed["status"]), (&json!(1), &json!(1), &json!(503)));
    assert_eq!(bench.control("DELETE faults/1", &Value::Null).await.status, 204);
    assert_eq!(bench.control("DELETE faults/1", &Value::Null).await.status, 404);
    assert_eq!(caller.get(path).await.status, 404);
    let refused = bench.control("POST faults", &json!({ "fault": "explode" })).await;
    assert_eq!(
        (refused.status, refused.get("error")),
        (400, "settings refused: there is no fault `explode`".into())
    );
}

#[tokio::test]
async fn b11_the_ledger_is_read_by_request_id() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    caller.consent().await;
    let id = "00000000-0000-4000-8000-000000000001";
    caller.with("x-request-id", id).consent().await;
    let path = format!("GET ledger?request_id={id}");
    let found = bench.control(&path, &Value::Null).await.json();
    assert_eq!(found["requests"].as_array().unwrap().len(), 1);
    assert_eq!(found["requests"][0]["path"], "/psd2/consent/v1/consents");
    let all = bench.control("GET ledger", &Value::Null).await.json();
    assert_eq!(all["requests"].as_array().unwrap().len(), 3, "the control API is not on record: {all}");
}

#[tokio::test]
async fn the_state_tells_what_there_is() {
    let bench = Bench::new();
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let state = bench.control("GET state", &Value::Null).await.json();
    assert_eq!(state["consents"][0]["id"], last(&consent));
    assert_eq!(state["consents"][0]["status"], "received");
    assert_eq!(state["clients"][0]["client_id"], bench.client.id);
    assert_eq!(state["counts"]["consents"], 1);
}

#[tokio::test]
async fn a_redirect_uri_is_registered() {
    let bench = Bench::new();
    let uri = "http://127.0.0.1:4711/back";
    assert_eq!(bench.control("POST redirect-uris", &json!({ "uri": uri })).await.status, 204);
    let known = bench.platform.with_world(|world, _| world.clients[&bench.client.id].redirect_uris.clone());
    assert_eq!(known, [CALLBACK, uri]);
    assert_eq!(bench.control("POST redirect-uris", &json!({ "uri": "back" })).await.status, 400);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_and_found_by_nobody_else() {
    let bench = Bench::new();
    assert_eq!(bench.control("GET nothing", &Value::Null).await.status, 404);
    assert_eq!(bench.control("PATCH state", &Value::Null).await.status, 405);
    assert_eq!(bench.control_from(Some("127.0.0.1"), "", "GET nothing", "").await.status, 401);
}
