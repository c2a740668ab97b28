//! Certificate authorities made for one test.

use std::time::{Duration, SystemTime};

use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use secrecy::SecretString;

use openpayments_transport_reqwest::ClientIdentity;

/// A root with an issuing authority below it, as the platform's certificates have.
pub(crate) struct Authority {
    root: rcgen::Certificate,
    issuing: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Issued {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) issuing: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = authority(&format!("{name} root"));
        let root_key = KeyPair::generate().unwrap();
        let root = params.self_signed(&root_key).unwrap();
        let root_issuer = Issuer::new(params, root_key);

        params = authority(&format!("{name} issuing"));
        let key = KeyPair::generate().unwrap();
        let issuing = params.signed_by(&key, &root_issuer).unwrap();
        Self { root, issuing, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn root_pem(&self) -> Vec<u8> {
        self.root.pem().into_bytes()
    }

    pub(crate) fn root_der(&self) -> rustls::pki_types::CertificateDer<'static> {
        self.root.der().clone()
    }

    pub(crate) fn server(&self, host: &str) -> Issued {
        self.issue(host, KeyPair::generate().unwrap(), |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        })
    }

    pub(crate) fn client(&self, name: &str) -> Issued {
        self.client_with(name, KeyPair::generate().unwrap(), |_| {})
    }

    pub(crate) fn client_with(
        &self,
        name: &str,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        self.issue(name, key, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            change(params);
        })
    }

    pub(crate) fn issue(
        &self,
        name: &str,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let mut params = CertificateParams::new([name.replace(' ', "-")]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued { certificate, issuing: self.issuing.clone(), key }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Issued {
    /// The chain as PEM, in the wrong order on purpose.
    pub(crate) fn chain_pem(&self) -> String {
        format!("{}{}", self.issuing.pem(), self.certificate.pem())
    }

    pub(crate) fn key_pem(&self) -> SecretString {
        SecretString::from(self.key.serialize_pem())
    }

    pub(crate) fn identity(&self) -> ClientIdentity {
        ClientIdentity::from_pem(self.chain_pem(), &self.key_pem()).unwrap()
    }

    pub(crate) fn pfx(&self, password: &str) -> Vec<u8> {
        let certificates = [&self.certificate, &self.issuing]
            .map(|certificate| Certificate::from_der(certificate.der()).unwrap());
        let key = PrivateKey::from_der(&self.key.serialize_der()).unwrap();
        let mut store = KeyStore::new();
        let chain = PrivateKeyChain::new(b"1".to_vec(), key, certificates);
        store.add_entry("client", KeyStoreEntry::PrivateKeyChain(chain));
        // Few rounds: the strength of the protection is not what is tested.
        store.writer(password).encryption_iterations(100).mac_iterations(100).write().unwrap()
    }
}

/// A time in the middle of `year`.
pub(crate) fn year(year: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs((year - 1970) * 31_556_952 + 15_000_000)
}

pub(crate) fn valid_in(params: &mut CertificateParams, year: i32) {
    params.not_before = date_time_ymd(year, 1, 1);
    params.not_after = date_time_ymd(year, 12, 31);
}
