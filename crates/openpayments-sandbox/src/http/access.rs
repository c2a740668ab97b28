//! The door for whoever comes from beyond this machine: nobody passes without the access token.
//!
//! A browser brings it once, as `?access=…` in any address, and keeps it in a cookie; other clients send it in a header
//! of its own, since `Authorization` is the platform's.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::{header as header_of, host_of, pairs, value};
use crate::platform::Platform;
use crate::secret::Secret;
use crate::server::Peer;

/// Names of this machine that mean no other.
pub(crate) const HOME: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Where clients other than browsers put the token.
const HEADER: &str = "x-sandbox-access";
/// Where it is in an address.
const PARAMETER: &str = "access";
/// Where browsers keep it.
const COOKIE: &str = "sandbox_access";

/// The answer to a request that may not pass, or that brought the token in its address; none where it may go on.
pub(super) fn stop(platform: &Platform, request: &Request) -> Option<Response> {
    let access = platform.admission.access.as_ref()?;
    if is_from_home(request) {
        return None;
    }
    let headers = request.headers();
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    if request.method() == Method::GET
        && let Some(given) = value(&query, PARAMETER)
    {
        let enters = is_token(given, access);
        return Some(if enters { enter(platform, request, &query, access) } else { refused() });
    }
    let brings = header_of(headers, HEADER).is_some_and(|given| is_token(given, access))
        || cookies(headers).any(|given| is_token(given, access));
    if brings { None } else { Some(refused()) }
}

/// From this machine, by a name of this machine: what a tunnel or a proxy hands on comes under another one.
fn is_from_home(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(|peer| peer.address.to_canonical().is_loopback())
        && host_of(request).is_some_and(|host| HOME.contains(&host))
}

/// Digests take the same time to compare however much of the text is right.
fn is_token(given: &str, access: &Secret) -> bool {
    Sha256::digest(given) == Sha256::digest(access.expose())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let each = sent.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    each.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// Hands the browser its cookie, and sends it to the same page under an address that can be shown to others.
fn enter(platform: &Platform, request: &Request, query: &[(String, String)], access: &Secret) -> Response {
    // One slash, since two would begin the name of another host.
    let path = request.uri().path().trim_start_matches('/');
    let rest = query.iter().filter(|(name, _)| name != PARAMETER);
    let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    let mark = if rest.is_empty() { "" } else { "?" };
    // Lax, since the platform's pages are reached from those of the client.
    let secure = if platform.base.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Lax; Path=/{secure}", access.expose());
    let mut response = StatusCode::SEE_OTHER.into_response();
    for (name, text) in [(header::LOCATION, format!("/{path}{mark}{rest}")), (header::SET_COOKIE, cookie)] {
        if let Ok(text) = HeaderValue::try_from(text) {
            response.headers_mut().insert(name, text);
        }
    }
    response
}

/// No answer of the platform's: a 401 would have clients fetch another bearer token.
fn refused() -> Response {
    let text = "This sandbox wants the access token it was started with: open a page once with ?access=TOKEN behind \
                its address, or send it as X-Sandbox-Access.\n";
    (StatusCode::FORBIDDEN, text).into_response()
}
