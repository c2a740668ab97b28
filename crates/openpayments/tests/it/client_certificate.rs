//! The client certificate that production demands, against an API host that demands one.

use openpayments::prelude::*;
use openpayments::transport_reqwest::{ClientIdentity, Trust};
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
