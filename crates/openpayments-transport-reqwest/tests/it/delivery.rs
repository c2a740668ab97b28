//! One send is one delivery at most, and redirects lead nowhere.

use std::time::Duration;

use openpayments_transport::{Delivery, Effect, Limits, Stage, Transport, TransportErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::ends::{get, is_untouched, plain, post, soon, told};
use crate::raw_server::{answering, listen, one_request, read_request};

const BROKEN: (TransportErrorKind, Delivery) =
    (TransportErrorKind::Connection(Stage::Exchange), Delivery::Unknown);

fn nobody_else_came(listener: TcpListener) -> bool {
    is_untouched(&listener.into_std().unwrap())
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_its_target_gets_no_connection_c4() {
    let target = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let location = format!("http://{}/", target.local_addr().unwrap());
    for status in [301, 302, 303, 307, 308] {
        for request in [get, post] {
            let answer =
                format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            let base = answering(answer).await;
            let answer = soon(plain().send(request(base))).await.unwrap();
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()["location"], *location);
        }
    }
    assert!(is_untouched(&target));
}

#[tokio::test]
async fn a_write_that_was_read_and_then_closed_on_is_sent_once_c5_f07() {
    let (listener, base) = listen().await;
    let peer = tokio::spawn(async move {
        let (stream, request) = one_request(&listener).await;
        assert!(request.ends_with(r#"{"amount":"1.00"}"#));
        drop(stream);
        listener
    });
    let error = soon(plain().send(post(base))).await.unwrap_err();
    assert_eq!(told(&error), BROKEN, "{error:?}");
    assert!(nobody_else_came(soon(peer).await.unwrap()));
}

#[tokio::test]
async fn a_write_that_was_read_and_then_reset_is_sent_once_c5_f07() {
    let (listener, base) = listen().await;
    let peer = tokio::spawn(async move {
        let (stream, _) = one_request(&listener).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
        listener
    });
    let error = soon(plain().send(post(base))).await.unwrap_err();
    assert_eq!(told(&error), BROKEN, "{error:?}");
    assert!(nobody_else_came(soon(peer).await.unwrap()));
}

#[tokio::test]
async fn a_write_cut_on_a_connection_used_before_is_sent_once_c5_f07() {
    let (listener, base) = listen().await;
    let peer = tokio::spawn(async move {
        let (mut stream, _) = one_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        read_request(&mut stream).await.expect("the second on the same connection");
        drop(stream);
        listener
    });
    let transport = plain();
    soon(transport.send(post(&base))).await.unwrap();
    let error = soon(transport.send(post(&base))).await.unwrap_err();
    assert_eq!(told(&error), BROKEN, "{error:?}");
    assert!(nobody_else_came(soon(peer).await.unwrap()));
}

#[tokio::test]
async fn a_write_after_the_server_closed_an_idle_connection_goes_to_a_new_one_f06() {
    let (listener, base) = listen().await;
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    let peer = tokio::spawn(async move {
        let (mut stream, _) = one_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        // The client has seen the end once it closes its side.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        closed.send(rest).unwrap();
        let (mut stream, _) = one_request(&listener).await;
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        listener
    });
    let transport = plain();
    soon(transport.send(post(&base))).await.unwrap();
    assert!(soon(is_closed).await.unwrap().is_empty());
    assert_eq!(soon(transport.send(post(&base))).await.unwrap().status(), 201);
    assert!(nobody_else_came(soon(peer).await.unwrap()));
}

#[tokio::test]
async fn silence_ends_at_the_total_deadline_for_reads_and_writes_f10() {
    for effect in [Effect::Read, Effect::Write] {
        let (listener, base) = listen().await;
        let peer = tokio::spawn(async move {
            let (mut stream, _) = one_request(&listener).await;
            // Ends when the client drops the connection.
            stream.read_to_end(&mut Vec::new()).await.unwrap_or_default()
        });
        let request = if effect == Effect::Read { get(base) } else { post(base) };
        let limits = Limits::default().with_total(Duration::from_millis(200));
        let error = soon(plain().send(request.with_limits(limits))).await.unwrap_err();
        assert_eq!(told(&error), (TransportErrorKind::Timeout(Stage::Exchange), Delivery::Unknown));
        assert_eq!(soon(peer).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_drip_ends_at_the_total_deadline_f11() {
    let (listener, base) = listen().await;
    let peer = tokio::spawn(async move {
        let (mut stream, _) = one_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").await.unwrap();
        // As slow as the client's own deadline demands: one byte whenever the scheduler comes by.
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    let limits = Limits::default().with_total(Duration::from_millis(200));
    let error = soon(plain().send(get(base).with_limits(limits))).await.unwrap_err();
    let late = (TransportErrorKind::Timeout(Stage::Exchange), Delivery::Unknown);
    assert_eq!(told(&error), late, "{error:?}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    soon(peer).await.unwrap();
}

#[tokio::test]
async fn a_silent_connection_ends_at_the_read_idle_timeout_c1() {
    let (listener, base) = listen().await;
    let transport = openpayments_transport_reqwest::ReqwestTransport::builder()
        .trust(openpayments_transport_reqwest::Trust::Only(
            crate::certificates::Authority::new("nobody").root_pem(),
        ))
        .read_idle_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let error = soon(transport.send(get(base))).await.unwrap_err();
    assert_eq!(told(&error), (TransportErrorKind::Timeout(Stage::Exchange), Delivery::Unknown));
    drop(listener);
}
