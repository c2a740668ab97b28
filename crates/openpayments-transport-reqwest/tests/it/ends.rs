//! What every test needs of both ends: requests, transports, and a bound on waiting.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use openpayments_transport::{Delivery, Effect, Request, TransportError, TransportErrorKind};
use openpayments_transport_reqwest::{ReqwestTransport, ReqwestTransportBuilder, Trust};

use crate::certificates::Authority;

/// The host name that test servers have certificates for.
pub(crate) const HOST: &str = "bank.test";

/// Trusts `authority` and finds [`HOST`] at `address`.
pub(crate) fn trusting(authority: &Authority, address: SocketAddr) -> ReqwestTransportBuilder {
    ReqwestTransport::builder().trust(Trust::Only(authority.root_pem())).resolve(HOST, address)
}

/// For plain `http` to this machine.
pub(crate) fn plain() -> ReqwestTransport {
    // The trust store of the machine that runs the tests is left out of it.
    ReqwestTransport::builder().trust(Trust::Only(Authority::new("nobody").root_pem())).build().unwrap()
}

pub(crate) fn get(url: impl AsRef<str>) -> Request {
    request(Method::GET, url.as_ref(), "", Effect::Read)
}

pub(crate) fn post(url: impl AsRef<str>) -> Request {
    request(Method::POST, url.as_ref(), r#"{"amount":"1.00"}"#, Effect::Write)
}

fn request(method: Method, url: &str, body: &'static str, effect: Effect) -> Request {
    let http = http::Request::builder().method(method).uri(url).body(Bytes::from(body)).unwrap();
    Request::new(http, effect)
}

pub(crate) fn told(error: &TransportError) -> (TransportErrorKind, Delivery) {
    (error.kind(), error.delivery())
}

/// Waits, but never for ever: a test that would hang fails instead.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("nothing happened for 20 s")
}

/// Whether nobody has tried to connect. Asks the kernel and does not wait.
pub(crate) fn is_untouched(listener: &std::net::TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    matches!(listener.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}
