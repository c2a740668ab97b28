//! Answers that are not the HTTP agreed on.

use openpayments_transport::{Delivery, Effect, Request, Stage, Transport, TransportErrorKind};
use tokio::io::AsyncWriteExt;

use crate::ends::{get, plain, post, soon, told};
use crate::raw_server::{answering, listen, one_request};

async fn kind_for(answer: impl Into<Vec<u8>>) -> TransportErrorKind {
    let answer = answer.into();
    let mut kinds = Vec::new();
    for request in [get, post] {
        let base = answering(answer.clone()).await;
        let error = soon(plain().send(request(base))).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown);
        kinds.push(error.kind());
    }
    assert_eq!(kinds[0], kinds[1], "reads and writes differ");
    kinds[0]
}

#[tokio::test]
async fn gzip_is_offered_unless_the_caller_decides_c13() {
    for (given, offered) in [(None, "gzip"), (Some("identity"), "identity")] {
        let (listener, base) = listen().await;
        let peer = tokio::spawn(async move { one_request(&listener).await.1 });
        let mut http = get(base).into_http();
        if let Some(given) = given {
            http.headers_mut().insert("accept-encoding", http::HeaderValue::from_static(given));
        }
        // The peer hangs up once it has read the request.
        soon(plain().send(Request::new(http, Effect::Read))).await.unwrap_err();
        let request = soon(peer).await.unwrap();
        let lines: Vec<_> = request.lines().filter(|line| line.starts_with("accept-encoding")).collect();
        assert_eq!(lines, [format!("accept-encoding: {offered}")]);
    }
}

#[tokio::test]
async fn heads_that_make_no_sense_are_protocol_errors() {
    let cases = [
        ("I042 two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"),
        ("I042 no number", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"),
        ("I045 folded field", "HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 0\r\n\r\n"),
        ("I045 NUL in a value", "HTTP/1.1 200 OK\r\nx-a: 1\x002\r\ncontent-length: 0\r\n\r\n"),
        ("I052 old version", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"),
        ("I052 no head at all", "just text\r\n\r\n"),
        ("I052 status 99", "HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n"),
        ("I052 status 700", "HTTP/1.1 700 Odd\r\ncontent-length: 0\r\n\r\n"),
        ("I053 upgrade", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
        ("I041 encoding", "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 0\r\n\r\n"),
        ("I043 chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx"),
        ("I043 negative chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nx"),
    ];
    for (name, answer) in cases {
        assert_eq!(kind_for(answer).await, TransportErrorKind::Protocol, "{name}");
    }
}

#[tokio::test]
async fn a_head_above_any_limit_is_refused_i045() {
    let fields = "x-filler: v\r\n".repeat(129);
    let many = format!("HTTP/1.1 200 OK\r\n{fields}content-length: 0\r\n\r\n");
    assert_eq!(kind_for(many).await, TransportErrorKind::LimitExceeded);
    for size in [65_536, 1024 * 1024] {
        let large = format!("HTTP/1.1 200 OK\r\nx-a: {}\r\ncontent-length: 0\r\n\r\n", "v".repeat(size));
        assert_eq!(kind_for(large).await, TransportErrorKind::LimitExceeded, "{size}");
    }
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_a_broken_connection_i042_i043() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        assert_eq!(kind_for(answer).await, TransportErrorKind::Connection(Stage::Exchange));
    }
}

#[tokio::test]
async fn a_second_answer_on_the_connection_is_not_taken_for_the_next_one_f18() {
    let one = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none";
    let base = answering(format!("{one}{}", one.replace("one", "two"))).await;
    let transport = plain();
    assert_eq!(soon(transport.send(get(&base))).await.unwrap().body(), "one");
    // The peer serves one connection only: whatever comes, it must not be the second answer.
    assert!(soon(transport.send(get(&base))).await.is_err());
}

#[tokio::test]
async fn an_endless_body_is_cut_off_at_its_limit_i044() {
    let (listener, base) = listen().await;
    let peer = tokio::spawn(async move {
        let (mut stream, _) = one_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
        let mut written = 0;
        // Ends when the client drops the connection, which is what this is about.
        while stream.write_all(&chunk).await.is_ok() {
            written += 0x1000;
        }
        written
    });
    let error = soon(plain().send(get(base))).await.unwrap_err();
    assert_eq!(told(&error), (TransportErrorKind::LimitExceeded, Delivery::Unknown));
    let written: usize = soon(peer).await.unwrap();
    assert!(written > 1024 * 1024);
}
