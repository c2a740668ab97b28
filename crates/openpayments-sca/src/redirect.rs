//! The link that takes the PSU to the bank, made from the platform's template.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openpayments_client::{Entropy, Environment};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use crate::machine::Mark;
use crate::{ScaError, ScaErrorKind};

/// A link to the bank's page. It holds the `state` that the callback is known by: for the PSU's browser alone. `Debug`
/// shows the host.
#[derive(Clone)]
pub struct RedirectLink(Url);

impl RedirectLink {
    /// The link, to send the PSU's browser to.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for RedirectLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectLink({}…)", self.0.host_str().unwrap_or_default())
    }
}

/// What a callback is known by: 256 random bits, used once.
///
/// It is kept as its hash alone: whoever reads the memory or the store of a session cannot make a callback of it.
#[derive(Clone)]
pub(crate) struct CallbackState(SecretString);

impl CallbackState {
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        Self(SecretString::from(hex(&random(entropy))))
    }

    pub(crate) fn hash(&self) -> StateHash {
        StateHash::of(&self.0)
    }
}

/// SHA-256 of a callback's `state`: what a session is found by when the PSU's browser comes back.
#[derive(Clone, Copy)]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// Of the `state` of a callback.
    pub(crate) fn of(state: &SecretString) -> Self {
        Self(Sha256::digest(state.expose_secret().as_bytes()).into())
    }

    /// Of 64 hexadecimal digits, as [`Display`](fmt::Display) writes them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl From<Mark> for StateHash {
    fn from(mark: Mark) -> Self {
        Self(mark.0)
    }
}

/// Compares in constant time.
impl PartialEq for StateHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for StateHash {}

impl std::hash::Hash for StateHash {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StateHash(…)")
    }
}

/// The secret behind a code challenge (RFC 7636, method S256).
#[derive(Clone, Debug)]
pub(crate) struct Verifier(pub(crate) SecretString);

impl Verifier {
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(random(entropy))))
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose_secret().as_bytes()))
    }
}

fn random(entropy: &dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Fills the template: ours are client id, redirect address, state and code challenge; the rest stays as the platform
/// wrote it.
///
/// The template is parsed and its parameters are set, never replaced as text, so that no value can become a second
/// parameter.
pub(crate) fn fill(
    template: &str,
    environment: &Environment,
    client_id: &str,
    redirect_uri: &Url,
    state: &CallbackState,
    verifier: Option<&Verifier>,
) -> Result<RedirectLink, ScaError> {
    let refused = |kind, why: &'static str| Err(ScaError::new(kind).because(why));
    let auth = environment.auth();
    let Ok(mut link) = auth.join(template.strip_prefix("[AUTH_HOST]").unwrap_or(template)) else {
        return refused(ScaErrorKind::Protocol, "the link to the bank is no link");
    };
    if link.origin() != auth.origin() || !link.username().is_empty() || link.password().is_some() {
        return refused(ScaErrorKind::UntrustedLink, "the link to the bank is not on the auth server");
    }
    let ours = ["client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];
    let mut parameters: Vec<(String, String)> =
        link.query_pairs().into_owned().filter(|(name, _)| !ours.contains(&name.as_str())).collect();
    if parameters.iter().any(|(name, value)| has_placeholder(name) || has_placeholder(value)) {
        return refused(ScaErrorKind::Protocol, "the link to the bank has a placeholder nobody knows");
    }
    let challenge = verifier.map(Verifier::challenge);
    let method = challenge.as_ref().map(|_| "S256");
    let values = [
        Some(client_id),
        Some(redirect_uri.as_str()),
        Some(state.0.expose_secret()),
        challenge.as_deref(),
        method,
    ];
    for (name, value) in ours.into_iter().zip(values) {
        parameters.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
    let encode = |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let query: Vec<String> = parameters
        .iter()
        // A blank as `%20`: some servers do not read `+` as one.
        .map(|(name, value)| format!("{}={}", encode(name), encode(value).replace('+', "%20")))
        .collect();
    link.set_query(Some(&query.join("&")));
    link.set_fragment(None);
    Ok(RedirectLink(link))
}

/// `[LIKE_THIS]`
fn has_placeholder(text: &str) -> bool {
    let inner = text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(inner, _)| inner);
    inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "https://auth.example/connect/authorize?client_id=[CLIENT_ID]&scope=paymentinitiation%20private\
        &response_type=code&redirect_uri=[TPP_REDIRECT_URI]&state=[TPP_STATE]&acr_values=idp:NDEASESS%20paymentId:p";

    fn filled(template: &str, state: &str) -> Result<Url, ScaErrorKind> {
        let host: Url = "https://auth.example".parse().unwrap();
        let environment = Environment::custom(&host, &host).unwrap();
        let redirect = "https://tpp.example/cb?a=1&b=2".parse().unwrap();
        let state = CallbackState(SecretString::from(state));
        fill(template, &environment, "client-1", &redirect, &state, None)
            .map(|link| link.0)
            .map_err(|e| e.kind())
    }

    fn all(link: &Url, name: &str) -> Vec<String> {
        link.query_pairs().filter(|(n, _)| n == name).map(|(_, value)| value.into_owned()).collect()
    }

    #[test]
    fn the_platforms_template_is_filled() {
        let link = filled(TEMPLATE, "s").unwrap();
        assert_eq!(all(&link, "client_id"), ["client-1"]);
        assert_eq!(all(&link, "redirect_uri"), ["https://tpp.example/cb?a=1&b=2"]);
        assert_eq!(all(&link, "scope"), ["paymentinitiation private"]);
        assert_eq!(all(&link, "acr_values"), ["idp:NDEASESS paymentId:p"]);
        assert!(!link.as_str().contains('+'));
    }

    #[test]
    fn i098_our_values_replace_all_others_and_no_placeholder_is_left() {
        let twice = format!("{TEMPLATE}&state=theirs&redirect_uri=https://evil.example");
        let link = filled(&twice, "ours").unwrap();
        assert_eq!(all(&link, "state"), ["ours"]);
        assert_eq!(all(&link, "redirect_uri").len(), 1);
        assert_eq!(filled(&format!("{TEMPLATE}&x=[NEW_ONE]"), "s"), Err(ScaErrorKind::Protocol));
    }

    #[test]
    fn i099_a_hostile_state_stays_one_value() {
        let hostile = "[TPP_REDIRECT_URI]&redirect_uri=https://evil.example#";
        let link = filled(TEMPLATE, hostile).unwrap();
        assert_eq!(all(&link, "state"), [hostile]);
        assert_eq!(all(&link, "redirect_uri").len(), 1);
    }

    #[test]
    fn i097_a_link_to_another_host_is_not_opened() {
        for template in [
            "https://evil.example/connect/authorize",
            "//evil.example/x",
            "https://auth.example.evil/x",
            "https://auth.example@evil.example/",
            "http://auth.example/connect/authorize",
            "https://auth.example:8443/",
            "javascript:alert(1)",
        ] {
            assert_eq!(filled(template, "s"), Err(ScaErrorKind::UntrustedLink), "{template}");
        }
    }

    #[test]
    fn o3_a_code_challenge_is_the_hash_of_its_verifier() {
        // The example of RFC 7636, appendix B.
        let verifier = Verifier(SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let host: Url = "https://auth.example".parse().unwrap();
        let environment = Environment::custom(&host, &host).unwrap();
        let state = CallbackState(SecretString::from("s"));
        let redirect = "https://tpp.example/cb".parse().unwrap();
        let theirs = format!("{TEMPLATE}&code_challenge=theirs&code_challenge_method=plain");
        let link = fill(&theirs, &environment, "c", &redirect, &state, Some(&verifier)).unwrap();
        assert_eq!(all(&link.0, "code_challenge"), [verifier.challenge()]);
        assert_eq!(all(&link.0, "code_challenge_method"), ["S256"]);
    }

    #[test]
    fn o1_a_state_has_256_random_bits_and_is_kept_as_its_hash() {
        let entropy = openpayments_client::SystemEntropy;
        let state = CallbackState::random(&entropy);
        assert_eq!(state.0.expose_secret().len(), 64);
        assert!(state.hash() != CallbackState::random(&entropy).hash());
        let shown = state.hash().to_string();
        assert!(StateHash::parse(&shown) == Some(state.hash()));
        for odd in ["", "00", &"g".repeat(64), &"ä".repeat(32)] {
            assert!(StateHash::parse(odd).is_none());
        }
    }
}
