//! What the PSU's browser brings back from the bank.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// A callback, read. Nothing in it is trusted before its `state` is found to be ours.
#[derive(Clone, Debug)]
pub struct Callback {
    pub(crate) state: SecretString,
    pub(crate) answer: Answer,
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
    /// Its `state` was ours but has been used, or is older than 15 minutes.
    #[error("the callback's state was used or is too old")]
    UsedState,
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
        Ok(Self { state, answer })
    }
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
        if broken || parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(CallbackRejected::Malformed);
        }
    }
    Ok(parameters)
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
        assert_eq!(rejected("code=c&State=s"), CallbackRejected::NoState);
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

    proptest! {
        #[test]
        fn no_query_makes_it_panic(query in ".{0,300}") {
            let _ = Callback::parse(&query);
        }
    }
}
