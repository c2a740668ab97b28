//! What lets a client in: the certificate that production demands, and the access token of a sandbox beyond this machine.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use openpayments::prelude::*;
use openpayments::transport_reqwest::{ClientIdentity, ReqwestTransport, Trust};
use openpayments::{Client, ClientBuilder};
use openpayments_sandbox::{Authority, Sandbox};
use secrecy::SecretString;

use crate::support::{bank, created};

const NORDEA: &str = "NDEASESS";
const WILLING: &str = "99990101000";

fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url()).unwrap();
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let trust = Trust::Only(sandbox.ca_pem().unwrap().as_bytes().to_vec());
    Client::builder(environment, credentials).trust(trust)
}

#[tokio::test]
async fn b8_the_api_host_serves_those_who_show_a_certificate_from_pem_or_pfx() {
    let sandbox = Sandbox::builder().require_client_certificate().start().await.unwrap();
    assert_ne!(sandbox.auth_url(), sandbox.api_url());
    let certificate = sandbox.client_certificate().unwrap();
    let key = SecretString::from(certificate.key_pem().expose());
    let pem = ClientIdentity::from_pem(certificate.certificate_pem(), &key).unwrap();
    let password = SecretString::from("made-up");
    let pfx = ClientIdentity::from_pfx(certificate.pfx("made-up").unwrap(), &password).unwrap();
    for identity in [pem, pfx] {
        assert!(identity.subject().contains("Made-up Fintech AB"), "{}", identity.subject());
        let client = builder(&sandbox).identity(identity).build().unwrap();
        created(&bank(&client, NORDEA, WILLING)).await;
    }
}

#[tokio::test]
async fn f05_without_a_certificate_or_with_a_strangers_nothing_is_done_and_the_error_says_why() {
    let sandbox = Sandbox::builder().require_client_certificate().start().await.unwrap();
    let stranger = Authority::generate().unwrap().issue_client("Somebody Else AB").unwrap();
    let key = SecretString::from(stranger.key_pem().expose());
    let stranger = ClientIdentity::from_pem(stranger.certificate_pem(), &key).unwrap();
    for client in [builder(&sandbox), builder(&sandbox).identity(stranger)] {
        let client = client.build().unwrap();
        let error = client.directory(Context::Private).countries().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Certificate, "{error}");
        let error =
            bank(&client, NORDEA, WILLING).create_payment(crate::support::payment()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Certificate, "{error}");
    }
    let api = sandbox.ledger().requests().into_iter().filter(|seen| seen.template.starts_with("/psd2"));
    assert_eq!(api.count(), 0);
}

#[tokio::test]
async fn f28_the_auth_host_serves_no_api_to_anybody() {
    let sandbox = Sandbox::builder().require_client_certificate().start().await.unwrap();
    let environment = Environment::custom(sandbox.auth_url(), sandbox.auth_url()).unwrap();
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let trust = Trust::Only(sandbox.ca_pem().unwrap().as_bytes().to_vec());
    let client = Client::builder(environment, credentials).trust(trust).build().unwrap();
    let error = client.directory(Context::Private).countries().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Certificate, "{error}");
    assert_eq!(error.http_status().unwrap().as_u16(), 401);
}

#[tokio::test]
async fn a_certificate_issued_before_a_start_is_good_after_it() {
    let kept = Authority::generate().unwrap();
    let issued = kept.issue_client("Made-up Fintech AB").unwrap();
    let again = Authority::from_key_pem(kept.key_pem().expose()).unwrap();
    let sandbox = Sandbox::builder().require_client_certificate().authority(again).start().await.unwrap();
    let key = SecretString::from(issued.key_pem().expose());
    let identity = ClientIdentity::from_pem(issued.certificate_pem(), &key).unwrap();
    let trust = Trust::Only(kept.certificate_pem().as_bytes().to_vec());
    let client = builder(&sandbox).trust(trust).identity(identity).build().unwrap();
    client.directory(Context::Private).countries().await.unwrap();
}

#[tokio::test]
async fn b8_a_token_bound_to_our_certificate_serves_us_and_nobody_who_took_it() {
    let authority = Authority::generate().unwrap();
    let identity = |name| {
        let issued = authority.issue_client(name).unwrap();
        let key = SecretString::from(issued.key_pem().expose());
        ClientIdentity::from_pem(issued.certificate_pem(), &key).unwrap()
    };
    let (ours, other) = (identity("Made-up Fintech AB"), identity("Another Made-up AB"));
    let sandbox = Sandbox::builder().authority(authority).bind_tokens().start().await.unwrap();
    let transport = Trust::Only(sandbox.ca_pem().unwrap().as_bytes().to_vec());
    let transport = ReqwestTransport::builder().trust(transport).identity(ours).build().unwrap();
    let client = builder(&sandbox).transport(Arc::new(transport.clone())).build().unwrap();
    let countries = client.directory(Context::Private).countries().await.unwrap();
    assert!(!countries.body.is_empty());

    // The token stays, the certificate is another one.
    transport.replace_identity(&other).unwrap();
    let before = sandbox.ledger().token_requests();
    client.directory(Context::Private).countries().await.unwrap();
    assert_eq!(
        sandbox.ledger().token_requests(),
        before + 1,
        "it was refused, and one was asked for with this one"
    );
}

#[tokio::test]
async fn b1_a_sandbox_beyond_this_machine_serves_who_brings_its_access_token() {
    const ACCESS: &str = "made-up-access-token";
    // A name of this machine that the sandbox takes for another one.
    let sandbox = Sandbox::builder().listen(([0, 0, 0, 0], 0)).beyond_loopback("127.0.0.2", ACCESS).start();
    let sandbox = sandbox.await.unwrap();
    let client = || crate::support::client_builder(&sandbox, sandbox.client_secret().expose());
    let error = client().build().unwrap().directory(Context::Private).countries().await.unwrap_err();
    assert_eq!(error.http_status().unwrap().as_u16(), 403, "{error}");
    let name = HeaderName::from_static("x-sandbox-access");
    let let_in = client().gateway_header(name, HeaderValue::from_static(ACCESS));
    assert!(!format!("{let_in:?}").contains(ACCESS));
    let client = let_in.build().unwrap();
    assert!(!format!("{client:?}").contains(ACCESS));
    assert!(!client.directory(Context::Private).countries().await.unwrap().body.is_empty());
}
