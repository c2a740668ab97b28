//! What all pages share: the frame, the style, and headers that let a browser load nothing from anywhere else.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Serves a page. `leaves_for` is an address that a form of the page may end up at, beside the sandbox's own.
pub(super) fn html(page: &impl Template, leaves_for: Option<&str>) -> Response {
    served(page, leaves_for, "")
}

/// Serves a page that runs a script of the sandbox's own, and asks nobody but the sandbox.
pub(super) fn scripted(page: &impl Template) -> Response {
    served(page, None, " script-src 'self'; connect-src 'self';")
}

fn served(page: &impl Template, leaves_for: Option<&str>, scripts: &str) -> Response {
    let Ok(text) = page.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:;{scripts} form-action 'self'{}; base-uri 'none'; frame-ancestors 'none'",
        leaves_for.and_then(source_of).map(|source| format!(" {source}")).unwrap_or_default()
    );
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// How a policy names an address: its origin, or the scheme for those of apps.
fn source_of(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) })
}

/// Sends the browser elsewhere.
pub(super) fn see_other_place(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// A page with one message and nowhere to go.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    title: &'a str,
    message: &'a str,
    next: Option<String>,
}

/// The page for what cannot go on.
pub(super) fn error_page(title: &str, message: &str) -> Response {
    html(&MessagePage { title, message, next: None }, None)
}

/// The page after a decision; `next` leads to what waits after it.
pub(super) fn result_page(title: &str, message: &str, next: Option<String>) -> Response {
    html(&MessagePage { title, message, next }, None)
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../templates/style.css"))
        .into_response()
}

pub(super) async fn live_script() -> Response {
    script(include_str!("../../templates/live.js"))
}

pub(super) async fn countdown_script() -> Response {
    script(include_str!("../../templates/countdown.js"))
}

fn script(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response()
}
