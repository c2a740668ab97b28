//! Brings certificates and keys together: which certificate the key belongs to, and who issued it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use zeroize::Zeroize;

use super::{ClientIdentity, IdentityError, IdentityErrorKind};

/// What was found in a file, not yet put in order.
pub(super) struct Parts {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) keys: Vec<PrivateKeyDer<'static>>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.keys.iter_mut().for_each(Zeroize::zeroize);
    }
}

/// The identity made of the first key that belongs to a certificate. Certificates of no use to it are left out.
pub(super) fn assemble(parts: &Parts, now: SystemTime) -> Result<ClientIdentity, IdentityError> {
    if parts.keys.is_empty() {
        return Err(IdentityError::new(IdentityErrorKind::NoKey));
    }
    let keys: Vec<_> = parts.keys.iter().filter_map(|key| any_supported_type(key).ok()).collect();
    if keys.is_empty() {
        return Err(IdentityError::new(IdentityErrorKind::UnusableKey));
    }
    let certificates: Vec<Certificate<'_>> =
        parts.certificates.iter().map(Certificate::parse).collect::<Result<_, _>>()?;
    let (leaf, key) = pair(&certificates, &keys)?;

    let not_before = time(leaf.parsed.validity().not_before.timestamp());
    let not_after = time(leaf.parsed.validity().not_after.timestamp());
    if now < not_before {
        return Err(IdentityError::new(IdentityErrorKind::NotYetValid));
    }
    if now > not_after {
        return Err(IdentityError::new(IdentityErrorKind::Expired));
    }
    Ok(ClientIdentity {
        certified: CertifiedKey::new(issued_by(leaf, &certificates), key),
        subject: leaf.parsed.subject().to_string(),
        not_before,
        not_after,
    })
}

struct Certificate<'a> {
    der: &'a CertificateDer<'static>,
    parsed: X509Certificate<'a>,
}

impl<'a> Certificate<'a> {
    fn parse(der: &'a CertificateDer<'static>) -> Result<Self, IdentityError> {
        match X509Certificate::from_der(der) {
            Ok((_, parsed)) => Ok(Self { der, parsed }),
            Err(_) => Err(IdentityError::new(IdentityErrorKind::MalformedCertificate)),
        }
    }

    fn is_self_issued(&self) -> bool {
        self.parsed.subject().as_raw() == self.parsed.issuer().as_raw()
    }
}

fn pair<'c, 'a>(
    certificates: &'c [Certificate<'a>],
    keys: &[Arc<dyn SigningKey>],
) -> Result<(&'c Certificate<'a>, Arc<dyn SigningKey>), IdentityError> {
    keys.iter()
        .find_map(|key| {
            let public = key.public_key()?;
            let leaf =
                certificates.iter().find(|certificate| certificate.parsed.public_key().raw == &*public)?;
            Some((leaf, Arc::clone(key)))
        })
        .ok_or(IdentityError::new(IdentityErrorKind::KeyMismatch))
}

/// The leaf and its issuers upwards. The root stays at home: whoever trusts it has it.
fn issued_by(leaf: &Certificate<'_>, certificates: &[Certificate<'_>]) -> Vec<CertificateDer<'static>> {
    let mut chain = vec![leaf.der.clone()];
    let mut last = leaf;
    // Each certificate once at most, so that two which name each other as issuer do not go on for ever.
    for _ in certificates {
        let issuer = certificates.iter().find(|candidate| {
            candidate.parsed.subject().as_raw() == last.parsed.issuer().as_raw()
                && !candidate.is_self_issued()
                && !chain.contains(candidate.der)
        });
        let Some(issuer) = issuer else { break };
        chain.push(issuer.der.clone());
        last = issuer;
    }
    chain
}

/// Seconds since 1970 as a time; what lies outside of what the platform can hold becomes 1970.
fn time(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}
