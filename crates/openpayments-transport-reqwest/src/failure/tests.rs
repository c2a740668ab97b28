//! Failures that no loopback server can bring about.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Name, Resolve, Resolving};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use super::*;

struct NoSuchName;

impl Resolve for NoSuchName {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

struct Resolved(SocketAddr);

impl Resolve for Resolved {
    fn resolve(&self, _: Name) -> Resolving {
        let address = self.0;
        let addresses: reqwest::dns::Addrs = Box::new(std::iter::once(address));
        Box::pin(async move { Ok(addresses) })
    }
}

fn client(resolver: impl Resolve + 'static) -> reqwest::Client {
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .dns_resolver(resolver)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_name_without_an_address_means_not_sent_f01() {
    let error = client(NoSuchName).get("https://bank.test/secret?token=1").send().await.unwrap_err();
    let failure = classify(&error);
    assert_eq!(failure.kind(), TransportErrorKind::Connection(Stage::Dns));
    assert_eq!(failure.delivery(), Delivery::NotSent);
}

#[tokio::test]
async fn no_text_of_the_chain_names_the_url_k4() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("https://bank.test:{}/secret?token=1", closed.port());
    let error = client(Resolved(closed)).get(&url).send().await.unwrap_err();
    assert!(error.to_string().contains("secret"), "reqwest is expected to tell its url: {error}");
    let failure = classify(&error);
    assert!(std::error::Error::source(&failure).is_some());
    for link in links(&failure) {
        let text = format!("{link} {link:?}");
        assert!(!text.contains("secret") && !text.contains("token"), "{text}");
    }
}

#[test]
fn every_alert_about_a_certificate_is_ours_to_mend_and_no_other() {
    let about = [41, 42, 43, 44, 45, 46, 48, 49, 111, 116];
    for code in 0..=u8::MAX {
        let alert = AlertDescription::from(code);
        assert_eq!(is_about_our_certificate(alert), about.contains(&code), "{alert:?}");
    }
}

#[test]
fn a_rustls_error_is_found_inside_an_io_error() {
    let tls = rustls::Error::AlertReceived(AlertDescription::CertificateRequired);
    let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls.clone()));
    assert!(links(&wrapped).any(|link| link.downcast_ref() == Some(&tls)));
}

#[test]
fn an_alert_is_recognised_by_its_text_alone() {
    for code in 0..=u8::MAX {
        let alert = AlertDescription::from(code);
        let text = rustls::Error::AlertReceived(alert).to_string();
        assert_eq!(alert_in(&text), Some(alert), "{text}");
    }
    assert_eq!(alert_in("received fatal alert: Weather"), None);
    assert_eq!(alert_in("CertificateRequired"), None);
}
