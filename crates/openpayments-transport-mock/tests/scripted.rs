//! The scripted transport: strict about order, and readable when a test departs from the script.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic as they do")]

use bytes::Bytes;
use http::Method;
use openpayments_transport::{
    Delivery, Effect, Limits, Request, Response, Stage, Transport, TransportError, TransportErrorKind,
};
use openpayments_transport_mock::{FnTransport, MockTransport, ScriptedTransport};

fn request(method: Method, target: &str, headers: &[(&str, &str)], body: &'static str) -> Request {
    let mut http = http::Request::builder().method(method).uri(format!("https://api.example{target}"));
    for (name, value) in headers {
        http = http.header(*name, *value);
    }
    Request::new(http.body(Bytes::from(body)).unwrap(), Effect::Read)
}

async fn get(script: &ScriptedTransport, target: &str) -> Result<Response, TransportError> {
    script.send(request(Method::GET, target, &[], "")).await
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_script() {
    let script = ScriptedTransport::new()
        .expect(Method::GET, "/a")
        .answer_json(200, "1")
        .expect(Method::GET, "/b?x=1")
        .answer_status(404);
    assert_eq!(get(&script, "/a").await.unwrap().body(), "1");
    assert_eq!(get(&script, "/b?x=1").await.unwrap().status(), 404);
    script.assert_done();
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn a_request_out_of_order_is_refused_remembered_and_takes_nothing_off_the_script() {
    let script = ScriptedTransport::new().expect(Method::GET, "/a").answer_status(200);
    let error = get(&script, "/b").await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Unscripted);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(get(&script, "/a").await.unwrap().status(), 200);
    let departures = script.finish().unwrap_err();
    assert_eq!(
        departures.to_string(),
        "the script was not kept:\n- request 1 was GET /b, the script has GET /a: another target"
    );
}

#[tokio::test]
async fn a_request_after_the_end_and_one_never_sent_are_both_told() {
    let script = ScriptedTransport::new();
    get(&script, "/extra").await.unwrap_err();
    let script = script.expect(Method::POST, "/late").answer_status(201);
    assert_eq!(
        script.finish().unwrap_err().lines(),
        ["request 1 was GET /extra, and the script is at its end", "never sent: POST /late"]
    );
}

#[tokio::test]
#[should_panic(expected = "never sent: GET /a")]
async fn assert_done_panics_with_what_is_left() {
    ScriptedTransport::new().expect(Method::GET, "/a").answer_status(200).assert_done();
}

#[tokio::test]
async fn every_condition_is_asked_and_no_value_is_told() {
    let expectation = || {
        ScriptedTransport::new()
            .expect(Method::POST, "/a")
            .with_header("x-one", "1")
            .with_any_header("x-two")
            .without_header("x-three")
            .with_body("body")
            .answer_status(201)
    };
    let complete = [("x-one", "1"), ("x-two", "any")];
    let script = expectation();
    script.send(request(Method::POST, "/a", &complete, "body")).await.unwrap();
    script.assert_done();

    for (headers, body, difference) in [
        (&[("x-one", "secret"), ("x-two", "any")][..], "body", "header x-one differs"),
        (&[("x-two", "any")], "body", "header x-one differs"),
        (&[("x-one", "1")], "body", "header x-two is missing"),
        (&[("x-one", "1"), ("x-two", ""), ("x-three", "")], "body", "header x-three is there"),
        (&complete, "secret", "the body differs"),
    ] {
        let script = expectation();
        let sent = script.send(request(Method::POST, "/a", headers, body)).await;
        let told = script.finish().unwrap_err().to_string();
        assert!(told.contains(difference), "{told}");
        assert!(!told.contains("secret") && !format!("{sent:?}").contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn a_body_can_be_asked_about() {
    let script = ScriptedTransport::new()
        .expect(Method::POST, "/a")
        .with_body_like(|body| body.starts_with(b"{"))
        .answer_status(201);
    script.send(request(Method::POST, "/a", &[], "[]")).await.unwrap_err();
    script.send(request(Method::POST, "/a", &[], "{}")).await.unwrap();
}

#[tokio::test]
async fn the_answer_carries_the_request_id_unless_told_otherwise() {
    let ask = |script: ScriptedTransport| async move {
        let request = request(Method::GET, "/a", &[("x-request-id", "id-1")], "");
        let answer = script.send(request).await.unwrap();
        answer.headers().get("x-request-id").map(|id| id.to_str().unwrap().to_owned())
    };
    let script = || ScriptedTransport::new().expect(Method::GET, "/a");
    assert_eq!(ask(script().answer_status(200)).await.as_deref(), Some("id-1"));
    let other = script().answer_json_with(200, &[("x-request-id", "another")], "{}");
    assert_eq!(ask(other).await.as_deref(), Some("another"));
    assert_eq!(ask(script().answer_status(200).without_request_id()).await, None);
}

#[tokio::test]
async fn a_scripted_failure_comes_as_it_was_given() {
    let kind = TransportErrorKind::Timeout(Stage::Exchange);
    let script = ScriptedTransport::new().expect(Method::GET, "/a").fail(kind, Delivery::Unknown);
    let error = get(&script, "/a").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (kind, Delivery::Unknown));
    script.assert_done();
}

#[tokio::test]
async fn limits_hold_for_every_double_c12() {
    let big = || Response::new(Bytes::from_static(&[0; 100]));
    let limits = Limits::default().with_body(10);
    let script = ScriptedTransport::new().expect(Method::GET, "/a").answer(big());
    let closure = FnTransport::from_fn(move |_| Ok(big()));
    let doubles: [&dyn Transport; 2] = [&script, &closure];
    for transport in doubles {
        let request = request(Method::GET, "/a", &[], "").with_limits(limits);
        let error = transport.send(request).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::LimitExceeded);
    }
}

#[tokio::test]
async fn mockall_expectations_work() {
    let mut mock = MockTransport::new();
    mock.expect_send().once().returning(|_| Ok(Response::new(Bytes::from("mock"))));
    let answer = mock.send(request(Method::GET, "/a", &[], "")).await.unwrap();
    assert_eq!(answer.body(), "mock");
}

#[test]
fn debug_shows_no_body_and_no_target() {
    let script = ScriptedTransport::new().expect(Method::GET, "/secret").answer_json(200, "secret");
    assert!(!format!("{script:?}").contains("secret"));
}
