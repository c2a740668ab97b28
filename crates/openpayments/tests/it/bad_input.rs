//! What goes wrong gets a clear answer, and nothing else happens.

use std::error::Error as _;

use openpayments::prelude::*;
use openpayments_sandbox::{Approve, Sandbox};

use crate::support::{CALLBACK, bank, client, created, payment, platform, start};

#[tokio::test]
async fn a_wrong_client_secret_is_an_auth_error_that_does_not_show_it() {
    let (sandbox, _) = platform(Sandbox::builder()).await;
    let client = client(&sandbox, "not-the-secret");
    let error = client.directory(Context::Private).countries().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.http_status().unwrap().as_u16(), 400);
    assert!(error.request_id().is_some());
    assert!(error.advice().contains("client secret"));
    assert!(!format!("{error} {error:?} {client:?}").contains("not-the-secret"));
    assert_eq!(sandbox.ledger().requests().len(), 1, "only the token call was made");
}

#[tokio::test]
async fn an_unknown_bank_is_refused() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let error = client.directory(Context::Private).bank("AAAASESS".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.http_status().unwrap().as_u16(), 404);
    let nowhere = bank(&client, "AAAASESS", "99990101000");
    let error = nowhere.create_payment(payment()).await.unwrap_err();
    assert!(!error.bank_may_have_acted(), "{error}");
}

#[tokio::test]
async fn i001_an_iban_with_a_wrong_digit_never_reaches_a_socket() {
    let (sandbox, _client) = platform(Sandbox::builder()).await;
    let error = Iban::parse("SE4650000000058398257466").unwrap_err();
    assert_eq!(error.field(), "iban");
    assert!(!error.to_string().contains("58398257466"));
    assert!(sandbox.ledger().requests().is_empty());
}

#[tokio::test]
async fn a_token_without_a_context_cannot_be_asked_for() {
    let error = "accountinformation".parse::<ScopeSet>().unwrap_err();
    assert_eq!(error.to_string(), "scope: a context is missing: add private or corporate");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let (sandbox, _client) = platform(Sandbox::builder()).await;
    let taken = sandbox.api_url().socket_addrs(|| None).unwrap()[0];
    let error = Sandbox::builder().listen(taken).start().await.unwrap_err();
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
}

#[tokio::test]
async fn o2_a_callback_with_a_wrong_state_sends_nothing() {
    let (sandbox, client) = platform(Sandbox::builder().approve(Approve::Manual)).await;
    let bank = bank(&client, "NDEASESS", "99990101000");
    let payment = created(&bank).await;
    let mut sca = start(&bank, payment).await;
    let Some(ScaEvent::Redirect(link)) = find_redirect(&mut sca).await else { panic!("no redirect") };
    assert!(link.expose().as_str().contains("redirect_uri="));
    assert!(!format!("{link:?}").contains("state"));
    let seen = sandbox.ledger().requests().len();
    let error = sca.callback("code=made-up&state=wrong").await.unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::CallbackRejected);
    assert_eq!(error.source().unwrap().to_string(), "the callback's state is not ours");
    assert_eq!(sandbox.ledger().requests().len(), seen);
}

async fn find_redirect(sca: &mut openpayments::sca::ScaSession) -> Option<ScaEvent> {
    while let Some(event) = sca.next().await.unwrap() {
        if matches!(event, ScaEvent::Redirect(_)) {
            return Some(event);
        }
    }
    None
}

#[tokio::test]
async fn b7_an_address_to_come_back_to_that_is_not_registered_gets_a_page_and_no_redirect() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, "NDEASESS", "99990101000");
    let payment = created(&bank).await;
    let elsewhere = CALLBACK.replace("callback", "elsewhere").parse().unwrap();
    let mut sca = bank
        .authorise(payment)
        .redirect_to(elsewhere)
        .method(MethodPreference::ThisDevice)
        .start()
        .await
        .unwrap();
    let Some(ScaEvent::Redirect(link)) = find_redirect(&mut sca).await else { panic!("no redirect") };
    let request = http::Request::get(link.expose().as_str()).body(bytes::Bytes::new()).unwrap();
    let request = openpayments::transport::Request::new(request, openpayments::transport::Effect::Read);
    let page = client.caller().transport().send(request).await.unwrap();
    assert_eq!(page.status().as_u16(), 400);
    assert!(page.headers().get("location").is_none());
}

#[tokio::test]
async fn production_without_a_client_certificate_is_refused_before_any_call() {
    let error =
        Client::builder(Environment::production(), Credentials::new("id", "secret")).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.source().unwrap().to_string().contains("client certificate"));
}
