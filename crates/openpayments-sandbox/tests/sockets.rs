//! The sandbox over real sockets, by a client that knows nothing but bytes.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::sync::Arc;

use openpayments_sandbox::{Approve, Authority, ClientCertificate, ErrorKind, Fault, Sandbox};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use url::Url;

const ACCESS: &str = "made-up-access-token";

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", sandbox.api_url().port().unwrap())).await.unwrap()
}

/// Sends bytes and reads until the server closes.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A connection cut off after its answer has still been answered.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn token_request(sandbox: &Sandbox) -> Vec<u8> {
    let (id, secret) = (sandbox.client_id(), sandbox.client_secret().expose());
    let body = format!(
        "client_id={id}&client_secret={secret}&grant_type=client_credentials&scope=aspspinformation+private"
    );
    request("POST /connect/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", &body)
}

#[tokio::test]
async fn many_run_side_by_side_and_each_knows_its_own_client() {
    let first = Sandbox::start().await.unwrap();
    let second = Sandbox::builder().seed(2).start().await.unwrap();
    assert_ne!(first.api_url(), second.api_url());
    let answer = exchange(connect(&first).await, &token_request(&first)).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let answer = exchange(connect(&second).await, &token_request(&first)).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.ends_with(r#"{"error":"invalid_client"}"#),
        "{answer}"
    );
    assert_eq!((first.ledger().token_requests(), second.ledger().token_requests()), (1, 1));
}

#[tokio::test]
async fn it_stops_when_dropped_and_when_told() {
    for told in [false, true] {
        let sandbox = Sandbox::start().await.unwrap();
        let address = ("127.0.0.1", sandbox.api_url().port().unwrap());
        let mut idle = TcpStream::connect(address).await.unwrap();
        if told {
            sandbox.stop().await;
        } else {
            drop(sandbox);
        }
        let mut nothing = Vec::new();
        let _ = idle.read_to_end(&mut nothing).await;
        assert!(nothing.is_empty());
        assert!(TcpStream::connect(address).await.is_err());
    }
}

#[tokio::test]
async fn i180_slow_clients_do_not_hold_up_others() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let mut slow = Vec::new();
    for _ in 0..100 {
        // They never say hello.
        slow.push(connect(&sandbox).await);
    }
    let stream = tls(&sandbox, &[]).await;
    let answer = exchange(stream, &request("GET / HTTP/1.1", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(slow.len(), 100);
}

#[tokio::test]
async fn b12_of_connections_256_are_served_and_the_next_one_waits_until_one_has_ended() {
    let sandbox = Sandbox::start().await.unwrap();
    let alive = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut served = Vec::new();
    for _ in 0..256 {
        let mut stream = connect(&sandbox).await;
        stream.write_all(alive).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), b'H');
        served.push(stream);
    }
    let mut next = connect(&sandbox).await;
    next.write_all(alive).await.unwrap();
    // One that is served goes on to be, and meanwhile nobody has looked at the next.
    let last = served.last_mut().unwrap();
    last.write_all(alive).await.unwrap();
    assert_eq!(last.read_u8().await.unwrap(), b'T');
    let looked_at = next.try_read(&mut [0; 1]);
    assert_eq!(looked_at.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    served.pop();
    assert_eq!(next.read_u8().await.unwrap(), b'H');
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "the paused time of the test")]
async fn b12_headers_and_bodies_that_do_not_come_are_waited_for_ten_seconds() {
    let sandbox = Sandbox::start().await.unwrap();
    for begun in [
        "GET / HTTP/1.1\r\nHost: loc",
        "POST /connect/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
    ] {
        let start = tokio::time::Instant::now();
        let answer = exchange(connect(&sandbox).await, begun.as_bytes()).await;
        let waited = start.elapsed().as_secs();
        assert!((10..12).contains(&waited), "{waited} s: {answer}");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

async fn tls(sandbox: &Sandbox, alpn: &[&[u8]]) -> tokio_rustls::client::TlsStream<TcpStream> {
    tls_with(sandbox, sandbox.auth_url(), None, alpn).await
}

async fn tls_with(
    sandbox: &Sandbox,
    url: &Url,
    certificate: Option<&ClientCertificate>,
    alpn: &[&[u8]],
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sandbox.ca_pem().unwrap().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match certificate {
        None => config.with_no_client_auth(),
        Some(own) => {
            let chain = CertificateDer::from_pem_slice(own.certificate_pem().as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(own.key_pem().expose().as_bytes()).unwrap();
            config.with_client_auth_cert(vec![chain], key).unwrap()
        }
    };
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn over_tls_both_http_versions_are_agreed_on() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    assert_eq!(sandbox.api_url().scheme(), "https");
    let answer = exchange(tls(&sandbox, &[b"http/1.1"]).await, &request("GET / HTTP/1.1", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let mut second = tls(&sandbox, &[b"h2", b"http/1.1"]).await;
    assert_eq!(second.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    second.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    second.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "the server's settings come first");
}

#[tokio::test]
async fn i172_smuggling_and_oversized_headers_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let large = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Pad: {}\r\n\r\n", "a".repeat(100 * 1024));
    for bad in
        [large.as_str(), "GET / HTTP/1.1\r\nHost: localhost\r\nX-Fold: a\r\n b\r\n\r\n", "nonsense\r\n\r\n"]
    {
        let answer = exchange(connect(&sandbox).await, bad.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let two_hosts = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(exchange(connect(&sandbox).await, two_hosts.as_bytes()).await.starts_with("HTTP/1.1 400"));
    let no_host = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    assert!(exchange(connect(&sandbox).await, no_host.as_bytes()).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn an_address_that_is_taken_or_public_is_refused_by_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let taken = ([127, 0, 0, 1], sandbox.api_url().port().unwrap());
    let error = Sandbox::builder().listen(taken).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Listen);
    assert_eq!(error.to_string(), format!("cannot listen: 127.0.0.1:{}", taken.1));
    let error = Sandbox::builder().listen(([0, 0, 0, 0], 0)).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
}

#[tokio::test]
async fn redirect_uris_clients_and_orders_are_managed_through_the_handle() {
    let callback = Url::parse("http://127.0.0.1:9/callback").unwrap();
    let sandbox = Sandbox::builder().approve(Approve::Manual).redirect_uri(&callback).start().await.unwrap();
    sandbox.register_redirect_uri(&Url::parse("myapp://back").unwrap());
    assert_eq!(sandbox.redirect_uris(), ["http://127.0.0.1:9/callback", "myapp://back"]);
    assert_ne!(sandbox.register_client().id, sandbox.client_id());
    assert!(sandbox.orders().is_empty());
    assert_eq!(sandbox.approve("nobody").unwrap_err().kind(), ErrorKind::UnknownOrder);
    assert_eq!(sandbox.bankid_url().path(), "/bankid");
    assert!(!format!("{sandbox:?}").contains(sandbox.client_secret().expose()));
}

#[tokio::test]
async fn b3_names_of_the_real_platform_are_refused() {
    let named = Sandbox::builder().beyond_loopback("API.openbankingplatform.com.", ACCESS);
    let sent_there = Url::parse("https://auth.sandbox.openbankingplatform.com/connect/authorize").unwrap();
    for builder in [named, Sandbox::builder().redirect_uri(&sent_there)] {
        let error = builder.start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(error.to_string().contains("is the real platform's"), "{error}");
    }
    Sandbox::builder().beyond_loopback("notopenpayments.io", ACCESS).start().await.unwrap();
}

#[tokio::test]
async fn b1_beyond_loopback_it_starts_with_an_access_token_only_and_tells_what_it_binds() {
    let everywhere = || Sandbox::builder().listen(([0, 0, 0, 0], 0));
    for short in ["", "fifteen-letters", "made up access token", "made-up-access-tökën"] {
        let error = everywhere().beyond_loopback("sandbox.test", short).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(error.to_string().contains("16 to 128"), "{error}");
    }
    let sandbox = everywhere().beyond_loopback("sandbox.test", ACCESS).start().await.unwrap();
    let [bound] = sandbox.bound() else { panic!("{:?}", sandbox.bound()) };
    assert!(bound.ip().is_unspecified());
    assert_eq!(sandbox.api_url().as_str(), format!("http://sandbox.test:{}/", bound.port()));
    assert!(!format!("{sandbox:?}").contains(ACCESS));
    // From this machine by one of its own names, and by the one that others use.
    let at_home = exchange(connect(&sandbox).await, &request("GET / HTTP/1.1", "")).await;
    assert!(at_home.starts_with("HTTP/1.1 200"), "{at_home}");
    let named = b"GET / HTTP/1.1\r\nHost: sandbox.test\r\nConnection: close\r\n\r\n";
    let from_afar = exchange(connect(&sandbox).await, named).await;
    assert!(from_afar.starts_with("HTTP/1.1 403") && from_afar.contains("X-Sandbox-Access"), "{from_afar}");
}

#[tokio::test]
async fn b8_a_token_is_good_with_the_certificate_it_was_asked_for_with_and_no_other() {
    let authority = Authority::generate().unwrap();
    let mine = authority.issue_client("Made-up Fintech AB").unwrap();
    let other = authority.issue_client("Another Made-up AB").unwrap();
    let sandbox = Sandbox::builder().authority(authority).bind_tokens().start().await.unwrap();
    let ask = async |url: &Url, certificate, request: &[u8]| {
        exchange(tls_with(&sandbox, url, certificate, &[b"http/1.1"]).await, request).await
    };
    let without = ask(sandbox.auth_url(), None, &token_request(&sandbox)).await;
    assert!(without.starts_with("HTTP/1.1 400") && without.contains("invalid_client"), "{without}");
    let granted = ask(sandbox.auth_url(), Some(&mine), &token_request(&sandbox)).await;
    let token = granted.split(r#""access_token":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let call = format!(
        "GET /psd2/aspspinformation/v1/countries HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\
         X-Request-ID: 7f3f1f0e-58a6-4d3e-8f39-1f3a3d9f0c11"
    );
    let stolen = ask(sandbox.api_url(), Some(&other), &request(&call, "")).await;
    assert!(stolen.starts_with("HTTP/1.1 401") && stolen.contains("TOKEN_INVALID"), "{stolen}");
    let own = ask(sandbox.api_url(), Some(&mine), &request(&call, "")).await;
    assert!(own.starts_with("HTTP/1.1 200"), "{own}");
}

#[tokio::test]
async fn b5_a_go_away_leaves_the_request_out_or_may_cover_it() {
    let path = "/psd2/consent/v1/consents/x";
    // Method and scheme from HPACK's own table, path and authority as they are.
    let mut block = vec![0x82, 0x87, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend_from_slice(path.as_bytes());
    block.extend_from_slice(b"\x01\x09localhost");
    let mut asked = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    asked.extend_from_slice(&[0, 0, u8::try_from(block.len()).unwrap(), 1, 5, 0, 0, 0, 1]);
    asked.extend_from_slice(&block);
    for (fault, last_stream, status) in
        [(Fault::go_away(), 0, 0), (Fault::go_away_afterwards(), u32::MAX >> 1, 401)]
    {
        let sandbox = Sandbox::builder().tls().start().await.unwrap();
        sandbox.faults().script(fault).unwrap();
        let mut stream = tls(&sandbox, &[b"h2"]).await;
        stream.write_all(&asked).await.unwrap();
        let mut read = Vec::new();
        let _ = stream.read_to_end(&mut read).await;
        let (mut rest, mut kinds) = (read.as_slice(), Vec::new());
        let mut told = Vec::new();
        while let [a, b, c, kind, _, _, _, _, _, after @ ..] = rest {
            let length = usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).unwrap();
            kinds.push(*kind);
            (told, rest) = (after[..length].to_vec(), &after[length..]);
        }
        assert_eq!((kinds.last(), kinds.contains(&1)), (Some(&7), false), "{kinds:?}");
        assert_eq!(told, [last_stream.to_be_bytes(), [0; 4]].concat());
        assert_eq!(sandbox.ledger().requests()[0].status, status);
    }
}
