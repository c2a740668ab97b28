//! Which connection a request goes to.

use std::time::Duration;

use openpayments_transport::{Limits, Stage, Transport, TransportErrorKind};

use crate::certificates::Authority;
use crate::ends::{HOST, get, soon, trusting};
use crate::tls_server::{Seen, Terms, TlsServer};

#[tokio::test]
async fn reads_share_one_connection() {
    let banks = Authority::new("banks");
    let mut server = TlsServer::start(Terms::new(banks.server(HOST))).await;
    let transport = trusting(&banks, server.address).build().unwrap();
    for _ in 0..3 {
        soon(transport.send(get(server.url("/")))).await.unwrap();
    }
    assert!(matches!(server.next().await, Seen::Connected { .. }));
    for _ in 0..3 {
        assert_eq!(server.next().await, Seen::Request("h2"));
    }
    assert!(server.saw_nothing_else());
}

#[tokio::test]
async fn a_connection_with_a_timed_out_request_takes_no_new_one_c7() {
    let banks = Authority::new("banks");
    let mut server = TlsServer::start(Terms::new(banks.server(HOST)).silent_for(1)).await;
    let transport = trusting(&banks, server.address).build().unwrap();

    let hasty = get(server.url("/")).with_limits(Limits::default().with_total(Duration::from_millis(500)));
    let error = soon(transport.send(hasty)).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Stage::Exchange), "{error:?}");
    soon(transport.send(get(server.url("/")))).await.unwrap();

    assert!(matches!(server.next().await, Seen::Connected { .. }));
    assert_eq!(server.next().await, Seen::Request("h2"));
    assert!(matches!(server.next().await, Seen::Connected { .. }), "the old connection was used again");
    assert_eq!(server.next().await, Seen::Request("h2"));
}
