//! The client certificate: shown when asked for, and what is told when it is missing or refused.

use openpayments_transport::{CertificateSide, Delivery, Transport, TransportErrorKind};
use openpayments_transport_reqwest::ClientIdentity;
use rcgen::KeyPair;
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use secrecy::SecretString;

use crate::certificates::Authority;
use crate::ends::{HOST, get, post, soon, told, trusting};
use crate::tls_server::{Seen, Terms, TlsServer};

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
const MINE: TransportErrorKind = TransportErrorKind::Certificate(CertificateSide::Mine);

struct Bench {
    banks: Authority,
    clients: Authority,
    server: TlsServer,
}

async fn bench(version: &'static SupportedProtocolVersion) -> Bench {
    let (banks, clients) = (Authority::new("banks"), Authority::new("clients"));
    let terms = Terms::new(banks.server(HOST)).demanding(&clients).only(version);
    Bench { server: TlsServer::start(terms).await, banks, clients }
}

impl Bench {
    async fn sees(mut self, identity: ClientIdentity, subject: &str) {
        let transport = trusting(&self.banks, self.server.address).identity(identity).build().unwrap();
        let answer = soon(transport.send(get(self.server.url("/")))).await.unwrap();
        assert_eq!(answer.status(), 200);
        let Seen::Connected { subject: seen, .. } = self.server.next().await else { panic!("no connection") };
        assert_eq!(seen.as_deref(), Some(subject));
    }

    /// Both kinds of request are refused, and none reaches the server's application.
    async fn refuses(mut self, identity: Option<ClientIdentity>, delivery: Delivery) {
        let mut builder = trusting(&self.banks, self.server.address);
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        let transport = builder.build().unwrap();
        for request in [get(self.server.url("/")), post(self.server.url("/"))] {
            let error = soon(transport.send(request)).await.unwrap_err();
            assert_eq!(told(&error), (MINE, delivery), "{error:?}");
            assert_eq!(self.server.next().await, Seen::Refused);
        }
        assert!(self.server.saw_nothing_else());
    }
}

/// With TLS 1.3 the refusal comes after the handshake, when the request may be under way.
fn delivery(version: &SupportedProtocolVersion) -> Delivery {
    if version == &TLS12 { Delivery::NotSent } else { Delivery::Unknown }
}

#[tokio::test]
async fn the_server_sees_the_certificate_from_pem() {
    for version in VERSIONS {
        let bench = bench(version).await;
        let identity = bench.clients.client("pem client").identity();
        bench.sees(identity, "CN=pem client").await;
    }
}

#[tokio::test]
async fn the_server_sees_the_certificate_from_pfx() {
    for version in VERSIONS {
        let bench = bench(version).await;
        let archive = bench.clients.client("pfx client").pfx("lösenord");
        let identity = ClientIdentity::from_pfx(archive, &SecretString::from("lösenord")).unwrap();
        bench.sees(identity, "CN=pfx client").await;
    }
}

#[tokio::test]
async fn keys_of_every_usual_kind_work() {
    for algorithm in [&rcgen::PKCS_RSA_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519] {
        let bench = bench(&TLS13).await;
        let key = KeyPair::generate_for(algorithm).unwrap();
        let identity = bench.clients.client_with("any key", key, |_| {}).identity();
        bench.sees(identity, "CN=any key").await;
    }
}

#[tokio::test]
async fn no_certificate_is_told_as_ours_missing_f05() {
    for version in VERSIONS {
        bench(version).await.refuses(None, delivery(version)).await;
    }
}

#[tokio::test]
async fn a_certificate_of_a_foreign_authority_is_told_as_ours_refused_f05() {
    for version in VERSIONS {
        let foreign = Authority::new("foreign").client("stranger").identity();
        bench(version).await.refuses(Some(foreign), delivery(version)).await;
    }
}

#[tokio::test]
async fn an_expired_certificate_is_told_as_ours_refused_f05() {
    use crate::certificates::{valid_in, year};
    for version in VERSIONS {
        let bench = bench(version).await;
        let old = bench.clients.client_with("old", KeyPair::generate().unwrap(), |p| valid_in(p, 2001));
        let identity = ClientIdentity::loader().at(year(2001)).pem(old.chain_pem(), &old.key_pem()).unwrap();
        bench.refuses(Some(identity), delivery(version)).await;
    }
}

#[tokio::test]
async fn a_replaced_certificate_is_shown_from_the_next_request_on_c26() {
    let mut bench = bench(&TLS13).await;
    let [first, second] = ["first", "second"].map(|name| bench.clients.client(name).identity());
    let transport = trusting(&bench.banks, bench.server.address).identity(first).build().unwrap();
    let shared = transport.clone();

    for (name, replacement) in [("first", Some(second)), ("second", None)] {
        for request in [get(bench.server.url("/")), post(bench.server.url("/"))] {
            soon(shared.send(request)).await.unwrap();
            let Seen::Connected { subject, .. } = bench.server.next().await else { panic!("no connection") };
            assert_eq!(subject, Some(format!("CN={name}")));
            assert!(matches!(bench.server.next().await, Seen::Request(_)));
        }
        if let Some(identity) = replacement {
            transport.replace_identity(&identity).unwrap();
        }
    }
}
