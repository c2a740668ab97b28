//! The wire: which path leads where, and what is asked of every request before anything else.
//!
//! A request passes the [`Front`] (host, size, request id, record), then the router, then whatever faults were scripted for
//! it, then for the API the guards of [`call`], then one handler: a plain function of world and call.

mod access;
mod accounts;
mod authorisations;
mod authorize;
mod bank_page;
mod bankid;
mod baskets;
mod call;
mod consents;
mod control;
mod dashboard;
mod directory;
mod fields;
mod kyc;
mod openapi;
mod page;
mod payment_body;
mod payments;
mod picture;
mod reply;
pub(crate) mod routes;
mod striking;
mod token;
mod transactions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower::ServiceExt as _;

pub(crate) use self::access::HOME;
pub(crate) use self::control::CONTROL;
use self::reply::Refusal;
use self::striking::Passage;
use crate::ledger::SeenRequest;
use crate::platform::Platform;

/// The most a body may have.
const MOST_BODY: usize = 1024 * 1024;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// What every request meets first.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    platform: Arc<Platform>,
    router: Router,
}

impl Front {
    pub(crate) fn new(platform: Arc<Platform>) -> Self {
        let router = router(&platform).with_state(Arc::clone(&platform));
        Self { platform, router }
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Answers a request: always, and never with a fault of the server for what the client did.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let method = known(request.method()).to_owned();
        let request_id = request.headers().get(REQUEST_ID).cloned();
        let path = request.uri().path();
        // Neither is the platform's: the record is what clients did, not who looked at it.
        let unrecorded = control::is_for_control(path) || path == dashboard::LIVE;
        let mut response = self.route(request).await;
        if !unrecorded {
            self.note(method, request_id.as_ref(), &mut response);
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    /// Puts the request on record, and its id into the answer.
    fn note(&self, method: String, request_id: Option<&HeaderValue>, response: &mut Response) {
        let passage = response.extensions_mut().remove::<Passage>();
        let passage = passage
            .unwrap_or_else(|| Passage { template: "(no such path)".to_owned(), ..Passage::default() });
        let seen = SeenRequest {
            method,
            template: passage.template,
            status: if passage.unanswered { 0 } else { response.status().as_u16() },
            request_id: request_id.and_then(|id| id.to_str().ok()).map(|id| id.chars().take(64).collect()),
            client_id: response.extensions_mut().remove::<call::CallerId>().map(|caller| caller.0),
            faults: passage.faults,
        };
        tracing::info!(
            method = seen.method,
            path = seen.template,
            status = seen.status,
            request_id = seen.request_id.as_deref().unwrap_or_default(),
            faults = seen.faults.join(" "),
            "answered"
        );
        let second = passage.second.map(|status| SeenRequest { status: status.as_u16(), ..seen.clone() });
        let mut record = self.platform.record();
        record.note(seen);
        if let Some(second) = second {
            record.note(second);
        }
        drop(record);
        let Some(id) = request_id.cloned() else {
            return;
        };
        let id = if passage.foreign_id { self.foreign(&id) } else { id };
        response.headers_mut().insert(REQUEST_ID, id);
    }

    /// Another request's id; the same for the same request.
    fn foreign(&self, id: &HeaderValue) -> HeaderValue {
        let own = id.to_str().unwrap_or_default();
        let other = self.platform.with_world(|world, _| world.mint.derived_uuid(&["foreign", own]));
        HeaderValue::try_from(other).unwrap_or(HeaderValue::from_static(""))
    }

    async fn route(&self, request: Request) -> Response {
        if !self.is_for_us(&request) {
            return Refusal::format("Host", "this host name is not served here").into_response();
        }
        if let Some(stopped) = access::stop(&self.platform, &request) {
            return stopped;
        }
        let (mut parts, body) = request.into_parts();
        let announced =
            parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > MOST_BODY) {
            return too_large();
        }
        let body = match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, MOST_BODY)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return too_large(),
            Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        };
        parts.uri = without_trailing_slash(parts.uri);
        let request = Request::from_parts(parts, Body::from(body));
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// A browser that was lured here under another name (DNS rebinding) gets nothing.
    fn is_for_us(&self, request: &Request) -> bool {
        host_of(request).is_some_and(|host| self.platform.admission.hosts.contains(host))
    }
}

/// The one host that a request names.
fn host_of(request: &Request) -> Option<&str> {
    let mut named = request.headers().get_all(header::HOST).iter();
    match (request.uri().authority(), named.next(), named.next()) {
        (Some(authority), _, None) => Some(host_name(authority.as_str())),
        (None, Some(host), None) => host.to_str().ok().map(host_name),
        _ => None,
    }
}

/// The method, when it is one of HTTP's own: anybody can think of others, and the record counts by method.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"];
    all.into_iter().find(|known| method == known).unwrap_or("(another method)")
}

/// Without the port; IPv6 addresses keep their brackets.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

const REQUEST_ID: &str = "x-request-id";

fn too_large() -> Response {
    // No source names a code for it.
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "FORMAT_ERROR", "more than 1 MiB").into_response()
}

/// The real platform serves paths with and without.
fn without_trailing_slash(uri: Uri) -> Uri {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') {
        return uri;
    }
    let short = path.trim_end_matches('/');
    let short = if short.is_empty() { "/" } else { short };
    let rewritten = match uri.query() {
        Some(query) => format!("{short}?{query}"),
        None => short.to_owned(),
    };
    rewritten.parse().unwrap_or(uri)
}

fn router(platform: &Arc<Platform>) -> Router<Arc<Platform>> {
    let targets = striking::Targets::new(Arc::clone(platform));
    Router::new()
        .merge(pages())
        .merge(routes::router())
        .route("/openapi.json", get(openapi::serve))
        .route("/v1/{*rest}", axum::routing::any(without_product))
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "RESOURCE_UNKNOWN", "no such path") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "SERVICE_INVALID", "this path has no such method")
        })
        .layer(axum::middleware::from_fn_with_state(targets, striking::strike))
        .nest(control::PREFIX, control::router(platform))
}

/// A path of the API without the product before it: the platform's gateway looks at the token first and knows no issuer
/// for it. Seen once, and with no more than the status and these words; products that are not served here are 404.
async fn without_product() -> Response {
    let why = r#"Bearer error="invalid_token", error_description="The issuer is invalid""#;
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, why)]).into_response()
}

fn pages() -> Router<Arc<Platform>> {
    Router::new()
        .route("/", get(dashboard::show))
        .route(dashboard::LIVE, get(dashboard::live))
        .route("/style.css", get(page::style))
        .route("/live.js", get(page::live_script))
        .route("/countdown.js", get(page::countdown_script))
        .route("/.well-known/openid-configuration", get(token::discovery))
        .route("/connect/token", axum::routing::post(token::token))
        .route("/connect/authorize", get(authorize::authorize))
        .route("/bank/{visit}", get(bank_page::arrive).post(bank_page::log_in))
        .route("/bank/{visit}/{session}", get(bank_page::show).post(bank_page::decide))
        .route("/bankid", get(bankid::open).post(bankid::decide))
        .route("/bankid/scan", get(bankid::scan))
        .route("/bankid/order/{order}", get(bankid::show))
}

/// A request's header as text.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| !text.is_empty())
}

/// The pairs of a query or form; names and values decoded.
fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// The value of a name in [`pairs`]; given twice it counts as not given, so that no two readers see different ones.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

/// Whether a form came from a page of ours; browsers say so themselves, other clients say nothing.
fn is_same_site(headers: &HeaderMap, platform: &Platform) -> bool {
    let fetched = header(headers, "sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = header(headers, "origin").is_none_or(|origin| {
        // A strict referrer policy makes browsers send `null` here; what they say about the fetch then decides.
        origin == "null" && headers.contains_key("sec-fetch-site")
            || url::Url::parse(origin).ok().is_some_and(|url| {
                url.port_or_known_default() == platform.base.port_or_known_default()
                    && url.host_str().is_some_and(|host| platform.admission.hosts.contains(host))
            })
    });
    fetched && origin
}

/// A form's body.
fn form(body: &Bytes) -> Vec<(String, String)> {
    pairs(body)
}

#[cfg(test)]
mod tests;
