//! The wire: which path leads where, and what is asked of every request before anything else.
//!
//! A request passes the [`Front`] (host, size, request id, record), then the router, then for the API the guards of
//! [`call`], then one handler: a plain function of world and call.

mod accounts;
mod authorisations;
mod authorize;
mod bank_page;
mod bankid;
mod baskets;
mod call;
mod consents;
mod dashboard;
mod directory;
mod fields;
mod kyc;
mod page;
mod payment_body;
mod payments;
mod reply;
mod token;
mod transactions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, get};
use tower::ServiceExt as _;

use self::call::api;
use self::reply::Refusal;
use crate::banks::Operation;
use crate::ledger::SeenRequest;
use crate::platform::Platform;
use crate::world::payment::Service;

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
        let router = routes().with_state(Arc::clone(&platform));
        Self { platform, router }
    }

    /// Answers a request: always, and never with a fault of the server for what the client did.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let method = request.method().to_string();
        let request_id = request.headers().get(REQUEST_ID).cloned();
        let mut response = self.route(request).await;
        let template = response.extensions_mut().remove::<Template>();
        let seen = SeenRequest {
            method,
            template: template.map_or_else(|| "(no such path)".to_owned(), |template| template.0),
            status: response.status().as_u16(),
            request_id: request_id
                .as_ref()
                .and_then(|id| id.to_str().ok())
                .map(|id| id.chars().take(64).collect()),
            client_id: response.extensions_mut().remove::<call::CallerId>().map(|caller| caller.0),
        };
        tracing::info!(
            method = seen.method,
            path = seen.template,
            status = seen.status,
            request_id = seen.request_id.as_deref().unwrap_or_default(),
            "answered"
        );
        self.platform.record().note(seen);
        if let Some(id) = request_id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    async fn route(&self, request: Request) -> Response {
        if !self.is_for_us(&request) {
            return Refusal::format("Host", "this host name is not served here").into_response();
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
        let mut named = request.headers().get_all(header::HOST).iter();
        let host = match (request.uri().authority(), named.next(), named.next()) {
            (Some(authority), _, None) => authority.as_str(),
            (None, Some(host), None) => host.to_str().unwrap_or_default(),
            _ => return false,
        };
        self.platform.hosts.contains(host_name(host))
    }
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

/// The path template of a request, on its way back to the record.
#[derive(Clone, Debug)]
struct Template(String);

async fn note_template(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(Template(matched.as_str().to_owned()));
    }
    response
}

fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .merge(pages())
        .merge(directory_routes())
        .merge(consent_routes())
        .merge(account_routes())
        .merge(payment_routes())
        .merge(basket_routes())
        .merge(kyc_routes())
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "RESOURCE_UNKNOWN", "no such path") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "SERVICE_INVALID", "this path has no such method")
        })
        .layer(axum::middleware::from_fn(note_template))
}

fn pages() -> Router<Arc<Platform>> {
    Router::new()
        .route("/", get(dashboard::show))
        .route("/style.css", get(page::style))
        .route("/.well-known/openid-configuration", get(token::discovery))
        .route("/connect/token", axum::routing::post(token::token))
        .route("/connect/authorize", get(authorize::authorize))
        .route("/bank/{visit}", get(bank_page::show).post(bank_page::decide))
        .route("/bankid", get(bankid::open).post(bankid::decide))
        .route("/bankid/scan", get(bankid::scan))
        .route("/bankid/order/{order}", get(bankid::show))
}

fn directory_routes() -> Router<Arc<Platform>> {
    const D: Operation = Operation::Directory;
    const GET: MethodFilter = MethodFilter::GET;
    Router::new()
        .route("/psd2/aspspinformation/v1/countries", api(GET, D, directory::countries))
        .route("/psd2/aspspinformation/v1/countries/{isoCountryCode}", api(GET, D, directory::country))
        .route("/psd2/aspspinformation/v1/cities", api(GET, D, directory::cities))
        .route("/psd2/aspspinformation/v1/cities/{cityId}", api(GET, D, directory::city))
        .route("/psd2/aspspinformation/v1/aspsps", api(GET, D, directory::aspsps))
        .route("/psd2/aspspinformation/v1/aspsps/{bicFi}", api(GET, D, directory::aspsp))
}

fn consent_routes() -> Router<Arc<Platform>> {
    use Operation as O;
    let one = "/psd2/consent/v1/consents/{consentId}";
    let authorising = [O::StartConsentAuthorisation, O::ReadConsentAuthorisation, O::ChooseConsentMethod];
    Router::new()
        .route("/psd2/consent/v1/consents", api(MethodFilter::POST, O::CreateConsent, consents::create))
        .route(
            one,
            api(MethodFilter::GET, O::ReadConsent, consents::read).merge(api(
                MethodFilter::DELETE,
                O::DeleteConsent,
                consents::delete,
            )),
        )
        .route(&format!("{one}/status"), api(MethodFilter::GET, O::ReadConsent, consents::status))
        .merge(authorisation_routes(&format!("{one}/authorisations"), "authorisationId", authorising))
}

fn account_routes() -> Router<Arc<Platform>> {
    const A: Operation = Operation::ReadAccounts;
    const GET: MethodFilter = MethodFilter::GET;
    let one = "/psd2/accountinformation/v1/accounts/{accountId}";
    Router::new()
        .route("/psd2/accountinformation/v1/accounts", api(GET, A, accounts::list))
        .route(one, api(GET, A, accounts::details))
        .route(&format!("{one}/balances"), api(GET, A, accounts::balances))
        .route(&format!("{one}/transactions"), api(GET, A, transactions::list))
        .route(&format!("{one}/transactions/{{transactionId}}"), api(GET, A, transactions::details))
}

fn payment_routes() -> Router<Arc<Platform>> {
    Service::ALL.into_iter().map(payment_routes_of).fold(Router::new(), Router::merge)
}

fn payment_routes_of(service: Service) -> Router<Arc<Platform>> {
    use Operation as O;
    let all = &format!("/psd2/paymentinitiation/v1/{}/{{payment-product}}", service.as_str());
    let one = &format!("{all}/{{paymentId}}");
    let create = match service {
        Service::Single => payments::create_single,
        Service::Periodic => payments::create_periodic,
        Service::Bulk => payments::create_bulk,
    };
    let authorising = [O::StartPaymentAuthorisation, O::ReadPaymentAuthorisation, O::ChoosePaymentMethod];
    let cancelling =
        [O::StartCancellationAuthorisation, O::ReadCancellationAuthorisation, O::ChooseCancellationMethod];
    Router::new()
        .route(all, api(MethodFilter::POST, O::CreatePayment, create))
        .route(
            one,
            api(MethodFilter::GET, O::ReadPayment, payments::read).merge(api(
                MethodFilter::DELETE,
                O::CancelPayment,
                payments::cancel,
            )),
        )
        .route(&format!("{one}/status"), api(MethodFilter::GET, O::PaymentStatus, payments::status))
        .merge(authorisation_routes(&format!("{one}/authorisations"), "authorisationId", authorising))
        .merge(authorisation_routes(
            &format!("{one}/cancellation-authorisations"),
            "cancellationId",
            cancelling,
        ))
}

fn basket_routes() -> Router<Arc<Platform>> {
    use Operation as O;
    let one = &format!("{}/{{basketId}}", call::BASKETS);
    let authorising = [O::StartBasketAuthorisation, O::ReadBasketAuthorisation, O::ChooseBasketMethod];
    Router::new()
        .route(call::BASKETS, api(MethodFilter::POST, O::CreateBasket, baskets::create))
        .route(
            one,
            api(MethodFilter::GET, O::ReadBasket, baskets::read).merge(api(
                MethodFilter::DELETE,
                O::DeleteBasket,
                baskets::delete,
            )),
        )
        .route(&format!("{one}/status"), api(MethodFilter::GET, O::ReadBasket, baskets::status))
        .merge(authorisation_routes(&format!("{one}/authorisations"), "authorisationId", authorising))
}

fn kyc_routes() -> Router<Arc<Platform>> {
    const K: Operation = Operation::Kyc;
    Router::new()
        .route("/integration/v1/new/{PSU-Corporate-ID}", api(MethodFilter::POST, K, kyc::start))
        .route("/integration/v1/status/{PSU-Corporate-ID}", api(MethodFilter::GET, K, kyc::status))
}

/// The four calls by which a resource is authorised, alike for all: start, list, status, choice of the method.
fn authorisation_routes(all: &str, id: &str, [start, read, choose]: [Operation; 3]) -> Router<Arc<Platform>> {
    let of_all = api(MethodFilter::POST, start, authorisations::start);
    let of_one = api(MethodFilter::GET, read, authorisations::status);
    Router::new().route(all, of_all.merge(api(MethodFilter::GET, read, authorisations::list))).route(
        &format!("{all}/{{{id}}}"),
        of_one.merge(api(MethodFilter::PUT, choose, authorisations::choose)),
    )
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
                    && url.host_str().is_some_and(|host| platform.hosts.contains(host))
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
