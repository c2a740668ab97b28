//! Certificates and keys from a PFX (PKCS#12) archive.

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::{ExposeSecret, SecretString};

use super::chain::Parts;
use super::{IdentityError, IdentityErrorKind};

/// All certificates and all keys, whatever they are tagged with: some exporters write no tags, so that key and
/// certificate are brought together by their public key instead.
pub(super) fn read(archive: &[u8], password: &SecretString) -> Result<Parts, IdentityError> {
    let archive = Pkcs12Archive::from_pkcs12(archive, password.expose_secret())
        .map_err(|error| IdentityError::new(kind_of(&error)).with_source(error))?;
    let certificates: Vec<_> =
        archive.certs.iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect();
    if certificates.is_empty() {
        return Err(IdentityError::new(IdentityErrorKind::NoCertificate));
    }
    let keys = archive
        .keys
        .iter()
        .map(|bag| PrivateKeyDer::from(PrivatePkcs8KeyDer::from(bag.key.as_der().to_vec())))
        .collect();
    Ok(Parts { certificates, keys })
}

fn kind_of(error: &Error) -> IdentityErrorKind {
    match error {
        // Without a checksum a wrong password shows as nonsense after decryption.
        Error::MacError(_) | Error::UnpadError => IdentityErrorKind::WrongPassword,
        Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType
        | Error::UnsupportedCertificateType
        | Error::InvalidParameters
        | Error::Pkcs5Error(_) => IdentityErrorKind::UnsupportedArchive,
        _ => IdentityErrorKind::MalformedArchive,
    }
}
