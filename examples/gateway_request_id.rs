//! A service of your own in front of the platform: it takes its client's `X-Request-ID`, logs it, passes it on to the
//! bank, and answers with it. One id then leads from your client's log to the platform's support.
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use openpayments::api::CallContext;
use openpayments::api::directory::ListAspsps;
use openpayments::model::identifier::RequestId;
use openpayments::prelude::*;
use tokio::net::TcpListener;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("curl -i -H 'X-Request-ID: 11111111-1111-4111-8111-111111111111' \\");
    println!("  'http://{}/banks?country=SE'", listener.local_addr()?);
    Ok(axum::serve(listener, routes(client)).await?)
}

pub(crate) fn routes(client: Client) -> Router {
    Router::new().route("/banks", get(banks)).with_state(client)
}

#[derive(serde::Deserialize)]
struct Asked {
    country: String,
}

// ANCHOR: gateway
async fn banks(State(client): State<Client>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    // A client that sends none gets a fresh one; a client that sends something else is told so.
    let id = match headers.get(REQUEST_ID).map(|id| id.to_str().ok()?.parse::<RequestId>().ok()) {
        None => RequestId::new(uuid::Uuid::new_v4()),
        Some(Some(id)) => id,
        Some(None) => return (StatusCode::BAD_REQUEST, "X-Request-ID must be a UUID").into_response(),
    };
    let call = ListAspsps::matching(Filter::default().country(&asked.country));
    let context = CallContext::directory(Context::Private).request_id(id);
    let answer = client.caller().call(&call, &context).await;
    tracing::info!(request_id = %id, ok = answer.is_ok(), "banks");
    let response = match answer {
        Ok(banks) => Json(banks.body).into_response(),
        // One line without a body or a value of anybody's; the id is in it, too.
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    ([(REQUEST_ID, id.to_string())], response).into_response()
}
// ANCHOR_END: gateway
