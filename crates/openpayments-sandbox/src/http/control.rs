//! The control API: what a test holds in its hands as a `Sandbox`, for whoever only has HTTP.
//!
//! It is no part of the platform: it lies under a path of its own, answers on loopback alone and to the token of this run
//! alone, is not on the record and is never struck by a fault.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post, put};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::fields::{self, Fields};
use super::reply::json_response;
use super::{header as header_of, pairs, value};
use crate::fault::{ArmedFault, Fault, Faults};
use crate::ledger::{Ledger, SeenRequest};
use crate::order::{Order, OrderKind};
use crate::platform::Platform;
use crate::quirk::Quirk;
use crate::server::Peer;
use crate::world::payment::Booking;
use crate::world::{Owner, World};

/// Where it lies, from the host's root on and without a slash in front.
pub(crate) const CONTROL: &str = "sandbox/v1/";
pub(super) const PREFIX: &str = "/sandbox/v1";

/// The most resources of one kind that the state lists.
const MOST_LISTED: usize = 1000;

pub(super) fn is_for_control(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn router(platform: &Arc<Platform>) -> Router<Arc<Platform>> {
    Router::new()
        .route("/state", get(state))
        .route("/clock", get(clock))
        .route("/clock/advance", post(advance))
        .route("/orders", get(orders))
        .route("/orders/{order}/approve", post(approve))
        .route("/orders/{order}/refuse", post(refuse))
        .route("/faults", get(faults).post(script).delete(clear_faults))
        .route("/faults/{fault}", delete(remove_fault))
        .route("/quirks", get(quirks))
        .route("/quirks/{quirk}", put(quirk_on).delete(quirk_off))
        .route("/ledger", get(ledger))
        .route("/redirect-uris", post(register))
        .fallback(|| async { refused(StatusCode::NOT_FOUND, "the control API has no such path") })
        .method_not_allowed_fallback(|| async {
            refused(StatusCode::METHOD_NOT_ALLOWED, "this path of the control API has no such method")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(platform), admit))
}

/// Only this machine, and only with the token.
async fn admit(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let near =
        request.extensions().get::<Peer>().is_some_and(|peer| peer.address.to_canonical().is_loopback());
    if !near {
        return refused(StatusCode::FORBIDDEN, "the control API answers on loopback only");
    }
    let authorization = header_of(request.headers(), "authorization").unwrap_or_default();
    let given = authorization.strip_prefix("Bearer ").unwrap_or_default().trim();
    // Digests take the same time to compare however much of the text is right.
    if Sha256::digest(given) != Sha256::digest(platform.control_token.expose()) {
        let text = "the control API wants `Authorization: Bearer` and the token that was told at the start";
        let mut response = refused(StatusCode::UNAUTHORIZED, text);
        let bearer = header::HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        return response;
    }
    next.run(request).await
}

fn refused(status: StatusCode, why: &str) -> Response {
    json_response(status, &json!({ "error": why }))
}

fn told(body: &Value) -> Response {
    json_response(StatusCode::OK, body)
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn clock_json(platform: &Platform) -> Value {
    json!({ "now": platform.clock.now().to_string() })
}

async fn clock(State(platform): State<Arc<Platform>>) -> Response {
    told(&clock_json(&platform))
}

/// `{"seconds": 90}`, or `{"ms": 1500}`.
async fn advance(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let number = |name| body.get(name).and_then(Value::as_u64);
    let by = match (number("seconds"), number("ms")) {
        (Some(seconds), None) => Duration::from_secs(seconds),
        (None, Some(ms)) => Duration::from_millis(ms),
        _ => {
            let text = "one of `seconds` and `ms`, a whole number that is not negative";
            return refused(StatusCode::BAD_REQUEST, text);
        }
    };
    platform.clock.advance(by);
    told(&clock_json(&platform))
}

async fn orders(State(platform): State<Arc<Platform>>) -> Response {
    told(&platform.with_world(|world, _| json!({ "orders": orders_json(world) })))
}

fn orders_json(world: &World) -> Value {
    world.orders().iter().map(order_json).collect()
}

fn order_json(order: &Order) -> Value {
    let shown: Vec<Value> =
        order.shown.iter().map(|(label, value)| json!({ "label": label, "value": value })).collect();
    json!({
        "id": order.id,
        "kind": match order.kind { OrderKind::App => "app", OrderKind::BankPage => "bank-page" },
        "bank": order.bank,
        "resource_id": order.resource_id,
        "authorisation_id": order.authorisation_id,
        "status": order.status,
        "autostart_token": order.autostart_token,
        "shown": shown,
    })
}

async fn approve(State(platform): State<Arc<Platform>>, Path(order): Path<String>) -> Response {
    decided(platform.with_world(|world, now| world.approve_order(&order, now)))
}

async fn refuse(State(platform): State<Arc<Platform>>, Path(order): Path<String>) -> Response {
    decided(platform.with_world(|world, _| world.refuse_order(&order)))
}

fn decided(found: bool) -> Response {
    if found { done() } else { refused(StatusCode::NOT_FOUND, "nothing with this id waits for anybody") }
}

async fn faults(State(platform): State<Arc<Platform>>) -> Response {
    told(&json!({ "faults": faults_json(&platform) }))
}

fn faults_json(platform: &Arc<Platform>) -> Vec<Value> {
    Faults::new(Arc::clone(platform)).list().iter().map(armed_json).collect()
}

fn armed_json(armed: &ArmedFault) -> Value {
    let mut body = armed.fault.to_json();
    if let Some(members) = body.as_object_mut() {
        members.insert("id".to_owned(), json!(armed.id));
        members.insert("met".to_owned(), json!(armed.met));
        members.insert("struck".to_owned(), json!(armed.struck));
    }
    body
}

async fn script(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body);
    let scripted = Fault::parse(&text).and_then(|fault| Faults::new(platform).script(fault));
    match scripted {
        Ok(id) => json_response(StatusCode::CREATED, &json!({ "id": id })),
        Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

async fn clear_faults(State(platform): State<Arc<Platform>>) -> Response {
    Faults::new(platform).clear();
    done()
}

async fn remove_fault(State(platform): State<Arc<Platform>>, Path(fault): Path<String>) -> Response {
    let removed = fault.parse().is_ok_and(|id| Faults::new(platform).remove(id));
    if removed { done() } else { refused(StatusCode::NOT_FOUND, "there is no fault with this number") }
}

async fn quirks(State(platform): State<Arc<Platform>>) -> Response {
    told(&platform.with_world(|world, _| json!({ "quirks": quirks_json(world) })))
}

fn quirks_json(world: &World) -> Value {
    Quirk::ALL.iter().map(|quirk| json!({ "name": quirk.name(), "on": world.has(*quirk) })).collect()
}

async fn quirk_on(State(platform): State<Arc<Platform>>, Path(quirk): Path<String>) -> Response {
    switch(&platform, &quirk, true)
}

async fn quirk_off(State(platform): State<Arc<Platform>>, Path(quirk): Path<String>) -> Response {
    switch(&platform, &quirk, false)
}

fn switch(platform: &Platform, quirk: &str, on: bool) -> Response {
    match Quirk::parse(quirk) {
        Ok(quirk) => {
            platform.with_world(|world, _| world.set_quirk(quirk, on));
            done()
        }
        Err(error) => refused(StatusCode::NOT_FOUND, &error.to_string()),
    }
}

/// All that was asked and booked, or what belongs to one `request_id`.
async fn ledger(State(platform): State<Arc<Platform>>, uri: Uri) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    let id = value(&query, "request_id");
    let ledger = Ledger::new(platform);
    let requests = match id {
        Some(id) => ledger.find(id),
        None => ledger.requests(),
    };
    let mut bookings = ledger.bookings();
    bookings.retain(|booking| id.is_none_or(|id| booking.request_id == id));
    told(&json!({
        "requests": requests.iter().map(seen_json).collect::<Value>(),
        "bookings": bookings.iter().map(booking_json).collect::<Value>(),
    }))
}

fn seen_json(seen: &SeenRequest) -> Value {
    json!({
        "method": seen.method,
        "path": seen.template,
        "status": seen.status,
        "request_id": seen.request_id,
        "client_id": seen.client_id,
        "faults": seen.faults,
    })
}

fn booking_json(booking: &Booking) -> Value {
    json!({
        "payment_id": booking.payment_id,
        "request_id": booking.request_id,
        "bank": booking.bank,
        "debtor": booking.debtor,
        "creditor": booking.creditor,
        "creditor_name": booking.creditor_name,
        "amount": { "currency": booking.amount.currency().as_str(), "amount": booking.amount.value().to_string() },
        "debited": booking.debited.to_string(),
        "text": booking.text,
        "date": booking.date.to_string(),
    })
}

/// `{"uri": "http://127.0.0.1:9000/callback"}`
async fn register(State(platform): State<Arc<Platform>>, _: HeaderMap, body: Bytes) -> Response {
    let body = fields::object(&body);
    let uri = body.as_ref().ok().and_then(|body| Fields::of(body).ok()?.text("uri", 2000).ok());
    let Some(uri) = uri.filter(|uri| url::Url::parse(uri).is_ok()) else {
        return refused(StatusCode::BAD_REQUEST, "`uri`, an absolute URI");
    };
    platform.with_world(|world, _| {
        for client in world.clients.values_mut() {
            client.redirect_uris.push(uri.to_owned());
        }
    });
    done()
}

async fn state(State(platform): State<Arc<Platform>>) -> Response {
    let faults = faults_json(&platform);
    let clock = clock_json(&platform);
    told(&platform.with_world(|world, _| {
        json!({
            "clock": clock,
            "faults": faults,
            "quirks": quirks_json(world),
            "orders": orders_json(world),
            "clients": world.clients.iter().map(|(id, client)| {
                json!({ "client_id": id, "name": client.name, "redirect_uris": client.redirect_uris })
            }).collect::<Value>(),
            "consents": listed(world.consents.iter().map(|(id, consent)| {
                of_owner(&consent.owner, json!({ "id": id, "status": consent.status }))
            })),
            "payments": listed(world.payments.iter().map(|(id, payment)| {
                of_owner(&payment.owner, json!({
                    "id": id,
                    "status": payment.status,
                    "service": payment.service.as_str(),
                    "product": payment.product,
                    "request_id": payment.request_id,
                }))
            })),
            "baskets": listed(world.baskets.iter().map(|(id, basket)| {
                of_owner(&basket.owner, json!({ "id": id, "status": basket.status, "payments": basket.payments }))
            })),
            "authorisations": listed(world.authorisations.iter().map(|(id, authorisation)| json!({
                "id": id,
                "status": authorisation.status,
                "bank": authorisation.bank.bic(),
                "of": authorisation.resource.word(),
                "resource_id": authorisation.resource.id(),
            }))),
            "counts": {
                "consents": world.consents.len(),
                "payments": world.payments.len(),
                "baskets": world.baskets.len(),
                "authorisations": world.authorisations.len(),
                "bookings": world.bookings.len(),
            },
        })
    }))
}

fn listed(all: impl Iterator<Item = Value>) -> Value {
    all.take(MOST_LISTED).collect()
}

fn of_owner(owner: &Owner, mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.insert("bank".to_owned(), json!(owner.bank.bic()));
        members.insert("context".to_owned(), json!(owner.context.to_string()));
        members.insert("client_id".to_owned(), json!(owner.client));
    }
    body
}
