//! A PSU signs, over a script: decoupled, by redirect, refused, too late, with another signer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use openpayments_api::CallContext;
use openpayments_client::{Caller, Clock, Credentials, Environment, ManualClock};
use openpayments_model::account::AccountReference;
use openpayments_model::identifier::{ConsentId, PaymentId, ScaMethodId};
use openpayments_model::payment::{
    DebtorAccount, DomesticPayment, PaymentOrder, PaymentPath, PaymentRef, PaymentTerms,
};
use openpayments_model::status::{ConsentStatus, TransactionStatus};
use openpayments_model::{Amount, BicFi, Context, Iban};
use openpayments_sca::{
    Authorise, CallbackRejected, MethodPreference, NextStep, Notice, Outcome, ResourceStatus, ScaErrorKind,
    ScaEvent, ScaSession, Subject,
};
use openpayments_transport::{Delivery, Stage, TransportErrorKind};
use openpayments_transport_mock::ScriptedTransport;
use secrecy::ExposeSecret;

const CONSENT: &str = "/psd2/consent/v1/consents/c-1";
const PAYMENT: &str = "/psd2/paymentinitiation/v1/payments/domestic/p-1";
const TOKEN: &str = "131daac9-16c6-4618-beb0-365768f37288";

fn consent() -> Subject {
    Subject::Consent(ConsentId::parse("c-1").unwrap())
}

fn payment() -> Subject {
    Subject::Payment(PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() })
}

fn token(script: ScriptedTransport) -> ScriptedTransport {
    script
        .expect(Method::POST, "/connect/token")
        .answer_json(200, r#"{"access_token":"made-up","expires_in":3600}"#)
}

/// Starts an authorisation with BankID's three methods.
fn started(resource: &str) -> ScriptedTransport {
    token(ScriptedTransport::new()).expect(Method::POST, format!("{resource}/authorisations")).answer_json(
        201,
        r#"{"scaStatus":"received","authorisationId":"a-1","scaMethods":[
            {"authenticationType":"PUSH_OTP","authenticationMethodId":"mbid"},
            {"authenticationType":"CHIP_OTP","authenticationMethodId":"mbid_same_device"},
            {"authenticationType":"PHOTO_OTP","authenticationMethodId":"mbid_animated_qr_token"}],"_links":{}}"#,
    )
}

fn selected(script: ScriptedTransport, resource: &str, approach: &str, body: &str) -> ScriptedTransport {
    let headers = [("aspsp-sca-approach", approach)];
    script.expect(Method::PUT, format!("{resource}/authorisations/a-1")).answer_json_with(
        200,
        &headers,
        body.to_owned(),
    )
}

fn polled(script: ScriptedTransport, resource: &str, body: &str) -> ScriptedTransport {
    script.expect(Method::GET, format!("{resource}/authorisations/a-1")).answer_json(200, body.to_owned())
}

fn status(script: ScriptedTransport, resource: &str, body: &str) -> ScriptedTransport {
    script.expect(Method::GET, format!("{resource}/status")).answer_json(200, body.to_owned())
}

fn at(status: &str, challenge: Option<&str>) -> String {
    match challenge {
        Some(data) => format!(r#"{{"scaStatus":"{status}","challengeData":{{"data":["{data}"]}}}}"#),
        None => format!(r#"{{"scaStatus":"{status}"}}"#),
    }
}

fn caller(script: &ScriptedTransport, clock: &Arc<ManualClock>) -> Caller {
    let host = "https://platform.example".parse().unwrap();
    caller_in(Environment::custom(&host, &host).unwrap(), script, clock)
}

fn caller_in(environment: Environment, script: &ScriptedTransport, clock: &Arc<ManualClock>) -> Caller {
    Caller::builder(environment, Credentials::new("client-1", "made-up-secret"))
        .transport(Arc::new(script.clone()))
        .clock(clock.clone())
        .build()
        .unwrap()
}

struct Psu {
    script: ScriptedTransport,
    clock: Arc<ManualClock>,
    authorise: Authorise,
}

fn psu(script: ScriptedTransport, subject: Subject) -> Psu {
    let clock = Arc::new(ManualClock::skipping_sleeps(Timestamp::UNIX_EPOCH));
    let context = CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private);
    let authorise = Authorise::new(caller(&script, &clock), context, subject);
    Psu { script, clock, authorise }
}

impl Psu {
    async fn start(self, preference: MethodPreference) -> (ScaSession, ScriptedTransport, Arc<ManualClock>) {
        let authorise = self.authorise.redirect_to("https://tpp.example/callback".parse().unwrap());
        (authorise.method(preference).start().await.unwrap(), self.script, self.clock)
    }
}

fn mbid() -> MethodPreference {
    MethodPreference::Method(ScaMethodId::parse("mbid").unwrap())
}

/// What the PSU sees, one word each.
async fn seen(sca: &mut ScaSession) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(event) = sca.next().await.unwrap() {
        seen.push(match event {
            ScaEvent::ShowQr(frame) => format!("qr {}", frame.payload().expose_secret()),
            ScaEvent::OpenApp(_) => "link".to_owned(),
            ScaEvent::Progress(step) => format!("{step:?}"),
            ScaEvent::Message(words) => words,
            ScaEvent::HideQr => "hide".to_owned(),
            ScaEvent::StartWindowMissed => "missed".to_owned(),
            ScaEvent::Notice(Notice::UnknownStatus(status)) => format!("unknown {status}"),
            other => panic!("unexpected {other:?}"),
        });
    }
    seen
}

#[tokio::test]
async fn a_consent_is_signed_on_another_device_seb_shape() {
    let script = started(CONSENT);
    let script = selected(script, CONSENT, "DECOUPLED", &at("started", Some(TOKEN)));
    let script = polled(script, CONSENT, &at("started", Some(TOKEN)));
    let script = polled(script, CONSENT, &at("finalised", None));
    let script = status(script, CONSENT, r#"{"consentStatus":"valid"}"#);
    let (mut sca, script, clock) = psu(script, consent()).start(mbid()).await;

    let link = format!("qr https://app.bankid.com/?autostarttoken={TOKEN}&redirect=null");
    assert_eq!(seen(&mut sca).await, ["Sign", &link, "link", "hide", "Done"], "the same token is shown once");
    assert_eq!(sca.into_outcome(), Outcome::Completed(ResourceStatus::Consent(ConsentStatus::Valid)));
    let seconds = clock.monotonic().as_secs_f64();
    assert!(
        (2.0..=4.0).contains(&seconds),
        "a poll every two seconds, the first a little earlier: {seconds}"
    );
    script.assert_done();
}

#[tokio::test]
async fn a_payment_at_seb_has_a_login_and_then_a_signature() {
    let script = started(PAYMENT);
    let script = selected(script, PAYMENT, "DECOUPLED", &at("authenticationStarted", Some(TOKEN)));
    let script = polled(script, PAYMENT, &at("psuAuthenticated", None));
    let script = polled(script, PAYMENT, &at("started", None));
    let script = polled(script, PAYMENT, &at("someNewStatus", None));
    let script = polled(script, PAYMENT, &at("finalised", None));
    let script = status(script, PAYMENT, r#"{"transactionStatus":"RCVD"}"#);
    let script = status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#);
    let (mut sca, script, _) = psu(script, payment()).start(MethodPreference::ThisDevice).await;
    assert_eq!(
        seen(&mut sca).await,
        ["Authenticate", "link", "hide", "Sign", "Sign", "Waiting", "unknown someNewStatus", "Done"]
    );
    let settling = ResourceStatus::Payment(TransactionStatus::AcceptedSettlementInProcess);
    assert_eq!(
        sca.into_outcome(),
        Outcome::Completed(settling),
        "RCVD right after the signature is only lag"
    );
    script.assert_done();
}

#[tokio::test]
async fn a_code_that_changes_each_second_is_shown_to_the_letter_each_time() {
    let frame = |second: u32| format!("bankid.{TOKEN}.{second}.0123abcd");
    let script = started(CONSENT);
    let script = selected(script, CONSENT, "DECOUPLED", &at("started", Some(&frame(0))));
    let script = polled(script, CONSENT, &at("started", Some(&frame(1))));
    let script = polled(script, CONSENT, &at("failed", None));
    let (mut sca, script, clock) = psu(script, consent()).start(MethodPreference::OtherDevice).await;
    let seen = seen(&mut sca).await;
    assert_eq!(seen, ["Sign", &format!("qr {}", frame(0)), &format!("qr {}", frame(1)), "hide", "Done"]);
    let seconds = clock.monotonic().as_secs_f64();
    assert!((1.0..=2.0).contains(&seconds), "a poll each second: {seconds}");
    let failed = Outcome::Failed { messages: Vec::new(), next: NextStep::SignAgain };
    assert_eq!(sca.into_outcome(), failed);
    script.assert_done();
}

#[tokio::test]
async fn without_a_preference_the_way_to_sign_is_asked_for() {
    let script = started(CONSENT);
    let script = selected(script, CONSENT, "DECOUPLED", &at("finalised", None));
    let script = status(script, CONSENT, r#"{"consentStatus":"valid"}"#);
    let (mut sca, script, _) = psu(script, consent()).start(MethodPreference::Ask).await;
    let Some(ScaEvent::ChooseMethod(methods)) = sca.next().await.unwrap() else {
        panic!("nothing was asked")
    };
    assert_eq!(methods.len(), 3);
    assert_eq!(sca.next().await.unwrap_err().kind(), ScaErrorKind::Misuse, "it waits for the choice");
    sca.choose(methods.first().unwrap()).await.unwrap();
    assert_eq!(sca.choose(methods.first().unwrap()).await.unwrap_err().kind(), ScaErrorKind::Misuse);
    assert_eq!(seen(&mut sca).await, ["Done"]);
    script.assert_done();
}

#[tokio::test]
async fn a11_the_bank_ends_it_and_the_outcome_says_how() {
    for (message, kind) in [
        ("AUTHENTICATION_SESSION_EXPIRED", ScaErrorKind::Expired),
        ("BANKID_NOT_ACTIVATED", ScaErrorKind::Failed),
    ] {
        let failed = format!(
            r#"{{"scaStatus":"failed","tppMessages":[{{"category":"ERROR","code":"{message}","text":"Anna"}}]}}"#
        );
        let script = selected(started(CONSENT), CONSENT, "DECOUPLED", &at("started", Some(TOKEN)));
        let script = polled(script, CONSENT, &failed);
        let (mut sca, script, _) = psu(script, consent()).start(mbid()).await;
        seen(&mut sca).await;
        // The script has no further answer, and none is asked for.
        assert!(sca.next().await.unwrap().is_none() && sca.next().await.unwrap().is_none());
        let error = sca.into_outcome().into_result().unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!error.to_string().contains("Anna") && !format!("{error:?}").contains("Anna"));
        script.assert_done();
    }
}

#[tokio::test]
async fn a_second_signer_is_told_apart_from_success() {
    let script = selected(started(PAYMENT), PAYMENT, "DECOUPLED", &at("started", Some(TOKEN)));
    let script = polled(script, PAYMENT, &at("finalised", None));
    let script = status(script, PAYMENT, r#"{"transactionStatus":"PATC"}"#);
    let (mut sca, script, _) = psu(script, payment()).start(mbid()).await;
    seen(&mut sca).await;
    assert!(matches!(sca.into_outcome(), Outcome::NeedsAnotherSigner(_)));
    script.assert_done();
}

#[tokio::test]
async fn a12_polls_that_fail_are_no_failed_signature() {
    let mut script = selected(started(CONSENT), CONSENT, "DECOUPLED", &at("started", Some(TOKEN)));
    for _ in 0..9 {
        script = script
            .expect(Method::GET, format!("{CONSENT}/authorisations/a-1"))
            .fail(TransportErrorKind::Timeout(Stage::Exchange), Delivery::Unknown);
    }
    let script = polled(script, CONSENT, &at("finalised", None));
    let script = status(script, CONSENT, r#"{"consentStatus":"valid"}"#);
    let (mut sca, script, _) = psu(script, consent()).start(mbid()).await;
    seen(&mut sca).await;
    sca.into_outcome().into_result().unwrap();
    script.assert_done();
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_as_still_pending_after_five_minutes() {
    let mut script = selected(started(CONSENT), CONSENT, "DECOUPLED", &at("started", Some(TOKEN)));
    for _ in 0..150 {
        script = polled(script, CONSENT, &at("started", Some(TOKEN)));
    }
    let (mut sca, script, _) = psu(script, consent()).start(mbid()).await;
    seen(&mut sca).await;
    assert_eq!(sca.into_outcome(), Outcome::StillPending);
    script.assert_done();
}

#[tokio::test]
async fn a13_i047_an_approach_where_credentials_pass_through_us_is_not_supported() {
    let script = selected(started(CONSENT), CONSENT, "EMBEDDED", &at("started", None));
    let (mut sca, _, _) = psu(script, consent()).start(mbid()).await;
    assert_eq!(sca.next().await.unwrap_err().kind(), ScaErrorKind::Unsupported);
}

#[tokio::test]
async fn f33_a_start_that_the_bank_says_is_under_way_already_is_gone_on_with() {
    let conflict = r#"{"tppMessages":[{"category":"ERROR","code":"STATUS_INVALID"}]}"#;
    let list = format!("{CONSENT}/authorisations");
    let script = token(ScriptedTransport::new())
        .expect(Method::POST, list.clone())
        .answer_json(409, conflict)
        .expect(Method::GET, list)
        .answer_json(200, r#"{"authorisationIds":["a-1"]}"#);
    let script = polled(script, CONSENT, &at("finalised", None));
    let script = status(script, CONSENT, r#"{"consentStatus":"valid"}"#);
    let (mut sca, script, _) = psu(script, consent()).start(mbid()).await;
    assert_eq!(seen(&mut sca).await, ["Done"]);
    script.assert_done();
    assert!(matches!(sca.into_outcome(), Outcome::Completed(_)));
}

/// A payment of 12.50 SEK, and the answer of a bank that keeps so many crowns of it.
fn kept(crowns: &str) -> (PaymentTerms, String) {
    let number = "SE4550000000058398257466";
    let iban = Iban::parse(number).unwrap();
    let amount = Amount::parse("SEK", "12.50").unwrap();
    let order =
        DomesticPayment::new(DebtorAccount::iban(&iban), amount, AccountReference::iban(&iban), "Made-up");
    let body = format!(
        r#"{{"debtorAccount":{{"iban":"{number}"}},"creditorAccount":{{"iban":"{number}"}},
            "instructedAmount":{{"currency":"SEK","amount":"{crowns}"}}}}"#
    );
    (order.unwrap().terms(), body)
}

#[tokio::test]
async fn i086_a_payment_that_is_not_the_one_asked_for_is_not_signed() {
    let (terms, body) = kept("1250");
    let script = token(ScriptedTransport::new()).expect(Method::GET, PAYMENT).answer_json(200, body);
    let Psu { authorise, script, .. } = psu(script, payment());
    let error = authorise.expecting(terms).start().await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::Mismatch);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.ends_with("instructedAmount"), "{why}");
    script.assert_done();
}

#[tokio::test]
async fn i086_a_payment_that_is_the_one_asked_for_is_signed_as_any_other() {
    let (terms, body) = kept("12.5");
    let script = token(ScriptedTransport::new())
        .expect(Method::GET, PAYMENT)
        .answer_json(200, body)
        .expect(Method::POST, format!("{PAYMENT}/authorisations"))
        .answer_json(201, r#"{"scaStatus":"finalised","authorisationId":"a-1"}"#);
    let script = status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#);
    let Psu { authorise, script, .. } = psu(script, payment());
    let mut sca = authorise.expecting(terms).start().await.unwrap();
    assert_eq!(seen(&mut sca).await, ["Done"]);
    script.assert_done();
}

#[tokio::test]
async fn i086_a_bank_that_lets_nobody_read_payments_is_told_and_gone_on_with() {
    let (terms, _) = kept("1");
    let script = token(ScriptedTransport::new())
        .expect(Method::GET, PAYMENT)
        .answer_json(405, r#"{"tppMessages":[{"category":"ERROR","code":"SERVICE_INVALID"}]}"#)
        .expect(Method::POST, format!("{PAYMENT}/authorisations"))
        .answer_json(201, r#"{"scaStatus":"finalised","authorisationId":"a-1"}"#);
    let Psu { authorise, script, .. } = psu(script, payment());
    let mut sca = authorise.expecting(terms).start().await.unwrap();
    let first = sca.next().await.unwrap().unwrap();
    assert!(matches!(first, ScaEvent::Notice(Notice::NotReadBack)), "{first:?}");
    script.assert_done();
}

#[tokio::test]
async fn i140_a_bank_without_a_way_to_sign_is_not_supported() {
    let script = token(ScriptedTransport::new())
        .expect(Method::POST, format!("{CONSENT}/authorisations"))
        .answer_json(201, r#"{"scaStatus":"received","authorisationId":"a-1","_links":{}}"#);
    let error = psu(script, consent()).authorise.start().await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::Unsupported);
}

/// A payment whose PSU is at the bank's page, and the state in the link there.
async fn at_the_bank(
    more: impl FnOnce(ScriptedTransport) -> ScriptedTransport,
) -> (ScaSession, ScriptedTransport, String) {
    let template = "https://platform.example/connect/authorize?client_id=[CLIENT_ID]\
        &scope=paymentinitiation%20private&response_type=code&redirect_uri=[TPP_REDIRECT_URI]&state=[TPP_STATE]\
        &acr_values=idp:NDEASESS";
    let body =
        format!(r#"{{"scaStatus":"scaMethodSelected","_links":{{"scaOAuth":{{"href":"{template}"}}}}}}"#);
    let script = more(selected(started(PAYMENT), PAYMENT, "REDIRECT", &body));
    let (mut sca, script, _) = psu(script, payment()).start(mbid()).await;
    let Some(ScaEvent::Redirect(link)) = sca.next().await.unwrap() else { panic!("no redirect") };
    let state = link.expose().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    (sca, script, state)
}

#[tokio::test]
async fn a_payment_is_signed_on_the_banks_page_and_the_code_exchanged_once() {
    let (mut sca, script, state) = at_the_bank(|script| {
        let script = script
            .expect(Method::POST, "/connect/token")
            .with_header("x-paymentid", "p-1")
            .with_header("x-paymentauthorisationid", "a-1")
            .with_body_like(|body| {
                let body = String::from_utf8_lossy(body);
                body.contains("code=code-1")
                    && body.contains("redirect_uri=https%3A%2F%2Ftpp.example%2Fcallback")
            })
            .answer_json(200, r#"{"access_token":"made-up-too"}"#);
        let script = polled(script, PAYMENT, &at("finalised", None));
        status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#)
    })
    .await;
    let query = format!("code=code-1&scope=paymentinitiation%20private&state={state}");
    sca.callback(&query).await.unwrap();
    let again = sca.callback(&query).await.unwrap_err();
    assert_eq!(again.kind(), ScaErrorKind::CallbackRejected);
    seen(&mut sca).await;
    sca.into_outcome().into_result().unwrap();
    script.assert_done();
}

#[tokio::test]
async fn o2_o7_i110_a_callback_that_is_not_ours_sends_nothing_and_the_right_one_still_counts() {
    let (mut sca, script, state) = at_the_bank(|script| script).await;
    let sent = script.requests().len();
    let mut flipped = state.clone().into_bytes();
    *flipped.first_mut().unwrap() ^= 1;
    for query in [
        "code=c".to_owned(),
        "code=c&state=wrong".to_owned(),
        format!("code=c&state={}", String::from_utf8(flipped).unwrap()),
        format!("code=c&code=d&state={state}"),
        format!("code=c&error=access_denied&state={state}"),
    ] {
        assert_eq!(sca.callback(&query).await.unwrap_err().kind(), ScaErrorKind::CallbackRejected, "{query}");
    }
    assert_eq!(script.requests().len(), sent);
    sca.callback(&format!("error=access_denied&state={state}")).await.unwrap();
    assert_eq!(sca.outcome(), Some(&Outcome::Refused));
    assert_eq!(sca.into_outcome().into_result().unwrap_err().kind(), ScaErrorKind::PsuRefused);
}

#[tokio::test]
async fn i116_a_code_that_belongs_to_somebody_else_is_told_and_the_status_decides() {
    let (mut sca, script, state) = at_the_bank(|script| {
        let script =
            script.expect(Method::POST, "/connect/token").answer_json(400, r#"{"error":"invalid_grant"}"#);
        let script = polled(script, PAYMENT, &at("finalised", None));
        status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#)
    })
    .await;
    let error = sca.callback(&format!("code=stolen&state={state}")).await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::CallbackRejected);
    let why = std::error::Error::source(&error).unwrap();
    assert_eq!(why.downcast_ref(), Some(&CallbackRejected::Code));
    assert!(sca.outcome().is_none(), "the session is as before");
    seen(&mut sca).await;
    sca.into_outcome().into_result().unwrap();
    script.assert_done();
}

#[tokio::test]
async fn o3_links_carry_a_code_challenge_where_the_environment_says_so_and_nowhere_else() {
    let host = "https://platform.example".parse().unwrap();
    let plain = Environment::custom(&host, &host).unwrap();
    for (environment, has_one) in [(plain.clone(), false), (plain.with_pkce(), true)] {
        let body = r#"{"scaStatus":"scaMethodSelected","_links":{"scaOAuth":{"href":"/connect/authorize"}}}"#;
        let script = selected(started(PAYMENT), PAYMENT, "REDIRECT", body);
        let clock = Arc::new(ManualClock::skipping_sleeps(Timestamp::UNIX_EPOCH));
        let caller = caller_in(environment, &script, &clock);
        let context = CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private);
        let start = Authorise::new(caller, context, payment())
            .redirect_to("https://tpp.example/callback".parse().unwrap())
            .method(mbid());
        let mut sca = start.start().await.unwrap();
        let Some(ScaEvent::Redirect(link)) = sca.next().await.unwrap() else { panic!("no redirect") };
        let method = link.expose().query_pairs().find(|(name, _)| name == "code_challenge_method");
        assert_eq!(method.map(|(_, value)| value.into_owned()), has_one.then(|| "S256".to_owned()));
    }
}

#[tokio::test]
async fn a8_a_link_may_open_the_app_by_itself_once_for_each_token() {
    let other = TOKEN.replace('1', "2");
    let script = selected(started(PAYMENT), PAYMENT, "DECOUPLED", &at("authenticationStarted", Some(TOKEN)));
    let script = polled(script, PAYMENT, &at("started", Some(TOKEN)));
    let script = polled(script, PAYMENT, &at("started", Some(&other)));
    let script = polled(script, PAYMENT, &at("finalised", None));
    let script = status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#);
    let (mut sca, script, _) = psu(script, payment()).start(MethodPreference::ThisDevice).await;
    let mut by_itself = Vec::new();
    while let Some(event) = sca.next().await.unwrap() {
        if let ScaEvent::OpenApp(link) = event {
            by_itself.push(link.may_open_by_itself());
        }
    }
    assert_eq!(by_itself, [true, false, true]);
    script.assert_done();
}

#[tokio::test]
async fn o10_an_exchange_without_an_answer_is_not_repeated_the_status_tells() {
    let (mut sca, script, state) = at_the_bank(|script| {
        let script = script
            .expect(Method::POST, "/connect/token")
            .fail(TransportErrorKind::Connection(Stage::Exchange), Delivery::Unknown);
        let script = polled(script, PAYMENT, &at("finalised", None));
        status(script, PAYMENT, r#"{"transactionStatus":"ACSP"}"#)
    })
    .await;
    sca.callback(&format!("code=code-1&state={state}")).await.unwrap();
    seen(&mut sca).await;
    sca.into_outcome().into_result().unwrap();
    script.assert_done();
}

#[tokio::test]
async fn o9_a_plain_redirect_comes_back_without_a_code_and_the_status_tells() {
    let (mut sca, script, state) = at_the_bank(|script| {
        let script = polled(script, PAYMENT, &at("psuIdentified", None));
        let script = polled(script, PAYMENT, &at("finalised", None));
        status(script, PAYMENT, r#"{"transactionStatus":"ACTC"}"#)
    })
    .await;
    sca.callback(&format!("scope=x&state={state}")).await.unwrap();
    assert_eq!(seen(&mut sca).await, ["Waiting", "Waiting", "Done"]);
    sca.into_outcome().into_result().unwrap();
    script.assert_done();
}

#[tokio::test]
async fn a_redirect_without_an_address_to_come_back_to_says_so() {
    let body = r#"{"scaStatus":"scaMethodSelected","_links":{"scaOAuth":{"href":"/connect/authorize"}}}"#;
    let script = selected(started(PAYMENT), PAYMENT, "REDIRECT", body);
    let mut sca = psu(script, payment()).authorise.method(mbid()).start().await.unwrap();
    let error = sca.next().await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::Misuse);
    assert!(std::error::Error::source(&error).expect("a cause").to_string().contains("redirect_to"));
}
