//! Whom we trust, who we are, and which TLS we speak.

mod nobody;

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::{BuildError, BuildErrorKind, ClientIdentity};

/// Whose server certificates are accepted.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Trust {
    /// Those the operating system accepts.
    #[default]
    Platform,
    /// Those issued under these root certificates (PEM), and no other. For private networks and tests.
    Only(Vec<u8>),
    /// None at all: for plain `http` on this machine, also where the operating system has no root certificates.
    Nobody,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::Only(_) => f.debug_tuple("Only").finish_non_exhaustive(),
            Self::Nobody => f.write_str("Nobody"),
        }
    }
}

/// Decides about server certificates. Made once and shared by all connections.
#[derive(Clone)]
pub(crate) struct Judge {
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
}

impl Judge {
    pub(crate) fn new(trust: &Trust) -> Result<Self, BuildError> {
        // Always passed on, never installed: what another part of the process installs does not concern us.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match trust {
            Trust::Platform => Arc::new(
                Verifier::new(Arc::clone(&provider))
                    .map_err(|error| BuildError::new(BuildErrorKind::NoPlatformTrust).with_source(error))?,
            ),
            Trust::Only(pem) => {
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots(pem)?), Arc::clone(&provider))
                    .build()
                    .map_err(|error| BuildError::new(BuildErrorKind::InvalidRoots).with_source(error))?
            }
            Trust::Nobody => Arc::new(nobody::Nobody(Arc::clone(&provider))),
        };
        Ok(Self { provider, verifier })
    }

    /// The TLS settings for connections that speak one of `protocols` (ALPN, most wanted first).
    pub(crate) fn config(
        &self,
        identity: Option<&ClientIdentity>,
        protocols: &[&str],
    ) -> Result<ClientConfig, BuildError> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| BuildError::new(BuildErrorKind::Client).with_source(error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&self.verifier));
        let mut config = match identity {
            Some(identity) => builder
                .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified().clone()))),
            None => builder.with_no_client_auth(),
        };
        // reqwest leaves a given configuration as it is: without this everything would be HTTP/1.1.
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Ok(config)
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, BuildError> {
    let invalid = || BuildError::new(BuildErrorKind::InvalidRoots);
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(pem) {
        let root = root.map_err(|_| invalid())?;
        roots.add(root).map_err(|error| invalid().with_source(error))?;
    }
    if roots.is_empty() { Err(invalid()) } else { Ok(roots) }
}
