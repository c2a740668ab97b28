//! A certificate authority made on the spot, and the server certificate it signs.

use std::collections::BTreeSet;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{self, ServerConfig, crypto};

use crate::error::{Error, ErrorKind};

/// What a TLS listener needs, and what its clients must trust.
pub(crate) struct Identity {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

impl Identity {
    /// Makes both for these host names.
    pub(crate) fn generate(hosts: &BTreeSet<String>) -> Result<Self, Error> {
        let refused = |why: &'static str| {
            move |source: rcgen::Error| Error::new(ErrorKind::Certificates, why).caused_by(source)
        };
        let ca_key = KeyPair::generate().map_err(refused("key of the authority"))?;
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.distinguished_name.push(DnType::CommonName, "openpayments sandbox authority");
        let ca_pem = ca.self_signed(&ca_key).map_err(refused("the authority"))?.pem();
        let issuer = Issuer::new(ca, ca_key);

        let key = KeyPair::generate().map_err(refused("key of the server"))?;
        let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        names.extend(hosts.iter().map(|host| host.trim_matches(['[', ']']).to_owned()));
        let mut server =
            CertificateParams::new(names.into_iter().collect::<Vec<_>>()).map_err(refused("host names"))?;
        server.distinguished_name.push(DnType::CommonName, "openpayments sandbox");
        let certificate = server.signed_by(&key, &issuer).map_err(refused("the server"))?;

        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| Error::new(ErrorKind::Certificates, "key of the server").caused_by(why))?;
        let refused =
            |source: rustls::Error| Error::new(ErrorKind::Certificates, "TLS settings").caused_by(source);
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(refused)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem })
    }
}
