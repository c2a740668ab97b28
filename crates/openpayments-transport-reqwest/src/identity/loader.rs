//! Loads a client certificate, on terms that can be changed.

use std::path::Path;
use std::time::SystemTime;

use secrecy::SecretString;

use super::{ClientIdentity, IdentityError, chain, file, pem};
use crate::clock;

/// How a client certificate is loaded. Made with [`ClientIdentity::loader`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "a loader loads nothing by itself"]
pub struct IdentityLoader {
    at: Option<SystemTime>,
    any_file_mode: bool,
}

impl IdentityLoader {
    /// The time at which the certificate must be valid. Default: the present.
    pub fn at(mut self, time: SystemTime) -> Self {
        self.at = Some(time);
        self
    }

    /// Takes key files that group or others can read, as some container platforms mount them.
    pub fn any_file_mode(mut self) -> Self {
        self.any_file_mode = true;
        self
    }

    /// As [`ClientIdentity::from_pem`].
    ///
    /// # Errors
    /// [`IdentityError`], whose kind says what is wrong.
    pub fn pem(
        self,
        certificates: impl AsRef<[u8]>,
        key: &SecretString,
    ) -> Result<ClientIdentity, IdentityError> {
        use secrecy::ExposeSecret;
        self.pem_bytes(certificates.as_ref(), key.expose_secret().as_bytes())
    }

    /// As [`ClientIdentity::from_pem_files`].
    ///
    /// # Errors
    /// [`IdentityError`]; on Unix also when the key file can be read by group or others.
    pub fn pem_files(
        self,
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<ClientIdentity, IdentityError> {
        let certificates = file::read_public(certificates.as_ref())?;
        let path = key.as_ref();
        let key = file::read_secret(path, self.any_file_mode)?;
        self.pem_bytes(&certificates, &key).map_err(|error| error.at(path))
    }

    /// As [`ClientIdentity::from_pfx`].
    ///
    /// # Errors
    /// [`IdentityError`], whose kind says what is wrong.
    #[cfg(feature = "pfx")]
    pub fn pfx(
        self,
        archive: impl AsRef<[u8]>,
        password: &SecretString,
    ) -> Result<ClientIdentity, IdentityError> {
        chain::assemble(&super::pfx::read(archive.as_ref(), password)?, self.time())
    }

    /// As [`ClientIdentity::from_pfx_file`].
    ///
    /// # Errors
    /// [`IdentityError`]; on Unix also when the file can be read by group or others.
    #[cfg(feature = "pfx")]
    pub fn pfx_file(
        self,
        archive: impl AsRef<Path>,
        password: &SecretString,
    ) -> Result<ClientIdentity, IdentityError> {
        let path = archive.as_ref();
        let archive = file::read_secret(path, self.any_file_mode)?;
        self.pfx(&*archive, password).map_err(|error| error.at(path))
    }

    fn pem_bytes(self, certificates: &[u8], key: &[u8]) -> Result<ClientIdentity, IdentityError> {
        chain::assemble(&pem::read(certificates, key)?, self.time())
    }

    fn time(self) -> SystemTime {
        self.at.unwrap_or_else(clock::now)
    }
}
