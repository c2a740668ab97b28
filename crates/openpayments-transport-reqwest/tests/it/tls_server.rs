//! A TLS server that tells the test what it saw.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::FromDer;

use crate::certificates::{Authority, Issued};
use crate::ends::soon;
use crate::raw_server::read_request;

/// What the server saw, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A handshake that did not come to its end.
    Refused,
    /// A connection: the subject of the client's certificate, and the protocol agreed on.
    Connected { subject: Option<String>, protocol: Option<String> },
    /// A request, by the version it came in.
    Request(&'static str),
}

pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    seen: mpsc::UnboundedReceiver<Seen>,
}

/// How the server behaves.
pub(crate) struct Terms {
    certificate: Issued,
    clients: Option<Vec<rustls::pki_types::CertificateDer<'static>>>,
    versions: Vec<&'static SupportedProtocolVersion>,
    silent_streams: usize,
}

impl Terms {
    pub(crate) fn new(certificate: Issued) -> Self {
        let versions = vec![&rustls::version::TLS13, &rustls::version::TLS12];
        Self { certificate, clients: None, versions, silent_streams: 0 }
    }

    /// Demands a client certificate of this authority.
    pub(crate) fn demanding(mut self, authority: &Authority) -> Self {
        self.clients = Some(vec![authority.root_der()]);
        self
    }

    pub(crate) fn only(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    /// Leaves the first `count` HTTP/2 requests without an answer.
    pub(crate) fn silent_for(mut self, count: usize) -> Self {
        self.silent_streams = count;
        self
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions)
            .unwrap();
        let builder = match &self.clients {
            None => builder.with_no_client_auth(),
            Some(roots) => {
                let mut store = RootCertStore::empty();
                for root in roots {
                    store.add(root.clone()).unwrap();
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain = vec![self.certificate.certificate.der().clone(), self.certificate.issuing.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.certificate.key.serialize_der()));
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config
    }
}

impl TlsServer {
    pub(crate) async fn start(terms: Terms) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(terms.config()));
        let (tell, seen) = mpsc::unbounded_channel();
        let silent = Arc::new(std::sync::atomic::AtomicUsize::new(terms.silent_streams));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream, tell.clone(), Arc::clone(&silent)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}:{}{path}", crate::ends::HOST, self.address.port())
    }

    pub(crate) async fn next(&mut self) -> Seen {
        soon(self.seen.recv()).await.expect("the server lives")
    }

    /// Whether nothing more was seen so far.
    pub(crate) fn saw_nothing_else(&mut self) -> bool {
        self.seen.try_recv().is_err()
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    tell: mpsc::UnboundedSender<Seen>,
    silent: Arc<std::sync::atomic::AtomicUsize>,
) {
    let stream = match acceptor.accept(stream).into_fallible().await {
        Ok(stream) => stream,
        Err((_, mut stream)) => {
            let _ = tell.send(Seen::Refused);
            // Closing with unread bytes would reset the connection and could overtake the alert.
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
            return;
        }
    };
    let (_, session) = stream.get_ref();
    let subject = session.peer_certificates().and_then(|chain| chain.first()).map(|leaf| {
        let (_, leaf) = x509_parser::certificate::X509Certificate::from_der(leaf).unwrap();
        leaf.subject().to_string()
    });
    let protocol = session.alpn_protocol().map(|protocol| String::from_utf8_lossy(protocol).into_owned());
    let is_h2 = protocol.as_deref() == Some("h2");
    let _ = tell.send(Seen::Connected { subject, protocol });
    if is_h2 {
        serve_h2(stream, tell, silent).await;
    } else {
        serve_http1(stream, tell).await;
    }
}

async fn serve_http1(mut stream: TlsStream<TcpStream>, tell: mpsc::UnboundedSender<Seen>) {
    while read_request(&mut stream).await.is_some() {
        let _ = tell.send(Seen::Request("http/1.1"));
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

async fn serve_h2(
    stream: TlsStream<TcpStream>,
    tell: mpsc::UnboundedSender<Seen>,
    silent: Arc<std::sync::atomic::AtomicUsize>,
) {
    use std::sync::atomic::Ordering::SeqCst;

    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    let mut unanswered = Vec::new();
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        let _ = tell.send(Seen::Request("h2"));
        if silent.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            // Dropping it would answer with a reset.
            unanswered.push(respond);
            continue;
        }
        if let Ok(mut body) = respond.send_response(http::Response::new(()), false) {
            let _ = body.send_data("{}".into(), true);
        }
    }
}
