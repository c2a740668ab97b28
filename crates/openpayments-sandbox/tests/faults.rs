//! Faults as bytes on a socket: where an answer ends, how, and what comes before its end.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::io::ErrorKind as IoError;
use std::time::Duration;

use openpayments_sandbox::{CannedAnswer, Fault, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", sandbox.api_url().port().unwrap())).await.unwrap()
}

const REQUEST: &[u8] = b"GET /psd2/consent/v1/consents/x HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// What is read until the connection ends, and the error it ends with.
async fn read_out(mut stream: TcpStream) -> (String, Option<IoError>) {
    let mut read = Vec::new();
    let ended = stream.read_to_end(&mut read).await.err().map(|error| error.kind());
    (String::from_utf8(read).unwrap(), ended)
}

async fn struck_by(fault: Fault) -> (String, Option<IoError>) {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.faults().script(fault).unwrap();
    let mut stream = connect(&sandbox).await;
    stream.write_all(REQUEST).await.unwrap();
    let end = read_out(stream).await;
    assert_eq!(sandbox.ledger().requests().len(), 1);
    end
}

#[tokio::test]
async fn b5_an_answer_ends_where_it_was_told_to_by_a_reset_or_by_closing() {
    let reset = Some(IoError::ConnectionReset);
    for (fault, bytes) in [
        (Fault::lose_request(), 0),
        (Fault::lose_answer(), 0),
        (Fault::cut_head(0), 0),
        (Fault::cut_head(12), 12),
    ] {
        assert_eq!(struck_by(fault.clone()).await, ("HTTP/1.1 401".get(..bytes).unwrap().to_owned(), reset));
        let closed = struck_by(fault.by_closing()).await;
        assert_eq!(closed, ("HTTP/1.1 401".get(..bytes).unwrap().to_owned(), None));
    }
}

#[tokio::test]
async fn b5_a_cut_body_follows_its_whole_head() {
    for (bytes, left) in [(0, ""), (5, "{\"tpp")] {
        let (text, ended) = struck_by(Fault::cut_body(bytes)).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-length: "), "{head}");
        assert_eq!((body, ended), (left, Some(IoError::ConnectionReset)));
    }
    let (text, _) = struck_by(Fault::cut_body(usize::MAX)).await;
    assert!(text.ends_with("}]"), "the last byte is missing: {text}");
    let (text, ended) = struck_by(Fault::cut_body(5).by_closing()).await;
    assert!(text.ends_with("\r\n\r\n{\"tpp") && ended.is_none(), "{text}");
}

#[tokio::test]
async fn b5_a_dropped_connection_is_reset_and_the_next_one_served() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.faults().script(Fault::drop_connection().nth(2)).unwrap();
    for dropped in [false, true, false] {
        let mut stream = connect(&sandbox).await;
        // The reset may be there before the request is written.
        let _ = stream.write_all(REQUEST).await;
        let mut first = [0; 8];
        let read = stream.read_exact(&mut first).await;
        assert_eq!(read.is_err(), dropped, "{read:?}");
    }
}

#[tokio::test]
async fn a_delayed_answer_comes_when_the_clock_has_been_moved() {
    let frozen = Sandbox::builder().frozen_at("2026-03-02T10:00:00Z".parse().unwrap());
    let sandbox = frozen.start().await.unwrap();
    sandbox.faults().script(Fault::delay_answer(Duration::from_hours(1))).unwrap();
    let mut stream = connect(&sandbox).await;
    stream.write_all(REQUEST).await.unwrap();
    // Somebody else is served meanwhile.
    let mut other = connect(&sandbox).await;
    other.write_all(REQUEST).await.unwrap();
    other.read_exact(&mut [0; 12]).await.unwrap();
    assert_eq!(sandbox.ledger().requests().len(), 1, "the first one is not answered yet");
    sandbox.clock().advance(Duration::from_hours(1));
    stream.read_exact(&mut [0; 12]).await.unwrap();
}

#[tokio::test]
async fn a_canned_fault_of_the_server_is_told_with_its_body_or_without() {
    let sandbox = Sandbox::start().await.unwrap();
    let html = CannedAnswer::status(502).body("text/html", "<h1>Bad gateway</h1>");
    for (answer, ends) in [(html, "<h1>Bad gateway</h1>"), (CannedAnswer::status(503), "\r\n\r\n")] {
        sandbox.faults().script(Fault::answer_instead(answer.clone())).unwrap();
        let mut stream = connect(&sandbox).await;
        let request = REQUEST.strip_suffix(b"\r\n").unwrap();
        stream.write_all(&[request, b"Connection: close\r\n\r\n"].concat()).await.unwrap();
        let (text, _) = read_out(stream).await;
        assert!(text.starts_with("HTTP/1.1 50") && text.ends_with(ends), "{text}");
    }
}
