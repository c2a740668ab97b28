//! One call: request ids, resends by declared class, renewed tokens, errors that say what happened.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::error::Error as _;
use std::time::Duration;

use http::Method;
use jiff::civil::date;
use openpayments_api::CallContext;
use openpayments_api::account::ListTransactions;
use openpayments_api::consent::{CreateConsent, GetConsentStatus};
use openpayments_api::payment::CreatePayment;
use openpayments_client::{Clock, ErrorKind, TransactionPages};
use openpayments_model::account::AccountReference;
use openpayments_model::consent::ConsentRequest;
use openpayments_model::identifier::{AccountId, ConsentId, RequestId};
use openpayments_model::payment::{DebtorAccount, DomesticPayment};
use openpayments_model::{Amount, Bban, BicFi, Context, Iban, Psu};
use openpayments_transport::{Delivery, Effect, Stage, TransportError, TransportErrorKind};
use openpayments_transport_mock::ScriptedTransport;

use self::support::{caller, caller_with, clock, sent_ids, with_token};

const STATUS: &str = "/psd2/consent/v1/consents/c-1/status";
const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/domestic";
const VALID: &str = r#"{"consentStatus":"valid"}"#;
const CREATED: &str = r#"{"transactionStatus":"RCVD","paymentId":"p-1","_links":{}}"#;
const TOKEN_EXPIRED: &str = r#"{"tppMessages":[{"category":"ERROR","code":"TOKEN_EXPIRED"}]}"#;

fn bank() -> CallContext {
    let psu = Psu::new().ip_address("192.0.2.7".parse().unwrap());
    CallContext::bank(BicFi::parse("NDEASESS").unwrap(), Context::Private).psu(psu)
}

fn status() -> GetConsentStatus {
    GetConsentStatus::new(ConsentId::parse("c-1").unwrap())
}

fn payment() -> CreatePayment<DomesticPayment> {
    CreatePayment::new(
        DomesticPayment::new(
            DebtorAccount::bban(&Bban::parse("41351300039").unwrap()),
            Amount::parse("SEK", "12.50").unwrap(),
            AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap()),
            "Made-up Creditor",
        )
        .unwrap(),
    )
}

fn broken(delivery: Delivery) -> TransportError {
    let stage = if delivery == Delivery::NotSent { Stage::Connect } else { Stage::Exchange };
    TransportError::new(TransportErrorKind::Connection(stage), delivery)
}

#[tokio::test]
async fn c11_each_attempt_has_its_own_request_id_and_the_answer_tells_it() {
    let script = with_token(ScriptedTransport::new())
        .expect(Method::GET, STATUS)
        .fail_with(broken(Delivery::Unknown))
        .expect(Method::GET, STATUS)
        .answer_json(200, VALID);
    let answer = caller(&script).call(&status(), &bank()).await.unwrap();
    script.assert_done();
    let ids = sent_ids(&script);
    assert_eq!(ids.len(), 3, "the token call has one too");
    assert_ne!(ids[1], ids[2]);
    assert_eq!(answer.request_id, ids[2]);
}

#[tokio::test]
async fn c11_the_callers_own_request_id_is_sent_first_and_never_twice() {
    let own: RequestId = "7b7c9c5e-55a2-4c39-9e5e-6f1b7a1f0a11".parse().unwrap();
    let script = with_token(ScriptedTransport::new())
        .expect(Method::GET, STATUS)
        .fail_with(broken(Delivery::Unknown))
        .expect(Method::GET, STATUS)
        .answer_json(200, VALID);
    caller(&script).call(&status(), &bank().request_id(own)).await.unwrap();
    let ids = sent_ids(&script);
    assert_eq!(ids[1], own);
    assert!(ids[0] != own && ids[2] != own);
}

#[tokio::test]
async fn f07_a_payment_that_may_have_arrived_is_sent_once_and_its_outcome_is_unknown() {
    let script = with_token(ScriptedTransport::new())
        .expect(Method::POST, PAYMENTS)
        .fail_with(broken(Delivery::Unknown));
    let error = caller(&script).call(&payment(), &bank()).await.unwrap_err();
    script.assert_done();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.bank_may_have_acted() && !error.is_retryable());
    assert_eq!(error.request_id(), Some(sent_ids(&script)[1]));
    assert_eq!(error.operation(), "payment.create");
}

#[tokio::test]
async fn f02_a_payment_that_never_left_is_sent_again() {
    let script = with_token(ScriptedTransport::new())
        .expect(Method::POST, PAYMENTS)
        .fail_with(broken(Delivery::NotSent))
        .expect(Method::POST, PAYMENTS)
        .answer_json(201, CREATED);
    let created = caller(&script).call(&payment(), &bank()).await.unwrap();
    script.assert_done();
    assert_eq!(created.body.payment.id.as_str(), "p-1");
}

#[tokio::test]
async fn f32_f36_f20_f39_no_unclear_answer_to_a_payment_is_called_a_failure() {
    for (code, body) in [
        (408, ""),
        (500, ""),
        (500, r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#),
        (503, ""),
        (302, ""),
        (201, "{}"),
        (201, ""),
        (200, "<html>"),
    ] {
        let script =
            with_token(ScriptedTransport::new()).expect(Method::POST, PAYMENTS).answer_json(code, body);
        let error = caller(&script).call(&payment(), &bank()).await.unwrap_err();
        script.assert_done();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{code} {body}");
        assert_eq!(error.http_status().unwrap().as_u16(), code);
    }
}

#[tokio::test]
async fn f21_a_complete_refusal_of_a_payment_is_a_refusal() {
    let script = with_token(ScriptedTransport::new()).expect(Method::POST, PAYMENTS).answer_json(
        400,
        r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR","text":"Anna's account"}]}"#,
    );
    let error = caller(&script).call(&payment(), &bank()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let line = error.to_string();
    assert!(line.starts_with("payment.create: refused, http 400, FORMAT_ERROR, request "), "{line}");
    assert!(!line.contains("Anna") && !format!("{error:?}").contains("Anna"));
}

#[tokio::test]
async fn f07_f36_reads_are_sent_three_times_and_safe_writes_twice() {
    let consent = "/psd2/consent/v1/consents";
    let mut reads = with_token(ScriptedTransport::new());
    for _ in 0..3 {
        reads = reads.expect(Method::GET, STATUS).answer_json(500, "");
    }
    let error = caller(&reads).call(&status(), &bank()).await.unwrap_err();
    reads.assert_done();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());

    let mut writes = with_token(ScriptedTransport::new());
    for _ in 0..2 {
        writes = writes.expect(Method::POST, consent).answer_json(500, "");
    }
    let create = CreateConsent::new(ConsentRequest::new(date(2027, 1, 1)));
    caller(&writes).call(&create, &bank()).await.unwrap_err();
    writes.assert_done();
}

#[tokio::test]
async fn c8_a_wait_the_platform_asks_for_is_kept_when_it_fits_and_the_error_returned_when_not() {
    let asked = |seconds: &str| {
        with_token(ScriptedTransport::new()).expect(Method::GET, STATUS).answer_json_with(
            429,
            &[("retry-after", seconds)],
            "",
        )
    };
    let clock = clock();
    let fits = asked("7").expect(Method::GET, STATUS).answer_json(200, VALID);
    caller_with(&fits, &clock).call(&status(), &bank()).await.unwrap();
    assert!(clock.monotonic() >= Duration::from_secs(7));

    let too_long = asked("600");
    let error = caller(&too_long).call(&status(), &bank()).await.unwrap_err();
    too_long.assert_done();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_mins(10)));
}

#[tokio::test]
async fn t7_a_refused_token_is_renewed_and_the_call_resent_once_even_for_a_payment() {
    let script =
        with_token(ScriptedTransport::new()).expect(Method::POST, PAYMENTS).answer_json(401, TOKEN_EXPIRED);
    let script = with_token(script).expect(Method::POST, PAYMENTS).answer_json(201, CREATED);
    caller(&script).call(&payment(), &bank()).await.unwrap();
    script.assert_done();
}

#[tokio::test]
async fn t7_f24_a_second_refusal_of_the_token_ends_it() {
    let script =
        with_token(ScriptedTransport::new()).expect(Method::GET, STATUS).answer_json(401, TOKEN_EXPIRED);
    let script = with_token(script).expect(Method::GET, STATUS).answer_json(401, TOKEN_EXPIRED);
    let error = caller(&script).call(&status(), &bank()).await.unwrap_err();
    script.assert_done();
    assert_eq!(error.kind(), ErrorKind::Auth);
}

#[tokio::test]
async fn t8_a_401_that_is_not_about_the_token_does_not_touch_it() {
    for code in [
        "CONSENT_INVALID",
        "CONSENT_EXPIRED",
        "PSU_CREDENTIALS_INVALID",
        "CERTIFICATE_MISSING",
        "SIGNATURE_INVALID",
    ] {
        let refusal = format!(r#"{{"tppMessages":[{{"category":"ERROR","code":"{code}"}}]}}"#);
        let script = with_token(ScriptedTransport::new())
            .expect(Method::GET, STATUS)
            .answer_json(401, refusal)
            .expect(Method::GET, STATUS)
            .answer_json(200, VALID);
        let caller = caller(&script);
        caller.call(&status(), &bank()).await.unwrap_err();
        caller.call(&status(), &bank()).await.unwrap();
        script.assert_done();
    }
}

#[tokio::test]
async fn f19_an_answer_to_another_request_is_not_believed() {
    let other = [("x-request-id", "7b7c9c5e-55a2-4c39-9e5e-6f1b7a1f0a11")];
    let script = with_token(ScriptedTransport::new())
        .expect(Method::POST, PAYMENTS)
        .answer_json_with(201, &other, CREATED);
    let error = caller(&script).call(&payment(), &bank()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_poll_is_sent_once() {
    let script = with_token(ScriptedTransport::new()).expect(Method::GET, STATUS).answer_json(503, "");
    caller(&script).poll(&status(), &bank()).await.unwrap_err();
    script.assert_done();
}

#[tokio::test]
async fn c6_only_reads_travel_as_reads() {
    let script = with_token(ScriptedTransport::new())
        .expect(Method::GET, STATUS)
        .answer_json(200, VALID)
        .expect(Method::POST, "/psd2/consent/v1/consents")
        .answer_json(400, "");
    let caller = caller(&script);
    caller.call(&status(), &bank()).await.unwrap();
    let create = CreateConsent::new(ConsentRequest::new(date(2027, 1, 1)));
    caller.call(&create, &bank()).await.unwrap_err();
    let effects: Vec<Effect> =
        script.requests().iter().map(openpayments_transport::Request::effect).collect();
    assert_eq!(effects, [Effect::Write, Effect::Read, Effect::Write]);
}

#[tokio::test]
async fn k3_what_is_secret_or_personal_is_marked_in_the_request() {
    let script = with_token(ScriptedTransport::new()).expect(Method::GET, STATUS).answer_json(200, VALID);
    caller(&script).call(&status(), &bank()).await.unwrap();
    let request = &script.requests()[1];
    for name in ["authorization", "psu-ip-address"] {
        assert!(request.http().headers()[name].is_sensitive(), "{name}");
    }
}

#[tokio::test]
async fn a_field_that_breaks_a_rule_is_refused_before_anything_is_sent() {
    let script = ScriptedTransport::new();
    let nobody_there = CallContext::bank(BicFi::parse("NDEASESS").unwrap(), Context::Private);
    let error = caller(&script).call(&payment(), &nobody_there).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    assert!(error.source().unwrap().to_string().contains("PSU-IP-Address"));
    assert!(script.requests().is_empty());
}

fn first_page() -> (ScriptedTransport, ListTransactions, &'static str) {
    let list = ListTransactions::new(
        ConsentId::parse("c-1").unwrap(),
        AccountId::parse("a-1").unwrap(),
        date(2026, 10, 23),
    );
    let target =
        "/psd2/accountinformation/v1/accounts/a-1/transactions?bookingStatus=booked&dateFrom=2026-10-23";
    (with_token(ScriptedTransport::new()), list, target)
}

fn page(next: &str) -> String {
    format!(r#"{{"transactions":{{"booked":[],"_links":{{"next":{{"href":"{next}"}}}}}}}}"#)
}

#[tokio::test]
async fn i096_pages_that_go_round_in_a_ring_are_an_error_not_an_end() {
    let (script, list, target) = first_page();
    let next = "/psd2/accountinformation/v1/accounts/a-1/transactions?p=2";
    let script = script
        .expect(Method::GET, target)
        .answer_json(200, page(next))
        .expect(Method::GET, next)
        .answer_json(200, page(next));
    let mut pages = TransactionPages::new(caller(&script), bank(), list);
    assert!(pages.next().await.unwrap().is_some());
    assert_eq!(pages.next().await.unwrap_err().kind(), ErrorKind::Protocol);
    script.assert_done();
}

#[tokio::test]
async fn i090_i091_a_next_link_to_another_host_is_not_followed() {
    for next in [
        "https://evil.example/psd2/accountinformation/v1/x",
        "http://api.example/psd2/accountinformation/v1/x",
        "https://api.example:8443/psd2/accountinformation/v1/x",
        "https://api.example.evil/psd2/accountinformation/v1/x",
        "https://u@api.example/psd2/accountinformation/v1/x",
        "//evil.example/psd2/accountinformation/v1/x",
        "/connect/token",
    ] {
        let (script, list, target) = first_page();
        let script = script.expect(Method::GET, target).answer_json(200, page(next));
        let mut pages = TransactionPages::new(caller(&script), bank(), list);
        let error = match pages.next().await {
            Err(error) => error,
            Ok(_) => pages.next().await.unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::UntrustedLink, "{next}");
        script.assert_done();
    }
}

#[tokio::test]
async fn d8_a_list_with_an_untrusted_link_says_the_same_when_it_is_read_again() {
    let (script, list, target) = first_page();
    let script = script
        .expect(Method::GET, target)
        .answer_json(200, page("/connect/token"))
        .expect(Method::GET, target)
        .answer_json(200, page("/connect/token"));
    let mut pages = TransactionPages::new(caller(&script), bank(), list);
    for _ in 0..2 {
        assert_eq!(pages.next().await.unwrap_err().kind(), ErrorKind::UntrustedLink);
    }
    script.assert_done();
}

#[tokio::test]
async fn a_next_link_with_the_platforms_own_host_is_followed() {
    let (script, list, target) = first_page();
    let path = "/psd2/accountinformation/v1/accounts/a-1/transactions?p=2";
    let script = script
        .expect(Method::GET, target)
        .answer_json(200, page(&format!("https://api.example{path}")))
        .expect(Method::GET, path)
        .answer_json(200, r#"{"transactions":{"booked":[]}}"#);
    let mut pages = TransactionPages::new(caller(&script), bank(), list);
    let mut count = 0;
    while pages.next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 2);
    script.assert_done();
}
