//! Why a client certificate could not be used.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a client certificate or its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityErrorKind {
    /// A file could not be read.
    Unreadable,
    /// The file with the key can be read by group or others. `chmod 600` it.
    ReadableByOthers,
    /// No certificate was found.
    NoCertificate,
    /// A certificate is not valid DER.
    MalformedCertificate,
    /// No private key was found.
    NoKey,
    /// The private key is encrypted. Decrypt it, or use PFX.
    EncryptedKey,
    /// The private key is damaged, or of a kind that TLS has no use for.
    UnusableKey,
    /// No certificate belongs to the private key.
    KeyMismatch,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate has expired.
    Expired,
    /// The archive is not PFX, or is damaged.
    MalformedArchive,
    /// The archive is protected in a way that is not understood. Export it anew with AES-256.
    UnsupportedArchive,
    /// The password does not open the archive.
    WrongPassword,
}

/// A client certificate that cannot be used.
///
/// The message holds nothing of the key or the password.
#[derive(Debug)]
pub struct IdentityError {
    kind: IdentityErrorKind,
    path: Option<PathBuf>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl IdentityError {
    pub(super) fn new(kind: IdentityErrorKind) -> Self {
        Self { kind, path: None, source: None }
    }

    pub(super) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(super) fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> IdentityErrorKind {
        self.kind
    }

    /// The file it is about, when it is about one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            IdentityErrorKind::Unreadable => "the file cannot be read",
            IdentityErrorKind::ReadableByOthers => "the key file can be read by group or others",
            IdentityErrorKind::NoCertificate => "there is no certificate",
            IdentityErrorKind::MalformedCertificate => "a certificate is damaged",
            IdentityErrorKind::NoKey => "there is no private key",
            IdentityErrorKind::EncryptedKey => "the private key is encrypted",
            IdentityErrorKind::UnusableKey => "the private key is damaged or of an unknown kind",
            IdentityErrorKind::KeyMismatch => "the private key does not belong to the certificate",
            IdentityErrorKind::NotYetValid => "the certificate is not valid yet",
            IdentityErrorKind::Expired => "the certificate has expired",
            IdentityErrorKind::MalformedArchive => "the pfx archive is damaged",
            IdentityErrorKind::UnsupportedArchive => "the pfx archive is protected in an unknown way",
            IdentityErrorKind::WrongPassword => "the password does not open the pfx archive",
        })?;
        match &self.path {
            Some(path) => write!(f, ": {}", path.display()),
            None => Ok(()),
        }
    }
}

impl StdError for IdentityError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
