//! The bank's own page in a redirect: the PSU logs in, sees exactly what he approves, and approves or refuses. Where PSUs
//! are simulated the page sends the browser straight back.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::page::{error_page, html, see_other_place};
use super::{form, is_same_site, value};
use crate::platform::Platform;
use crate::world::World;
use crate::world::authorisation::Authorisation;

#[derive(Template)]
#[template(path = "bank.html")]
struct BankPage<'a> {
    title: String,
    bank: &'a str,
    visit: &'a str,
    psu: String,
    rows: Vec<(&'static str, String)>,
}

pub(super) async fn show(State(platform): State<Arc<Platform>>, Path(id): Path<String>) -> Response {
    platform.with_world(|world, now| {
        if world.rules.approve.delay().is_some() && is_open(world, &id) {
            world.act_on_visit(&id, now);
        }
        page_or_way_back(world, &id)
    })
}

pub(super) async fn decide(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_same_site(&headers, &platform) {
        return (StatusCode::FORBIDDEN, error_page("Refused", "This form came from another site."))
            .into_response();
    }
    let form = form(&body);
    platform.with_world(|world, now| {
        if is_open(world, &id) {
            let psu = value(&form, "psu").map(str::trim).filter(|psu| is_psu_id(psu));
            match (value(&form, "decision"), psu) {
                (Some("approve"), Some(psu)) => world.approve_visit(&id, psu, now),
                (Some("refuse"), _) => world.refuse_visit(&id),
                _ => {
                    let text = "Log in with a personal number, then approve or refuse.";
                    return (StatusCode::BAD_REQUEST, error_page("Not understood", text)).into_response();
                }
            }
        }
        page_or_way_back(world, &id)
    })
}

/// Banks' ids of persons differ; letters, digits and a hyphen are what they are made of.
fn is_psu_id(text: &str) -> bool {
    (1..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_open(world: &World, id: &str) -> bool {
    world.visits.get(id).is_some_and(|visit| {
        visit.leaves_for.is_none()
            && world.authorisations.get(&visit.authorisation).is_some_and(Authorisation::is_pending)
    })
}

fn page_or_way_back(world: &World, id: &str) -> Response {
    let Some(visit) = world.visits.get(id) else {
        return (StatusCode::NOT_FOUND, error_page("Nothing here", "There is no such visit to the bank."))
            .into_response();
    };
    if let Some(location) = &visit.leaves_for {
        return see_other_place(location);
    }
    let Some(owner) = world.owner(&visit.resource).filter(|_| is_open(world, id)) else {
        return (StatusCode::GONE, error_page("Over", "What you came for has ended already."))
            .into_response();
    };
    let bank = owner.bank.name();
    let page = BankPage {
        title: format!("{bank}: approve"),
        bank,
        visit: id,
        psu: world.psu_of(&visit.authorisation),
        rows: world.describe(&visit.resource),
    };
    html(&page, Some(&visit.redirect_uri))
}
