//! Seals a kept session, so that whoever reads the place where it is kept learns nothing from it.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use openpayments_client::Entropy;

/// A key of 256 bits to seal kept sessions with (AES-256-GCM). Keep it apart from where the sessions are kept. `Debug`
/// shows nothing of it.
#[derive(Clone)]
pub struct SealKey(Box<Aes256Gcm>);

const NONCE: usize = 12;

impl SealKey {
    /// The key of these random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Box::new(Aes256Gcm::new(bytes.into())))
    }

    /// Seals `plain`. `bound_to` stays readable, and what is sealed opens only together with it. None for more than
    /// 64 GiB.
    pub fn seal(&self, plain: &[u8], bound_to: &[u8], entropy: &dyn Entropy) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: bound_to };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made; `None` with another key, another `bound_to` or a changed byte.
    pub fn open(&self, sealed: &[u8], bound_to: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: bound_to };
        self.0.decrypt(&Nonce::from(*nonce), payload).ok()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use openpayments_client::SystemEntropy;

    use super::*;

    #[test]
    fn s8_only_the_same_key_and_the_same_session_open_a_seal() {
        let key = SealKey::new(&[7; 32]);
        let sealed = key.seal(b"secret", b"session-1", &SystemEntropy).unwrap();
        assert_eq!(key.open(&sealed, b"session-1").unwrap(), b"secret");
        assert!(key.open(&sealed, b"session-2").is_none());
        assert!(SealKey::new(&[8; 32]).open(&sealed, b"session-1").is_none());
        for n in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[n] ^= 1;
            assert!(key.open(&changed, b"session-1").is_none(), "byte {n}");
        }
        assert!(key.open(&sealed[..20], b"session-1").is_none());
        assert_ne!(sealed, key.seal(b"secret", b"session-1", &SystemEntropy).unwrap());
    }
}
