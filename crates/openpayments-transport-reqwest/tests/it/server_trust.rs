//! The server's certificate: checked always, and no byte of ours goes to a server that fails.

use openpayments_transport::{CertificateSide, Delivery, Stage, Transport, TransportErrorKind};
use openpayments_transport_reqwest::{BuildErrorKind, ReqwestTransport, Trust};
use rcgen::KeyPair;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncReadExt;

use crate::certificates::{Authority, Issued, valid_in};
use crate::ends::{HOST, get, is_untouched, post, soon, told, trusting};
use crate::tls_server::{Seen, Terms, TlsServer};

const THEIRS: TransportErrorKind = TransportErrorKind::Certificate(CertificateSide::Theirs);

async fn is_refused(trusted: &Authority, certificate: impl Fn() -> Issued) {
    for version in [&TLS12, &TLS13] {
        let mut server = TlsServer::start(Terms::new(certificate()).only(version)).await;
        let transport = trusting(trusted, server.address).build().unwrap();
        for request in [get(server.url("/")), post(server.url("/"))] {
            let error = soon(transport.send(request)).await.unwrap_err();
            assert_eq!(told(&error), (THEIRS, Delivery::NotSent), "{error:?}");
            assert_eq!(server.next().await, Seen::Refused);
        }
        assert!(server.saw_nothing_else());
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused_f04_i054() {
    let banks = Authority::new("banks");
    is_refused(&banks, || banks.server("other.test")).await;
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_f04_i054() {
    let (banks, unknown) = (Authority::new("banks"), Authority::new("unknown"));
    is_refused(&banks, || unknown.server(HOST)).await;
}

#[tokio::test]
async fn a_transport_that_trusts_nobody_trusts_nobody() {
    let banks = Authority::new("banks");
    for version in [&TLS12, &TLS13] {
        let server = TlsServer::start(Terms::new(banks.server(HOST)).only(version)).await;
        let transport = trusting(&banks, server.address).trust(Trust::Nobody).build().unwrap();
        let error = soon(transport.send(get(server.url("/")))).await.unwrap_err();
        assert_eq!(told(&error), (THEIRS, Delivery::NotSent), "{error:?}");
    }
}

#[tokio::test]
async fn an_expired_certificate_is_refused_f04_i054() {
    let banks = Authority::new("banks");
    is_refused(&banks, || {
        banks.issue(HOST, KeyPair::generate().unwrap(), |params| {
            valid_in(params, 2001);
        })
    })
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_gets_no_request() {
    let (listener, _) = crate::raw_server::listen().await;
    let address = listener.local_addr().unwrap();
    let banks = Authority::new("banks");
    let transport = trusting(&banks, address).build().unwrap();
    let peer = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        (hello, rest)
    });
    let error =
        soon(transport.send(post(format!("https://{HOST}:{}/secret", address.port())))).await.unwrap_err();
    assert_eq!(told(&error), (TransportErrorKind::Tls, Delivery::NotSent), "{error:?}");
    drop(transport);
    let (hello, rest) = soon(peer).await.unwrap();
    assert_eq!(hello[0], 22, "a handshake record");
    assert!(!rest.windows(6).any(|window| window == b"secret"));
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_connect_timeout_f03() {
    let (listener, _) = crate::raw_server::listen().await;
    let address = listener.local_addr().unwrap();
    let transport = trusting(&Authority::new("banks"), address)
        .connect_timeout(std::time::Duration::from_millis(200))
        .build()
        .unwrap();
    // The kernel accepts, and nobody ever answers.
    let error = soon(transport.send(post(format!("https://{HOST}:{}/", address.port())))).await.unwrap_err();
    assert_eq!(told(&error), (TransportErrorKind::Timeout(Stage::Connect), Delivery::NotSent), "{error:?}");
    drop(listener);
}

#[tokio::test]
async fn plain_http_to_another_machine_opens_no_connection_c3() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let transport = trusting(&Authority::new("banks"), address).build().unwrap();
    for request in [
        get(format!("http://{HOST}:{}/", address.port())),
        post(format!("http://{HOST}:{}/", address.port())),
    ] {
        let error = soon(transport.send(request)).await.unwrap_err();
        assert_eq!(told(&error), (TransportErrorKind::InvalidRequest, Delivery::NotSent));
    }
    assert!(is_untouched(&listener));
}

#[test]
fn building_needs_no_runtime_and_says_what_is_wrong_with_roots() {
    let authority = Authority::new("banks");
    ReqwestTransport::builder().trust(Trust::Only(authority.root_pem())).build().unwrap();
    for roots in
        [b"".as_slice(), b"no pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        let error = ReqwestTransport::builder().trust(Trust::Only(roots.to_vec())).build().unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::InvalidRoots);
    }
}
