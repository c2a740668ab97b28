//! Proxies: none unless asked for, and never for what stays on this machine.

use std::process::Command;

use openpayments_transport::{Delivery, Transport, TransportErrorKind};
use openpayments_transport_reqwest::{BuildErrorKind, ReqwestTransport, Trust};

use crate::certificates::Authority;
use crate::ends::{HOST, get, is_untouched, post, soon, told, trusting};
use crate::raw_server::answering;
use crate::tls_server::{Terms, TlsServer};

/// Where the child below finds its test's proxy, and that it is the child.
const CHILD: &str = "OPENPAYMENTS_TEST_PROXY";

/// Environment variables cannot be set safely in a process with threads, so the test runs itself again in another.
#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    if std::env::var_os(CHILD).is_some() {
        let banks = Authority::new("banks");
        let server = TlsServer::start(Terms::new(banks.server(HOST))).await;
        let transport = trusting(&banks, server.address).build().unwrap();
        soon(transport.send(get(server.url("/")))).await.unwrap();
        let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        soon(transport.send(get(base))).await.unwrap();
        return;
    }
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::proxies_of_the_environment_are_not_used"]).env(CHILD, "1");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &url).env(name.to_lowercase(), &url);
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert!(is_untouched(&proxy));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_when_asked_for() {
    if std::env::var_os(CHILD).is_some() {
        let transport = ReqwestTransport::builder()
            .trust(Trust::Only(Authority::new("nobody").root_pem()))
            .https_proxy_from_environment()
            .unwrap()
            .build()
            .unwrap();
        let error = soon(transport.send(get(format!("https://{HOST}/")))).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Proxy, "{error:?}");
        return;
    }
    let proxy = answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::a_proxy_of_the_environment_is_used_when_asked_for"]).env(CHILD, "1");
    child.env("HTTPS_PROXY", proxy).env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_as_such_f15() {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        "",
    ] {
        for request in [get, post] {
            let proxy = answering(answer).await;
            let transport = ReqwestTransport::builder()
                .trust(Trust::Only(Authority::new("nobody").root_pem()))
                .https_proxy(&proxy)
                .unwrap()
                .build()
                .unwrap();
            let error = soon(transport.send(request(format!("https://{HOST}/")))).await.unwrap_err();
            assert_eq!(told(&error), (TransportErrorKind::Proxy, Delivery::NotSent), "{error:?}");
        }
    }
}

#[tokio::test]
async fn plain_http_is_never_proxied() {
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let transport = ReqwestTransport::builder()
        .trust(Trust::Only(Authority::new("nobody").root_pem()))
        .https_proxy(&format!("http://{}", proxy.local_addr().unwrap()))
        .unwrap()
        .build()
        .unwrap();
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    soon(transport.send(get(base))).await.unwrap();
    assert!(is_untouched(&proxy));
}

#[test]
fn a_proxy_that_is_no_url_is_refused_without_quoting_it() {
    let error = ReqwestTransport::builder().https_proxy("http://user:secret@[").unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::InvalidProxy);
    assert!(!format!("{error:?} {error}").contains("secret"));
}
