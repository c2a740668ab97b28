//! The client certificate with its key: what shows the platform who is calling.

mod chain;
mod error;
mod file;
mod loader;
mod pem;
#[cfg(feature = "pfx")]
mod pfx;

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustls::sign::CertifiedKey;
use secrecy::SecretString;

pub use self::error::{IdentityError, IdentityErrorKind};
pub use self::loader::IdentityLoader;

/// A client certificate, the certificates of its issuers, and the private key that belongs to it.
///
/// Whatever it was loaded from, the key was found to belong to the certificate, and the certificate to be valid at the
/// time of loading. `Debug` shows the subject and the end of validity, and nothing of the key.
pub struct ClientIdentity {
    certified: CertifiedKey,
    subject: String,
    not_before: SystemTime,
    not_after: SystemTime,
}

impl ClientIdentity {
    /// Loads with other than the usual terms: another time, or key files that others may read.
    pub fn loader() -> IdentityLoader {
        IdentityLoader::default()
    }

    /// Reads PEM: `certificates` in any order, and an unencrypted key as PKCS#8, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`IdentityError`], whose kind says what is wrong.
    pub fn from_pem(certificates: impl AsRef<[u8]>, key: &SecretString) -> Result<Self, IdentityError> {
        Self::loader().pem(certificates, key)
    }

    /// Reads PEM files. Both may be the same file.
    ///
    /// # Errors
    /// [`IdentityError`]; on Unix also when the key file can be read by group or others.
    pub fn from_pem_files(
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<Self, IdentityError> {
        Self::loader().pem_files(certificates, key)
    }

    /// Reads a PFX (PKCS#12) archive.
    ///
    /// # Errors
    /// [`IdentityError`], whose kind says what is wrong.
    #[cfg(feature = "pfx")]
    pub fn from_pfx(archive: impl AsRef<[u8]>, password: &SecretString) -> Result<Self, IdentityError> {
        Self::loader().pfx(archive, password)
    }

    /// Reads a PFX (PKCS#12) file.
    ///
    /// # Errors
    /// [`IdentityError`]; on Unix also when the file can be read by group or others.
    #[cfg(feature = "pfx")]
    pub fn from_pfx_file(archive: impl AsRef<Path>, password: &SecretString) -> Result<Self, IdentityError> {
        Self::loader().pfx_file(archive, password)
    }

    /// Whom the certificate was issued to, as a distinguished name.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// When the certificate begins to be valid.
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// When the certificate ends to be valid.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Whole days from `now` until the certificate ends; negative once it has, -1 on the first day after.
    ///
    /// Worth a warning at 30, 14, 7 and 1.
    pub fn days_left(&self, now: SystemTime) -> i64 {
        const DAY: u64 = 24 * 60 * 60;
        let days = |time: Duration| i64::try_from(time.as_secs() / DAY).unwrap_or(i64::MAX);
        match self.not_after.duration_since(now) {
            Ok(left) => days(left),
            Err(past) => -1 - days(past.duration()),
        }
    }

    pub(crate) fn certified(&self) -> &CertifiedKey {
        &self.certified
    }
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity")
            .field("subject", &self.subject)
            .field("certificates", &self.certified.cert.len())
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
