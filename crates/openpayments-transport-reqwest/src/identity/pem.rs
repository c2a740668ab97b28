//! Certificates and keys as PEM text.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::chain::Parts;
use super::{IdentityError, IdentityErrorKind};

/// All certificates and all keys. What the parser has to say is not kept: it may quote the key's text.
pub(super) fn read(certificates: &[u8], key: &[u8]) -> Result<Parts, IdentityError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(certificates)
        .collect::<Result<_, _>>()
        .map_err(|_| IdentityError::new(IdentityErrorKind::MalformedCertificate))?;
    if certificates.is_empty() {
        return Err(IdentityError::new(IdentityErrorKind::NoCertificate));
    }
    if is_encrypted(key) {
        return Err(IdentityError::new(IdentityErrorKind::EncryptedKey));
    }
    let keys: Vec<_> = PrivateKeyDer::pem_slice_iter(key)
        .collect::<Result<_, _>>()
        .map_err(|_| IdentityError::new(IdentityErrorKind::UnusableKey))?;
    Ok(Parts { certificates, keys })
}

/// PKCS#8 says so in its label, the older forms in a header inside.
fn is_encrypted(pem: &[u8]) -> bool {
    [b"BEGIN ENCRYPTED PRIVATE KEY".as_slice(), b"Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| pem.windows(mark.len()).any(|window| window == *mark))
}
