//! The token endpoint: tokens for a client, and the exchange of a code that activates what a PSU has approved.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openpayments_model::ScopeSet;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::CallerId;
use super::reply::{self, json_response};
use super::{form, header, value};
use crate::platform::Platform;
use crate::quirk::Quirk;
use crate::server::{Peer, Thumbprint};
use crate::world::World;
use crate::world::authorisation::Authorisation;
use crate::world::grant::{Code, TOKEN_LIFE};

/// An error of RFC 6749: always 400 here, as observed, and nothing but the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OAuthError(&'static str);

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        json_response(StatusCode::BAD_REQUEST, &json!({ "error": self.0 }))
    }
}

const INVALID_REQUEST: OAuthError = OAuthError("invalid_request");
const INVALID_CLIENT: OAuthError = OAuthError("invalid_client");
const INVALID_GRANT: OAuthError = OAuthError("invalid_grant");
const INVALID_SCOPE: OAuthError = OAuthError("invalid_scope");
/// No source names a word for it.
const TOO_MANY: OAuthError = OAuthError("temporarily_unavailable");
const UNSUPPORTED: OAuthError = OAuthError("unsupported_grant_type");

pub(super) async fn token(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    body: Bytes,
) -> Response {
    let is_form = header(&headers, "content-type")
        .is_some_and(|kind| kind.split(';').next() == Some("application/x-www-form-urlencoded"));
    if !is_form {
        return INVALID_REQUEST.into_response();
    }
    let form = form(&body);
    let certificate = peer.and_then(|peer| peer.certificate).filter(|_| platform.admission.binds_tokens);
    if platform.admission.binds_tokens && certificate.is_none() {
        return INVALID_CLIENT.into_response();
    }
    let asked = Asked { form: &form, headers: &headers, certificate };
    platform.with_world(|world, now| match grant(world, &asked, now) {
        Ok(granted) => {
            let mut answer = json!({
                "access_token": granted.token,
                "expires_in": TOKEN_LIFE.as_secs(),
                "token_type": "Bearer",
            });
            if !world.has(Quirk::TokenWithoutScope) {
                reply::add(&mut answer, "scope", json!(granted.scopes.to_string()));
            }
            let mut response = json_response(StatusCode::OK, &answer);
            response.extensions_mut().insert(CallerId(granted.client));
            response
        }
        Err(error) => error.into_response(),
    })
}

/// What came with a request for a token.
struct Asked<'a> {
    form: &'a [(String, String)],
    headers: &'a HeaderMap,
    /// What the token is to be bound to.
    certificate: Option<Thumbprint>,
}

struct Granted {
    client: String,
    token: String,
    scopes: ScopeSet,
}

fn grant(world: &mut World, asked: &Asked, now: Timestamp) -> Result<Granted, OAuthError> {
    let form = asked.form;
    let id = value(form, "client_id").ok_or(INVALID_CLIENT)?.to_owned();
    let client = world.clients.get(&id).ok_or(INVALID_CLIENT)?;
    if value(form, "client_secret") != Some(client.secret.expose()) {
        return Err(INVALID_CLIENT);
    }
    match value(form, "grant_type") {
        None => Err(INVALID_REQUEST),
        Some("client_credentials") => {
            // Unknown words, no context and two contexts are all told by the same error.
            let scopes: ScopeSet =
                value(form, "scope").unwrap_or_default().parse().map_err(|_| INVALID_SCOPE)?;
            if world.is_full_of_tokens(now) {
                return Err(TOO_MANY);
            }
            let token = world.issue_token(&id, scopes, asked.certificate, now);
            Ok(Granted { client: id, token, scopes })
        }
        Some("authorization_code") => exchange(world, id, asked, now),
        Some(_) => Err(UNSUPPORTED),
    }
}

/// Exchanges a code. Any try of its client burns it, so that nobody can try twice; a second try revokes what the first got.
fn exchange(world: &mut World, client: String, asked: &Asked, now: Timestamp) -> Result<Granted, OAuthError> {
    let form = asked.form;
    let text = value(form, "code").ok_or(INVALID_REQUEST)?;
    let redirect_uri = value(form, "redirect_uri").ok_or(INVALID_REQUEST)?;
    let code = world.codes.get_mut(text).filter(|code| code.client == client).ok_or(INVALID_GRANT)?;
    if code.used {
        if let Some(token) = code.token.take().and_then(|token| world.tokens.get_mut(&token)) {
            token.revoked = true;
        }
        return Err(INVALID_GRANT);
    }
    code.used = true;
    let fits = code.expires > now
        && code.redirect_uri == redirect_uri
        && verifies(code.challenge.as_deref(), value(form, "code_verifier"))
        && names_its_resource(code, asked.headers);
    if !fits {
        return Err(INVALID_GRANT);
    }
    if !scope_fits(code, value(form, "scope")) {
        return Err(INVALID_SCOPE);
    }
    let (scopes, authorisation) = (code.scopes, code.authorisation.clone());
    if !world.authorisations.get(&authorisation).is_some_and(Authorisation::is_pending) {
        return Err(INVALID_GRANT);
    }
    world.finalise(&authorisation, now);
    let token = world.issue_token(&client, scopes, asked.certificate, now);
    if let Some(code) = world.codes.get_mut(text) {
        code.token = Some(token.clone());
    }
    Ok(Granted { client, token, scopes })
}

/// PKCE, S256 only: a verifier exactly when there was a challenge (RFC 7636).
fn verifies(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len())
                && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
        }
        _ => false,
    }
}

/// The headers must name the very resource and authorisation that the PSU approved.
fn names_its_resource(code: &Code, headers: &HeaderMap) -> bool {
    // For baskets no source names the headers; theirs are spelled after the others.
    let word = code.resource.word();
    let (resource, authorisation) = (format!("x-{word}id"), format!("x-{word}authorisationid"));
    header(headers, &resource) == Some(code.resource.id())
        && header(headers, &authorisation) == Some(code.authorisation.as_str())
}

/// Sources differ on `scope` here: absent, the product alone, or product and context. Anything within the code's passes.
fn scope_fits(code: &Code, scope: Option<&str>) -> bool {
    let granted = code.scopes.to_string();
    let granted: Vec<&str> = granted.split(' ').collect();
    scope.unwrap_or_default().split_ascii_whitespace().all(|word| granted.contains(&word))
}

/// The discovery document. No source shows the real one: these are the members that follow from what is served.
pub(super) async fn discovery(State(platform): State<Arc<Platform>>) -> Response {
    let base = &platform.base;
    json_response(
        StatusCode::OK,
        &json!({
            "issuer": base.as_str().trim_end_matches('/'),
            "authorization_endpoint": format!("{base}connect/authorize"),
            "token_endpoint": format!("{base}connect/token"),
            "response_types_supported": ["code"],
            "grant_types_supported": ["client_credentials", "authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": [
                "aspspinformation", "accountinformation", "paymentinitiation", "bankgiroinformation",
                "private", "corporate",
            ],
        }),
    )
}
