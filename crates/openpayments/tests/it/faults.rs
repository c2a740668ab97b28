//! The client against every fault a network or a platform can have, with the sandbox's ledger as judge: what was sent
//! once is sent once, and whoever cannot know says so.

use std::time::Duration;

use openpayments::model::identifier::ClearingNumber;
use openpayments::prelude::*;
use openpayments::transport_reqwest::Trust;
use openpayments_sandbox::{CannedAnswer, Fault, Sandbox};

use crate::support::{bank, client_of, created, payment, platform, sign, start};

const SEB: &str = "ESSESESS";
const HANDELSBANKEN: &str = "HANDSESS";
const NORDEA: &str = "NDEASESS";
const WILLING: &str = "99990101000";
const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/{payment-product}";
const HOUR: Duration = Duration::from_hours(1);

/// Creates a payment while `fault` strikes; its error, after the ledger was asked how often it was sent.
async fn struck(fault: Fault) -> Error {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let name = fault.name();
    sandbox.faults().script(fault.operation("initiatePayment").times(9)).unwrap();
    let Err(error) = bank.create_payment(payment()).await else { panic!("{name} went unnoticed") };
    let ledger = sandbox.ledger();
    assert_eq!(ledger.count("POST", PAYMENTS), 1, "{name}: sent once, whatever happens");
    let id = error.request_id().unwrap().to_string();
    assert_eq!(ledger.find(&id).len(), 1, "{name}: the error's request id is the one that was sent");
    error
}

#[tokio::test]
async fn f07_to_f19_a_payment_whose_answer_is_lost_or_broken_has_an_unknown_outcome_and_is_never_sent_again()
{
    let html = || CannedAnswer::status(200).body("text/html", "<h1>Welcome to the airport</h1>");
    for fault in [
        Fault::lose_request(),
        Fault::lose_request().by_closing(),
        Fault::lose_answer(),
        Fault::lose_answer().by_closing(),
        Fault::cut_head(1),
        Fault::cut_head(60).by_closing(),
        Fault::wrong_request_id(),
        Fault::answer_instead(html()),
        Fault::answer_afterwards(html()),
        Fault::cut_body(0),
        Fault::cut_body(20),
        Fault::cut_body(usize::MAX).by_closing(),
        Fault::answer_instead(CannedAnswer::status(302).header("location", "https://elsewhere.example/")),
        Fault::answer_instead(CannedAnswer::status(408)),
        Fault::answer_instead(CannedAnswer::status(500)),
        Fault::answer_afterwards(CannedAnswer::status(500)),
        Fault::answer_afterwards(CannedAnswer::status(502).body("text/html", "<h1>Bad gateway</h1>")),
        Fault::answer_instead(CannedAnswer::status(503)),
        Fault::answer_afterwards(CannedAnswer::status(504)),
    ] {
        let name = fault.name();
        let error = struck(fault).await;
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
        assert!(error.bank_may_have_acted(), "{name}");
    }
}

#[tokio::test]
async fn f39_a_payment_whose_answer_cannot_be_read_is_known_by_its_location() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let torn = CannedAnswer::status(201).body("application/json", "{\"transactionStatus\":");
    sandbox.faults().script(Fault::answer_afterwards(torn).operation("initiatePayment")).unwrap();
    let created = bank.create_payment(payment()).await.unwrap().body;
    assert!(created.recovered);
    sign(&client, &bank, created.payment.clone()).await.into_result().unwrap();
    sandbox.clock().advance(HOUR);
    assert!(bank.payment_status(&created.payment).await.unwrap().body.transaction_status.is_settled());
    assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 1);
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn f10_f11_a_payment_that_is_not_answered_in_time_has_an_unknown_outcome() {
    for fault in
        [Fault::delay_request(HOUR), Fault::delay_answer(HOUR), Fault::drip(1, Duration::from_secs(1))]
    {
        let name = fault.name();
        // Struck in the middle of it, a call that was delayed is on record only once it is over.
        let (sandbox, client) = platform(Sandbox::builder()).await;
        sandbox.faults().script(fault.operation("initiatePayment").times(9)).unwrap();
        let bank = bank(&client, NORDEA, WILLING);
        let call = bank.create_payment(payment());
        let in_time = tokio::time::timeout(Duration::from_millis(30_100), call).await;
        let error = in_time.unwrap_or_else(|_| panic!("{name}: beyond the deadline")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
        let [armed] = sandbox.faults().list().try_into().unwrap();
        assert_eq!(armed.met, 1, "{name}: sent once");
    }
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_a_throttled_payment_was_not_taken() {
    let refused = struck(Fault::answer_instead(CannedAnswer::status(400))).await;
    assert_eq!(refused.kind(), ErrorKind::Refused);
    let throttled = CannedAnswer::status(429).header("retry-after", "7");
    let throttled = struck(Fault::answer_instead(throttled)).await;
    assert_eq!(throttled.kind(), ErrorKind::RateLimited);
    assert_eq!(throttled.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn f44_an_answer_lost_after_the_bank_has_acted_is_found_out_by_the_status_and_booked_once() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, HANDELSBANKEN, WILLING);
    let payment = DomesticPayment::new(
        DebtorAccount::bban(&Bban::parse("403333911").unwrap()),
        Amount::parse("SEK", "1.00").unwrap(),
        AccountReference::bban(&Bban::parse("401975231").unwrap())
            .clearing_number(&ClearingNumber::parse("1000").unwrap()),
        "Made-up Creditor AB",
    );
    let payment = bank.create_payment(payment.unwrap()).await.unwrap().body.payment;
    // This bank signs, and so books, as soon as an authorisation is started.
    sandbox.faults().script(Fault::lose_answer().operation("startPaymentAuthorisation").times(9)).unwrap();
    let mut sca = bank.authorise(payment.clone()).start().await.unwrap();
    while sca.next().await.unwrap().is_some() {}
    sca.into_outcome().into_result().unwrap();
    assert_eq!(sandbox.ledger().count("POST", &format!("{PAYMENTS}/{{paymentId}}/authorisations")), 1);
    sandbox.clock().advance(HOUR);
    assert!(bank.payment_status(&payment).await.unwrap().body.transaction_status.is_settled());
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn f40_a_payment_delivered_twice_on_the_way_is_paid_once_because_one_is_signed() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    sandbox.faults().script(Fault::deliver_twice().operation("initiatePayment")).unwrap();
    let created = bank.create_payment(payment()).await.unwrap();
    assert_eq!(sandbox.ledger().find(&created.request_id.to_string()).len(), 2);
    sign(&client, &bank, created.body.payment.clone()).await.into_result().unwrap();
    sandbox.clock().advance(HOUR);
    assert!(bank.payment_status(&created.body.payment).await.unwrap().body.transaction_status.is_settled());
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn f07_to_f19_a_read_that_is_struck_once_or_twice_is_made_again() {
    for fault in [
        Fault::lose_request(),
        Fault::lose_answer().by_closing(),
        Fault::cut_head(20),
        Fault::cut_body(7),
        Fault::wrong_request_id(),
        Fault::answer_instead(CannedAnswer::status(503)),
        Fault::answer_afterwards(CannedAnswer::status(500)),
        Fault::drop_connection(),
    ] {
        let name = fault.name();
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let directory = client.directory(Context::Private);
        let is_of_call = name != "drop-connection";
        let fault = if is_of_call { fault.operation("getCountriesList") } else { fault };
        sandbox.faults().script(fault.times(2)).unwrap();
        directory.countries().await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sandbox.faults().list().first().unwrap().struck, 2, "{name}");
    }
}

#[tokio::test]
async fn a_read_gives_up_after_three_times_and_says_what_it_met() {
    for (fault, kind) in [
        (Fault::lose_answer(), ErrorKind::Transport),
        (Fault::answer_instead(CannedAnswer::status(503)), ErrorKind::Unavailable),
        (Fault::answer_instead(CannedAnswer::status(302)), ErrorKind::Protocol),
    ] {
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let directory = client.directory(Context::Private);
        directory.countries().await.unwrap();
        sandbox.faults().script(fault.operation("getASPSPList").times(99)).unwrap();
        let error = directory.banks(Filter::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        let most = if kind == ErrorKind::Protocol { 1 } else { 3 };
        assert!(sandbox.ledger().count("GET", "/psd2/aspspinformation/v1/aspsps") <= most);
    }
}

#[tokio::test]
async fn f09_a_consent_whose_deletion_went_unanswered_is_deleted_by_sending_it_again() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, SEB, WILLING);
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap();
    sandbox.faults().script(Fault::lose_answer().operation("deleteConsent")).unwrap();
    bank.delete_consent(&consent.body.consent_id).await.unwrap();
    assert_eq!(sandbox.ledger().count("DELETE", "/psd2/consent/v1/consents/{consentId}"), 2);
}

#[tokio::test]
async fn f07_an_exchange_of_a_code_whose_answer_is_lost_is_not_tried_again_and_the_status_tells() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let payment = created(&bank).await;
    let tokens = sandbox.ledger().token_requests();
    sandbox.faults().script(Fault::lose_answer().operation("token").times(9)).unwrap();
    sign(&client, &bank, payment.clone()).await.into_result().unwrap();
    assert_eq!(sandbox.ledger().token_requests(), tokens + 1, "a code is worth one try");
    sandbox.faults().clear();
    sandbox.clock().advance(HOUR);
    assert!(bank.payment_status(&payment).await.unwrap().body.transaction_status.is_settled());
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn polls_that_fail_are_ticks_that_pass() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, SEB, WILLING);
    let consent =
        bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;
    for fault in [Fault::lose_answer(), Fault::answer_instead(CannedAnswer::status(503)).nth(2)] {
        sandbox.faults().script(fault.operation("getConsentScaStatus")).unwrap();
    }
    let mut sca = start(&bank, consent.clone()).await;
    while sca.next().await.unwrap().is_some() {}
    sca.into_outcome().into_result().unwrap();
    bank.accounts(&consent).await.unwrap();
}

#[tokio::test]
async fn f12_f13_a_read_is_made_again_after_a_go_away_and_a_payment_never() {
    for fault in [Fault::go_away(), Fault::go_away_afterwards()] {
        let name = fault.name();
        let sandbox = Sandbox::builder().tls().start().await.unwrap();
        let trust = Trust::Only(sandbox.ca_pem().unwrap().as_bytes().to_vec());
        let client = client_of(sandbox.api_url(), sandbox.client_id(), sandbox.client_secret().expose());
        let client = client.trust(trust).build().unwrap();
        sandbox.faults().script(fault.clone().operation("getCountriesList")).unwrap();
        client.directory(Context::Private).countries().await.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(sandbox.ledger().count("GET", "/psd2/aspspinformation/v1/countries"), 2, "{name}");

        sandbox.faults().script(fault.operation("initiatePayment").times(9)).unwrap();
        let error = bank(&client, NORDEA, WILLING).create_payment(payment()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
        assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 1, "{name}");
    }
}

#[tokio::test]
async fn f02_a_handshake_that_breaks_is_begun_again_and_nothing_is_sent_twice() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let trust = Trust::Only(sandbox.ca_pem().unwrap().as_bytes().to_vec());
    let client = client_of(sandbox.api_url(), sandbox.client_id(), sandbox.client_secret().expose());
    let client = client.trust(trust).build().unwrap();
    sandbox.faults().script(Fault::break_handshake()).unwrap();
    let bank = bank(&client, NORDEA, WILLING);
    created(&bank).await;
    assert_eq!(sandbox.faults().list().first().unwrap().struck, 1);
    assert_eq!(sandbox.ledger().count("POST", PAYMENTS), 1);
}
