//! Token calls: what the auth server hands out for the client's credentials, and for a code.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::ScopeSet;
use openpayments_model::identifier::AuthorisationId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::authorisation::Signable;
use crate::request::Builder;
use crate::{ApiError, ApiErrorKind, Audience, BuildError, CallContext, Operation, Resend, answer};

const PATH: &str = "/connect/token";

/// Who the application is: its id and secret from the platform's portal.
///
/// `Debug` shows the id, which is public, and not the secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    id: String,
    secret: SecretString,
}

impl Credentials {
    /// An application's id and secret. One line ending after either is dropped: files often have one.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let secret: SecretString = secret.into();
        let trimmed = without_line_ending(secret.expose_secret());
        let secret =
            if trimmed.len() == secret.expose_secret().len() { secret } else { SecretString::from(trimmed) };
        Self { id: without_line_ending(&id.into()).to_owned(), secret }
    }

    /// The application's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

fn without_line_ending(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// An access token. It opens accounts, so it lives in memory only and prints as nothing.
#[derive(Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// What `Authorization: Bearer` carries.
    pub secret: SecretString,
    /// How long it is good, if the server said.
    pub expires_in: Option<Duration>,
    /// The scopes that were granted, if the server said.
    pub scope: Option<String>,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Fetches an access token for scopes, by the client's credentials.
#[derive(Clone, Debug)]
pub struct ClientCredentialsGrant<'a> {
    credentials: &'a Credentials,
    scopes: &'a ScopeSet,
}

impl<'a> ClientCredentialsGrant<'a> {
    /// A token for `scopes`.
    pub fn new(credentials: &'a Credentials, scopes: &'a ScopeSet) -> Self {
        Self { credentials, scopes }
    }
}

impl Operation for ClientCredentialsGrant<'_> {
    type Output = AccessToken;
    const NAME: &'static str = "token.client_credentials";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = PATH;
    const AUDIENCE: Audience = Audience::Auth;
    /// A second token does no harm.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let form = form([
            ("grant_type", "client_credentials"),
            ("scope", &self.scopes.to_string()),
            ("client_id", &self.credentials.id),
            ("client_secret", self.credentials.secret.expose_secret()),
        ]);
        Builder::new(&Self::METHOD, Self::PATH).with_request_id(context).form(form)
    }

    fn response(response: &Response<Bytes>) -> Result<AccessToken, ApiError> {
        read_token(response)
    }
}

/// Exchanges the code of a callback, which activates the authorisation the PSU gave at the bank.
///
/// The token that comes back is not needed: calls go on with the client's own (platform samples do the same).
#[derive(Debug)]
pub struct AuthorizationCodeGrant<'a, R> {
    /// Who exchanges it.
    pub credentials: &'a Credentials,
    /// The scopes of the link the PSU followed.
    pub scopes: &'a ScopeSet,
    /// What was signed.
    pub resource: &'a R,
    /// By which authorisation.
    pub authorisation: &'a AuthorisationId,
    /// The code of the callback.
    pub code: &'a SecretString,
    /// The redirect address, letter for letter as it stood in the link.
    pub redirect_uri: &'a str,
    /// The secret behind the link's code challenge, if it had one (RFC 7636).
    pub code_verifier: Option<&'a SecretString>,
}

impl<R: Signable> Operation for AuthorizationCodeGrant<'_, R> {
    type Output = AccessToken;
    const NAME: &'static str = "token.authorization_code";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = PATH;
    const AUDIENCE: Audience = Audience::Auth;
    /// A code works once; a second try may revoke what the first one gave.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let form = form(
            [
                ("grant_type", "authorization_code"),
                ("code", self.code.expose_secret()),
                ("redirect_uri", self.redirect_uri),
                ("scope", &self.scopes.to_string()),
                ("client_id", &self.credentials.id),
                ("client_secret", self.credentials.secret.expose_secret()),
            ]
            .into_iter()
            .chain(self.code_verifier.map(|verifier| ("code_verifier", verifier.expose_secret()))),
        );
        let [resource, authorisation] = R::ACTIVATION_HEADERS;
        Builder::new(&Self::METHOD, Self::PATH)
            .with_request_id(context)
            .personal_header(resource, self.resource.id())
            .personal_header(authorisation, self.authorisation.as_str())
            .form(form)
    }

    fn response(response: &Response<Bytes>) -> Result<AccessToken, ApiError> {
        read_token(response)
    }
}

fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    scope: Option<String>,
}

fn read_token(response: &Response<Bytes>) -> Result<AccessToken, ApiError> {
    let answer: TokenAnswer = answer::json(response)?;
    let unreadable = |what| ApiError::new(ApiErrorKind::Protocol, response.status()).at(what);
    let token = answer.access_token.expose_secret();
    if token.is_empty() || token.len() > 16 * 1024 || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(unreadable("access_token"));
    }
    if answer.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(unreadable("token_type"));
    }
    Ok(AccessToken {
        secret: answer.access_token,
        expires_in: answer.expires_in.map(Duration::from_secs),
        scope: answer.scope.filter(|scope| !scope.trim().is_empty()),
    })
}

/// Seconds as a number or as text; more than a century is a century. Below zero is no time at all.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    const CENTURY: u64 = 100 * 366 * 24 * 60 * 60;
    struct Seconds;
    impl Visitor<'_> for Seconds {
        type Value = Option<u64>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("seconds")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
            Ok(Some(seconds.min(CENTURY)))
        }
        fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Self::Value, E> {
            // Written as `1e12`: a number no server means; the bound is all that is left of it.
            if seconds >= 1e9 { Ok(Some(CENTURY)) } else { Err(E::custom("not whole seconds")) }
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            let seconds: u64 = text.trim().parse().map_err(|_| E::custom("not whole seconds"))?;
            Ok(Some(seconds.min(CENTURY)))
        }
    }
    deserializer.deserialize_any(Seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<AccessToken, ApiError> {
        let response = Response::builder().body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        read_token(&response)
    }

    #[test]
    fn i083_odd_lifetimes_are_read_or_refused() {
        let life = |value: &str| {
            read(&format!(r#"{{"access_token":"t","expires_in":{value}}}"#)).map(|token| token.expires_in)
        };
        assert_eq!(life("3600").unwrap(), Some(Duration::from_hours(1)));
        assert_eq!(life(r#""3600""#).unwrap(), Some(Duration::from_hours(1)));
        assert_eq!(life("null").unwrap(), None);
        assert!(life("1e12").unwrap() > Some(Duration::from_hours(24)));
        for refused in ["-1", "1.5", r#""soon""#, "[]"] {
            assert_eq!(life(refused).unwrap_err().kind(), ApiErrorKind::Protocol, "{refused}");
        }
    }

    #[test]
    fn i083_i085_odd_tokens_are_refused() {
        for body in [
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\r\nb"}"#,
            r#"{"access_token":"t","token_type":"mac"}"#,
            &format!(r#"{{"access_token":"{}"}}"#, "x".repeat(1024 * 1024)),
        ] {
            assert_eq!(read(body).unwrap_err().kind(), ApiErrorKind::Protocol);
        }
        assert!(read(r#"{"access_token":"t","token_type":"bEaReR"}"#).is_ok());
    }

    #[test]
    fn i035_one_line_ending_after_a_secret_is_dropped() {
        for (given, kept) in [("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), ("s ", "s ")] {
            assert_eq!(Credentials::new("id", given).secret.expose_secret(), kept);
        }
    }

    #[test]
    fn k1_neither_secret_nor_token_is_printed() {
        let credentials = Credentials::new("id", "top-secret-value");
        let token = read(r#"{"access_token":"token-value"}"#).unwrap();
        let shown = format!("{credentials:?} {token:?}");
        assert!(!shown.contains("top-secret-value") && !shown.contains("token-value"), "{shown}");
    }
}
