//! TLS as the listeners speak it.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig, crypto};

use crate::authority::Authority;
use crate::error::{Error, ErrorKind};

/// What is asked of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    Nothing,
    /// A certificate of the authority, from whoever has one.
    Optionally,
    /// A certificate of the authority, from everybody.
    Always,
}

/// An acceptor for these host names.
pub(crate) fn acceptor(
    authority: &Authority,
    hosts: &BTreeSet<String>,
    asks: Asks,
) -> Result<TlsAcceptor, Error> {
    let refused =
        |source: rustls::Error| Error::new(ErrorKind::Certificates, "TLS settings").caused_by(source);
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(refused)?;
    let config = match asks {
        Asks::Nothing => config.with_no_client_auth(),
        Asks::Optionally | Asks::Always => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(authority)?), provider);
            let verifier = if asks == Asks::Optionally { verifier.allow_unauthenticated() } else { verifier };
            let verifier = verifier.build();
            config.with_client_cert_verifier(verifier.map_err(|source| {
                Error::new(ErrorKind::Certificates, "the clients' authority").caused_by(source)
            })?)
        }
    };
    let (certificate, key) = authority.issue_server(hosts)?;
    let mut config = config.with_single_cert(vec![certificate], key).map_err(refused)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn roots(authority: &Authority) -> Result<RootCertStore, Error> {
    let unusable = || Error::new(ErrorKind::Certificates, "the authority's certificate");
    let certificate = CertificateDer::from_pem_slice(authority.certificate_pem().as_bytes())
        .map_err(|why| unusable().caused_by(why))?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).map_err(|why| unusable().caused_by(why))?;
    Ok(roots)
}
