//! A certificate authority of the sandbox's own: for its server certificate, and for the client certificates that its API
//! host may demand, as the platform's does in production.

use std::collections::BTreeSet;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::world::mint::hex;

/// An authority. Its key is all there is to it: the same key makes the same authority again.
#[derive(Clone, Debug)]
pub struct Authority {
    certificate_pem: String,
    key_pem: Secret,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// [`ErrorKind::Certificates`] when the machine cannot make a key.
    pub fn generate() -> Result<Self, Error> {
        let key = KeyPair::generate().map_err(refused("key of the authority"))?;
        Self::of(&key)
    }

    /// The one with this key, PKCS#8 in PEM, as [`key_pem`](Self::key_pem) gives it.
    ///
    /// # Errors
    /// [`ErrorKind::Certificates`] when it is no key that can sign certificates.
    pub fn from_key_pem(pem: &str) -> Result<Self, Error> {
        Self::of(&KeyPair::from_pem(pem).map_err(refused("key of the authority"))?)
    }

    fn of(key: &KeyPair) -> Result<Self, Error> {
        let certificate = parameters(key).self_signed(key).map_err(refused("the authority"))?;
        let key_pem = Secret::new(key.serialize_pem());
        Ok(Self { certificate_pem: certificate.pem(), key_pem })
    }

    /// Its certificate, which clients must trust.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Its key.
    pub fn key_pem(&self) -> &Secret {
        &self.key_pem
    }

    /// A client certificate for an organisation of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Certificates`] when the machine cannot make a key, or the name does not fit into a certificate.
    pub fn issue_client(&self, organisation: &str) -> Result<ClientCertificate, Error> {
        let mut client = CertificateParams::default();
        client.distinguished_name = DistinguishedName::new();
        client.distinguished_name.push(DnType::CommonName, format!("{organisation}, sandbox client"));
        client.distinguished_name.push(DnType::OrganizationName, organisation);
        // Where certificates under PSD2 name the authorised organisation; visibly nobody's.
        let identifier = DnType::CustomDnType(vec![2, 5, 4, 97]);
        client.distinguished_name.push(identifier, "PSDSE-SANDBOX-000000-0000");
        client.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let (certificate, key) = self.issue(&client, "the client")?;
        Ok(ClientCertificate {
            certificate_pem: certificate.pem(),
            key_pem: Secret::new(key.serialize_pem()),
            #[cfg(feature = "pfx")]
            parts: [certificate.der().to_vec(), key.serialize_der()],
        })
    }

    /// What a server with these host names shows.
    pub(crate) fn issue_server(
        &self,
        hosts: &BTreeSet<String>,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), Error> {
        let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        names.extend(hosts.iter().map(|host| host.trim_matches(['[', ']']).to_owned()));
        let names: Vec<String> = names.into_iter().collect();
        let mut server = CertificateParams::new(names).map_err(refused("host names"))?;
        server.distinguished_name.push(DnType::CommonName, "openpayments sandbox");
        let (certificate, key) = self.issue(&server, "the server")?;
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| Error::new(ErrorKind::Certificates, "key of the server").caused_by(why))?;
        Ok((certificate.der().clone(), key))
    }

    fn issue(&self, whose: &CertificateParams, name: &'static str) -> Result<(Certificate, KeyPair), Error> {
        let own = KeyPair::from_pem(self.key_pem.expose()).map_err(refused("key of the authority"))?;
        let issuer = Issuer::new(parameters(&own), own);
        let key = KeyPair::generate().map_err(refused(name))?;
        let certificate = whose.signed_by(&key, &issuer).map_err(refused(name))?;
        Ok((certificate, key))
    }
}

/// What the certificate of an authority with this key says. Its name has a part of the key, so that two authorities are
/// never taken for each other.
fn parameters(key: &KeyPair) -> CertificateParams {
    let digest = hex(&Sha256::digest(key.public_key_raw()));
    let name = format!("openpayments sandbox authority {}", digest.get(..8).unwrap_or_default());
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name = DistinguishedName::new();
    authority.distinguished_name.push(DnType::CommonName, name);
    authority
}

fn refused(what: &'static str) -> impl Fn(rcgen::Error) -> Error {
    move |source| Error::new(ErrorKind::Certificates, what).caused_by(source)
}

/// A client certificate with its key.
#[derive(Clone)]
pub struct ClientCertificate {
    certificate_pem: String,
    key_pem: Secret,
    /// Certificate and key as DER.
    #[cfg(feature = "pfx")]
    parts: [Vec<u8>; 2],
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

impl ClientCertificate {
    /// The certificate.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Its key, PKCS#8.
    pub fn key_pem(&self) -> &Secret {
        &self.key_pem
    }

    /// Both in one archive under a password, as the platform's portal hands them out.
    ///
    /// # Errors
    /// [`ErrorKind::Certificates`] when the password cannot be used.
    #[cfg(feature = "pfx")]
    pub fn pfx(&self, password: &str) -> Result<Vec<u8>, Error> {
        use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};

        let refused = |why: p12_keystore::error::Error| {
            Error::new(ErrorKind::Certificates, "the archive").caused_by(why)
        };
        let [certificate, key] = &self.parts;
        let certificate = Certificate::from_der(certificate).map_err(refused)?;
        let key = PrivateKey::from_der(key).map_err(refused)?;
        let mut store = KeyStore::new();
        let chain = PrivateKeyChain::new(b"1".to_vec(), key, [certificate]);
        store.add_entry("client", KeyStoreEntry::PrivateKeyChain(chain));
        store.writer(password).write().map_err(refused)
    }
}
