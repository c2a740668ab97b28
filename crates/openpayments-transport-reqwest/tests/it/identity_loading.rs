//! Certificates and keys that cannot be used are refused when they are loaded, with the reason (I152).

use std::path::Path;
use std::time::Duration;

use openpayments_transport_reqwest::{ClientIdentity, IdentityError, IdentityErrorKind};
use rcgen::KeyPair;
use secrecy::{ExposeSecret, SecretString};

use crate::certificates::{Authority, Issued, valid_in, year};

fn kind(result: Result<ClientIdentity, IdentityError>) -> IdentityErrorKind {
    result.expect_err("it was loaded").kind()
}

fn client() -> Issued {
    Authority::new("clients").client("client")
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[test]
fn a_key_of_another_certificate_is_refused_i152() {
    let (mine, other) = (client(), client());
    let loaded = ClientIdentity::from_pem(mine.chain_pem(), &other.key_pem());
    assert_eq!(kind(loaded), IdentityErrorKind::KeyMismatch);
}

#[test]
fn the_key_finds_its_certificate_wherever_it_stands() {
    let issued = client();
    let strangers = client().chain_pem();
    let identity = ClientIdentity::from_pem(strangers + &issued.chain_pem(), &issued.key_pem()).unwrap();
    assert_eq!(identity.subject(), "CN=client");
    assert!(format!("{identity:?}").contains("certificates: 2"), "the leaf and its issuer: {identity:?}");
}

#[test]
fn a_certificate_is_valid_within_its_time_only_i152() {
    let issued =
        Authority::new("clients").client_with("c", KeyPair::generate().unwrap(), |p| valid_in(p, 2020));
    let at = |time| ClientIdentity::loader().at(time).pem(issued.chain_pem(), &issued.key_pem());
    assert_eq!(kind(at(year(2019))), IdentityErrorKind::NotYetValid);
    assert!(at(year(2020)).is_ok());
    assert_eq!(kind(at(year(2021))), IdentityErrorKind::Expired);
    // Without a time it is the present that counts.
    let now = ClientIdentity::from_pem(issued.chain_pem(), &issued.key_pem());
    assert_eq!(kind(now), IdentityErrorKind::Expired);
}

#[test]
fn the_days_left_are_whole_days_and_negative_afterwards_c26() {
    let issued = client();
    let identity = issued.identity();
    let day = Duration::from_hours(24);
    let end = identity.not_after();
    assert!(identity.not_before() < end);
    for (now, left) in [
        (end - day * 30, 30),
        (end - day * 30 + Duration::from_secs(1), 29),
        (end - Duration::from_secs(1), 0),
        (end, 0),
        (end + Duration::from_secs(1), -1),
        (end + day * 3, -4),
    ] {
        assert_eq!(identity.days_left(now), left);
    }
}

#[test]
fn text_that_is_no_key_or_no_certificate_is_refused_i152() {
    let issued = client();
    let (chain, key) = (issued.chain_pem(), issued.key_pem());
    let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let cut = "-----BEGIN PRIVATE KEY-----\nAAAA\n";
    for (text, expected) in [
        ("", IdentityErrorKind::NoKey),
        ("garbage", IdentityErrorKind::NoKey),
        (chain.as_str(), IdentityErrorKind::NoKey),
        (broken, IdentityErrorKind::UnusableKey),
        (cut, IdentityErrorKind::UnusableKey),
    ] {
        assert_eq!(kind(ClientIdentity::from_pem(&chain, &secret(text))), expected, "{text:?}");
    }
    let not_der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, expected) in [
        ("", IdentityErrorKind::NoCertificate),
        ("garbage", IdentityErrorKind::NoCertificate),
        (not_der, IdentityErrorKind::MalformedCertificate),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", IdentityErrorKind::MalformedCertificate),
    ] {
        assert_eq!(kind(ClientIdentity::from_pem(text, &key)), expected, "{text:?}");
    }
}

#[test]
fn an_encrypted_key_is_named_as_such_i152() {
    let chain = client().chain_pem();
    for text in [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ] {
        assert_eq!(kind(ClientIdentity::from_pem(&chain, &secret(text))), IdentityErrorKind::EncryptedKey);
    }
}

/// The older wrappings of a key: PKCS#1 for RSA and SEC1 for EC, taken out of PKCS#8.
#[test]
fn keys_are_read_in_their_older_forms() {
    for (algorithm, label) in
        [(&rcgen::PKCS_RSA_SHA256, "RSA PRIVATE KEY"), (&rcgen::PKCS_ECDSA_P256_SHA256, "EC PRIVATE KEY")]
    {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let issued = Authority::new("clients").client_with("old form", key, |_| {});
        let inner = older_form(&issued.key.serialize_der());
        let pem = pem(label, &inner);
        let identity = ClientIdentity::from_pem(issued.chain_pem(), &secret(&pem)).unwrap();
        assert_eq!(identity.subject(), "CN=old form");
    }
}

/// The octet string inside PKCS#8: version, algorithm, key.
fn older_form(pkcs8: &[u8]) -> Vec<u8> {
    use x509_parser::der_parser::der::{Tag, parse_der};
    let (_, sequence) = parse_der(pkcs8).unwrap();
    let parts = sequence.as_sequence().unwrap();
    let octets = parts.iter().find(|part| part.tag() == Tag::OctetString).unwrap();
    octets.as_slice().unwrap().to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    use std::fmt::Write;
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        for group in line.chunks(3) {
            let bits =
                group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
            for place in 0..4 {
                let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
                let letter = if place <= group.len() { char::from(ALPHABET[index]) } else { '=' };
                text.push(letter);
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "-----END {label}-----");
    text
}

#[test]
fn a_wrong_password_and_a_damaged_archive_are_told_apart_i152() {
    let archive = client().pfx("right");
    let open = |archive: &[u8], password: &str| ClientIdentity::from_pfx(archive, &secret(password));
    assert!(open(&archive, "right").is_ok());
    assert_eq!(kind(open(&archive, "wrong")), IdentityErrorKind::WrongPassword);
    assert_eq!(kind(open(&archive, "")), IdentityErrorKind::WrongPassword);
    assert_eq!(kind(open(&archive[..archive.len() / 2], "right")), IdentityErrorKind::MalformedArchive);
    assert_eq!(kind(open(b"garbage", "right")), IdentityErrorKind::MalformedArchive);
    assert_eq!(kind(open(b"", "right")), IdentityErrorKind::MalformedArchive);
}

#[test]
fn an_archive_is_checked_like_pem_i152() {
    let authority = Authority::new("clients");
    let old = authority.client_with("old", KeyPair::generate().unwrap(), |params| {
        valid_in(params, 2001);
    });
    let loaded = ClientIdentity::from_pfx(old.pfx("p"), &secret("p"));
    assert_eq!(kind(loaded), IdentityErrorKind::Expired);

    let mixed = Issued { key: KeyPair::generate().unwrap(), ..authority.client("mixed") };
    let loaded = ClientIdentity::from_pfx(mixed.pfx("p"), &secret("p"));
    assert_eq!(kind(loaded), IdentityErrorKind::KeyMismatch);
}

#[test]
fn archives_of_older_exporters_are_read() {
    use p12_keystore::{EncryptionAlgorithm, KeyStore, MacAlgorithm, Pkcs12ImportPolicy};
    let archive = client().pfx("p");
    let store = KeyStore::from_pkcs12(&archive, "p", Pkcs12ImportPolicy::Strict).unwrap();
    for algorithm in
        [EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc, EncryptionAlgorithm::PbeWithShaAnd40BitRc4Cbc]
    {
        let old = store
            .writer("p")
            .encryption_algorithm(algorithm)
            .encryption_iterations(100)
            .mac_algorithm(MacAlgorithm::HmacSha1)
            .mac_iterations(100)
            .write()
            .unwrap();
        assert!(ClientIdentity::from_pfx(old, &secret("p")).is_ok(), "{algorithm:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused_unless_told_otherwise_i152() {
    let issued = client();
    let directory = tempfile::tempdir().unwrap();
    let place = |name: &str, content: &[u8], mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let chain = place("chain.pem", issued.chain_pem().as_bytes(), 0o644);
    let password = secret("p");
    for (mode, allowed) in [(0o600, true), (0o400, true), (0o644, false), (0o640, false), (0o604, false)] {
        let key = place(&format!("{mode:o}.pem"), issued.key_pem().expose_secret().as_bytes(), mode);
        let archive = place(&format!("{mode:o}.pfx"), &issued.pfx("p"), mode);
        let loaded: [(&Path, _); 2] = [
            (&key, ClientIdentity::from_pem_files(&chain, &key)),
            (&archive, ClientIdentity::from_pfx_file(&archive, &password)),
        ];
        for (path, loaded) in loaded {
            if allowed {
                loaded.unwrap();
                continue;
            }
            let error = loaded.unwrap_err();
            assert_eq!(error.kind(), IdentityErrorKind::ReadableByOthers, "{mode:o}");
            assert_eq!(error.path(), Some(path));
        }
        let lenient = ClientIdentity::loader().any_file_mode();
        lenient.pem_files(&chain, &key).unwrap();
        lenient.pfx_file(&archive, &password).unwrap();
    }
}

#[test]
fn a_missing_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.pfx");
    let error = ClientIdentity::from_pfx_file(&missing, &secret("p")).unwrap_err();
    assert_eq!(error.kind(), IdentityErrorKind::Unreadable);
    assert!(error.to_string().contains("missing.pfx"), "{error}");
}
