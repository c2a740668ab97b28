//! Which HTTP is spoken over which TLS.

use openpayments_transport::Transport;
use rustls::version::{TLS12, TLS13};

use crate::certificates::Authority;
use crate::ends::{HOST, get, post, soon, trusting};
use crate::tls_server::{Seen, Terms, TlsServer};

#[tokio::test]
async fn reads_speak_http2_and_writes_http1_c6() {
    for version in [&TLS12, &TLS13] {
        let banks = Authority::new("banks");
        let mut server = TlsServer::start(Terms::new(banks.server(HOST)).only(version)).await;
        let transport = trusting(&banks, server.address).build().unwrap();
        for (request, protocol) in [(get(server.url("/")), "h2"), (post(server.url("/")), "http/1.1")] {
            soon(transport.send(request)).await.unwrap();
            let connected = Seen::Connected { subject: None, protocol: Some(protocol.to_owned()) };
            assert_eq!(server.next().await, connected);
            assert_eq!(server.next().await, Seen::Request(protocol));
        }
    }
}
