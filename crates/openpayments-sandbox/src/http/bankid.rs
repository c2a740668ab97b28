//! The BankID app as a page: opened by a link with the autostart token, by a scanned QR frame, or by hand; it shows who
//! asks for what, and signs or refuses.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::page::{error_page, result_page, scripted, see_other_place};
use super::{form, is_same_site, pairs, value};
use crate::platform::Platform;
use crate::world::World;
use crate::world::shown::Shown;

#[derive(Template)]
#[template(path = "bankid.html")]
struct OrderPage<'a> {
    title: &'a str,
    bank: &'a str,
    order: &'a str,
    /// What this round is for, in the app's words.
    purpose: &'a str,
    psu: String,
    shown: Shown,
    /// Until it ends by itself.
    seconds: i64,
}

#[derive(Template)]
#[template(path = "bankid_list.html")]
struct ListPage {
    title: &'static str,
    orders: Vec<Waiting>,
}

/// An order on the list.
struct Waiting {
    page: String,
    about: String,
    seconds: i64,
}

/// `?autostarttoken=…&redirect=…` as the universal link of the app has it. The redirect is not followed: a page that
/// sends people wherever a link says would serve those who phish. Without a token: what waits.
pub(super) async fn open(State(platform): State<Arc<Platform>>, uri: Uri) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    platform.with_world(|world, now| match value(&query, "autostarttoken") {
        None => scripted(&ListPage { title: "BankID", orders: waiting(world, now) }),
        Some(token) => {
            let id = world.app_orders.get(token).filter(|id| {
                let order = world.authorisations.get(*id).and_then(|found| found.order.as_ref());
                order.is_some_and(|order| order.autostart_token == token)
            });
            match id.cloned() {
                Some(id) => open_order(world, &id, now),
                None => over(),
            }
        }
    })
}

/// `?qr=bankid.…`: the text of one frame of an animated QR code. An old frame opens nothing.
pub(super) async fn scan(State(platform): State<Arc<Platform>>, uri: Uri) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    let frame = value(&query, "qr").unwrap_or_default();
    platform.with_world(|world, now| {
        if let Some(id) = world.scan(frame, now) {
            return open_order(world, &id, now);
        }
        let text = "This QR code is not valid any more. Scan the one that is on the screen now.";
        (StatusCode::GONE, error_page("Scan again", text)).into_response()
    })
}

fn waiting(world: &World, now: jiff::Timestamp) -> Vec<Waiting> {
    let orders = world.authorisations.values().filter_map(|authorisation| {
        let order = authorisation.order.as_ref()?;
        let about = format!("{}: {}", authorisation.bank.name(), world.shown(&authorisation.resource).title);
        Some(Waiting { page: order.page.clone(), about, seconds: order.seconds_left(now) })
    });
    orders.collect()
}

fn open_order(world: &mut World, id: &str, now: jiff::Timestamp) -> Response {
    world.open_app(id, now);
    match world.authorisations.get(id).and_then(|authorisation| authorisation.order.as_ref()) {
        Some(order) => see_other_place(&format!("/bankid/order/{}", order.page)),
        None => over(),
    }
}

fn over() -> Response {
    let text = "There is nothing to sign here: it was signed, refused, or took too long.";
    (StatusCode::GONE, error_page("Nothing to sign", text)).into_response()
}

pub(super) async fn show(State(platform): State<Arc<Platform>>, Path(page): Path<String>) -> Response {
    platform.with_world(|world, now| {
        let Some(id) = order_of(world, &page) else {
            return over();
        };
        world.open_app(&id, now);
        let Some(authorisation) = world.authorisations.get(&id) else {
            return over();
        };
        let shown = world.shown(&authorisation.resource);
        let purpose = match authorisation.status.as_str() {
            "authenticationStarted" => "Identify yourself",
            "authoriseCreditorAccountStarted" => "Approve a new recipient",
            _ => "Sign",
        };
        let page = OrderPage {
            title: "BankID",
            bank: authorisation.bank.name(),
            order: &page,
            purpose,
            psu: world.psu_of(&id),
            shown,
            seconds: authorisation.order.as_ref().map_or(0, |order| order.seconds_left(now)),
        };
        scripted(&page)
    })
}

fn order_of(world: &World, page: &str) -> Option<String> {
    let id = world.app_orders.get(page)?;
    let order = world.authorisations.get(id)?.order.as_ref()?;
    (order.page == page).then(|| id.clone())
}

pub(super) async fn decide(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_same_site(&headers, &platform) {
        return (StatusCode::FORBIDDEN, error_page("Refused", "This form came from another site."))
            .into_response();
    }
    let form = form(&body);
    platform.with_world(|world, now| {
        let Some(id) = value(&form, "order").and_then(|page| order_of(world, page)) else {
            return over();
        };
        match value(&form, "decision") {
            Some("sign") => {
                world.sign_round(&id, now);
                signed(world, &id)
            }
            Some("refuse") => {
                world.refuse(&id);
                result_page("Refused", "Nothing was signed. You can close this page.", None)
            }
            _ => (StatusCode::BAD_REQUEST, error_page("Not understood", "Sign or refuse.")).into_response(),
        }
    })
}

fn signed(world: &World, id: &str) -> Response {
    let Some(authorisation) = world.authorisations.get(id) else {
        return over();
    };
    match &authorisation.order {
        Some(next) => {
            let text = "Done. One more step waits in the app.";
            result_page("Signed", text, Some(format!("/bankid/order/{}", next.page)))
        }
        None if authorisation.is_pending() => {
            let text = "Done. Open BankID once more in a moment.";
            result_page("Signed", text, Some("/bankid".to_owned()))
        }
        None => result_page("Signed", "All done. You can close this page.", None),
    }
}
