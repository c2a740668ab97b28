//! What the PSU's browser brings back from the bank.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, StatusCode};
use secrecy::SecretString;

use crate::redirect::StateHash;

/// A callback, read. Nothing in it is trusted before its `state` is found to be ours.
#[derive(Clone, Debug)]
pub struct Callback {
    pub(crate) state: SecretString,
    pub(crate) answer: Answer,
    /// Who says it issued the answer (RFC 9207).
    pub(crate) issuer: Option<String>,
}

/// What the bank says by it.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A code to exchange.
    Code(SecretString),
    /// The PSU came back and nothing else is known; the status tells.
    Returned,
    /// The PSU said no.
    Refused,
    /// Something failed.
    Failed,
}

/// Why a callback was not taken. Nothing was sent because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackRejected {
    /// It is longer, or has more parameters, than any bank sends.
    #[error("the callback is too large")]
    TooLarge,
    /// A parameter appears twice, is not well encoded or holds control characters.
    #[error("the callback is not well formed")]
    Malformed,
    /// It has a code and an error at once.
    #[error("the callback says both yes and no")]
    Contradictory,
    /// It has no `state`.
    #[error("the callback has no state")]
    NoState,
    /// Its `state` is not the one we wait for.
    #[error("the callback's state is not ours")]
    WrongState,
    /// Its `state` was ours but has been used, or its session is over.
    #[error("the callback's state was used before")]
    UsedState,
    /// Its `state` is ours but older than 15 minutes.
    #[error("the callback's state is too old")]
    Expired,
    /// It names an issuer that is not the auth server the PSU was sent to.
    #[error("the callback comes from another issuer")]
    WrongIssuer,
    /// The auth server did not take its code: it may belong to someone else. The session is as before, and the status
    /// tells.
    #[error("the callback's code was refused")]
    Code,
}

const MOST_BYTES: usize = 8 * 1024;
const MOST_PARAMETERS: usize = 16;
const MOST_VALUE: usize = 2 * 1024;

impl Callback {
    /// Reads the query of a callback, without the question mark.
    ///
    /// # Errors
    /// [`CallbackRejected`] for anything but one `state` with either one `code`, one `error`, or neither.
    pub fn parse(query: &str) -> Result<Self, CallbackRejected> {
        let mut parameters = parameters(query)?;
        let state = parameters.remove("state").filter(|state| !state.is_empty());
        let state = SecretString::from(state.ok_or(CallbackRejected::NoState)?);
        let answer = match (parameters.remove("code"), parameters.remove("error").as_deref()) {
            (Some(_), Some(_)) => return Err(CallbackRejected::Contradictory),
            (Some(code), None) if code.is_empty() => return Err(CallbackRejected::Malformed),
            (Some(code), None) => Answer::Code(SecretString::from(code)),
            (None, None) => Answer::Returned,
            // RFC 6749 section 4.1.2.1; the platform documents no other words.
            (None, Some("access_denied")) => Answer::Refused,
            (None, Some(_)) => Answer::Failed,
        };
        Ok(Self { state, answer, issuer: parameters.remove("iss") })
    }

    /// What its session is kept under.
    pub fn state_hash(&self) -> StateHash {
        StateHash::of(&self.state)
    }
}

/// Whether a request may be a callback at all, by its method and headers; otherwise the status to answer with. Nothing of
/// it may be given to a session then: a browser that looks ahead must not use up the `state`.
///
/// # Errors
/// 405 for anything but `GET`, 400 for a browser's prefetch.
pub fn check_callback_request(method: &Method, headers: &HeaderMap) -> Result<(), StatusCode> {
    if *method != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let looks_ahead = ["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        ["prefetch", "prerender", "preview"].iter().any(|word| value.to_ascii_lowercase().contains(word))
    });
    if looks_ahead { Err(StatusCode::BAD_REQUEST) } else { Ok(()) }
}

fn parameters(query: &str) -> Result<BTreeMap<String, String>, CallbackRejected> {
    if query.len() > MOST_BYTES || query.split('&').count() > MOST_PARAMETERS {
        return Err(CallbackRejected::TooLarge);
    }
    if !is_well_encoded(query) {
        return Err(CallbackRejected::Malformed);
    }
    let mut parameters = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if value.len() > MOST_VALUE {
            return Err(CallbackRejected::TooLarge);
        }
        let broken = value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER);
        if broken || is_lookalike(&name) || parameters.insert(name.into_owned(), value.into_owned()).is_some()
        {
            return Err(CallbackRejected::Malformed);
        }
    }
    Ok(parameters)
}

/// `Code`, `code[]` and the like, which some servers read as `code`; and tokens, which have no place in an address.
fn is_lookalike(name: &str) -> bool {
    const OURS: [&str; 4] = ["code", "state", "error", "iss"];
    if ["access_token", "id_token", "token"].contains(&name) {
        return true;
    }
    let plain = name.split('[').next().unwrap_or_default().trim().to_ascii_lowercase();
    OURS.contains(&plain.as_str()) && plain != name
}

/// Every `%` is followed by two hexadecimal digits.
fn is_well_encoded(query: &str) -> bool {
    query.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    fn rejected(query: &str) -> CallbackRejected {
        Callback::parse(query).unwrap_err()
    }

    #[test]
    fn what_the_platform_sends_is_read() {
        let callback = Callback::parse("code=a%2Bb+c&scope=accountinformation%20private&state=s").unwrap();
        assert!(matches!(&callback.answer, Answer::Code(code) if code.expose_secret() == "a+b c"));
        assert!(matches!(Callback::parse("scope=x&state=s").unwrap().answer, Answer::Returned));
        assert!(matches!(Callback::parse("error=access_denied&state=s").unwrap().answer, Answer::Refused));
        assert!(matches!(Callback::parse("error=%3Cscript%3E&state=s").unwrap().answer, Answer::Failed));
    }

    #[test]
    fn i110_i113_i114_a_callback_that_is_not_plain_is_rejected() {
        assert_eq!(rejected("code=c"), CallbackRejected::NoState);
        for lookalike in
            ["code=c&State=s", "Code=c&state=s", "code[]=c&state=s", "code[0]=c&state=s", "code%20=c&state=s"]
        {
            assert_eq!(rejected(lookalike), CallbackRejected::Malformed, "{lookalike}");
        }
        assert_eq!(rejected("code=c&code=d&state=s"), CallbackRejected::Malformed);
        assert_eq!(rejected("code=c&state=s&state=s"), CallbackRejected::Malformed);
        assert_eq!(rejected("code=c&error=access_denied&state=s"), CallbackRejected::Contradictory);
    }

    #[test]
    fn i115_odd_codes_are_rejected() {
        for code in ["", "%0d%0a", "%00", "%", "%zz", "%ff"] {
            assert_eq!(rejected(&format!("code={code}&state=s")), CallbackRejected::Malformed, "{code}");
        }
        assert_eq!(rejected(&format!("code={}&state=s", "x".repeat(10_000))), CallbackRejected::TooLarge);
        assert_eq!(rejected(&format!("code={}&state=s", "x".repeat(3_000))), CallbackRejected::TooLarge);
    }

    #[test]
    fn o5_i118_more_or_longer_parameters_than_any_bank_sends_are_rejected() {
        let many = |n: usize| (0..n).map(|n| format!("&p{n}=")).collect::<Vec<_>>().concat();
        assert!(Callback::parse(&format!("code=c&state=s{}", many(14))).is_ok());
        assert_eq!(rejected(&format!("code=c&state=s{}", many(15))), CallbackRejected::TooLarge);
        let long = "x".repeat(2048);
        assert!(Callback::parse(&format!("code={long}&state=s")).is_ok());
        assert_eq!(rejected(&format!("code={long}x&state=s")), CallbackRejected::TooLarge);
        assert_eq!(
            rejected(&format!("a={long}&b={long}&c={long}&d={long}&state=s")),
            CallbackRejected::TooLarge
        );
        let told = format!("error=x&error_description={}&state=s", "y".repeat(1024 * 1024));
        assert_eq!(rejected(&told), CallbackRejected::TooLarge);
    }

    #[test]
    fn o6_i118_an_error_ends_or_not_by_its_code_alone_and_its_words_and_address_are_dropped() {
        let told = "state=s&error_description=%3Cscript%3E&error_uri=javascript%3Aalert(1)";
        let refused = Callback::parse(&format!("error=access_denied&{told}")).unwrap();
        assert!(matches!(refused.answer, Answer::Refused));
        let failed = Callback::parse(&format!("error=server_error&{told}")).unwrap();
        assert!(matches!(failed.answer, Answer::Failed));
        assert!(!format!("{failed:?}").contains("script"));
    }

    #[test]
    fn i122_a_token_in_an_address_is_not_read() {
        assert_eq!(rejected("access_token=t&state=s"), CallbackRejected::Malformed);
        assert_eq!(rejected("code=c&id_token=t&state=s"), CallbackRejected::Malformed);
    }

    #[test]
    fn i119_only_a_get_that_a_person_made_is_a_callback() {
        let none = HeaderMap::new();
        assert_eq!(check_callback_request(&Method::GET, &none), Ok(()));
        for method in [Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT] {
            assert_eq!(check_callback_request(&method, &none), Err(StatusCode::METHOD_NOT_ALLOWED));
        }
        for (name, value) in
            [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")]
        {
            let headers = [(http::HeaderName::from_static(name), http::HeaderValue::from_static(value))];
            let headers: HeaderMap = headers.into_iter().collect();
            assert_eq!(check_callback_request(&Method::GET, &headers), Err(StatusCode::BAD_REQUEST));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn o2_i110_a_callback_with_a_byte_changed_is_ours_only_if_its_state_is_untouched(
            at in 0_usize..78, byte in 0x20_u8..0x7f, inserts in any::<bool>()
        ) {
            let state = "0123456789abcdef".repeat(4);
            let right = format!("code=c1&state={state}");
            let ours = StateHash::of(&SecretString::from(state.clone()));
            let mut changed = right.into_bytes();
            if inserts {
                changed.insert(at, byte);
            } else {
                changed[at] = byte;
            }
            let changed = String::from_utf8(changed).unwrap();
            if let Ok(callback) = Callback::parse(&changed) {
                let told = url::form_urlencoded::parse(changed.as_bytes()).find(|(name, _)| name == "state");
                prop_assert_eq!(callback.state_hash() == ours, told.unwrap().1 == state);
            }
        }

        #[test]
        fn no_query_makes_it_panic(query in ".{0,300}") {
            let _ = Callback::parse(&query);
        }
    }
}
