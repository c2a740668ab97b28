//! The bank's own pages in a redirect: the PSU logs in, sees exactly what he approves, and approves or refuses. Where PSUs
//! are simulated the first page sends the browser straight back.

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
use crate::world::shown::Shown;

#[derive(Template)]
#[template(path = "bank_login.html")]
struct LoginPage<'a> {
    title: String,
    bank: &'a str,
    visit: &'a str,
    client: &'a str,
    psu: String,
    /// Why the person is still here.
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "bank_approval.html")]
struct ApprovalPage<'a> {
    title: String,
    bank: &'a str,
    visit: &'a str,
    session: &'a str,
    psu: &'a str,
    shown: Shown,
}

/// The person arrives from the client.
pub(super) async fn arrive(State(platform): State<Arc<Platform>>, Path(id): Path<String>) -> Response {
    platform.with_world(|world, now| {
        if world.rules.approve.delay().is_some() && world.is_visit_open(&id) {
            world.act_on_visit(&id, now);
        }
        way_back(world, &id).unwrap_or_else(|| login_page(world, &id, None))
    })
}

/// The person says who he is, or goes back at once.
pub(super) async fn log_in(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_same_site(&headers, &platform) {
        return foreign();
    }
    let form = form(&body);
    platform.with_world(|world, _| {
        if world.is_visit_open(&id) && value(&form, "decision") == Some("refuse") {
            world.refuse_visit(&id);
        }
        if let Some(back) = way_back(world, &id) {
            return back;
        }
        let Some(psu) = value(&form, "psu").map(str::trim).filter(|psu| is_psu_id(psu)) else {
            let page = login_page(world, &id, Some("That is not a personal number."));
            return (StatusCode::BAD_REQUEST, page).into_response();
        };
        let Some(session) = world.log_in(&id, psu) else {
            let page = login_page(world, &id, Some("Somebody else is to approve this. Nothing was done."));
            return (StatusCode::FORBIDDEN, page).into_response();
        };
        see_other_place(&format!("/bank/{id}/{session}"))
    })
}

/// What is to be approved, for whoever logged in.
pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Path((id, session)): Path<(String, String)>,
) -> Response {
    platform
        .with_world(|world, _| way_back(world, &id).unwrap_or_else(|| approval_page(world, &id, &session)))
}

pub(super) async fn decide(
    State(platform): State<Arc<Platform>>,
    Path((id, session)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_same_site(&headers, &platform) {
        return foreign();
    }
    let form = form(&body);
    platform.with_world(|world, now| {
        if let Some(psu) = world.logged_in(&id, &session).map(str::to_owned)
            && world.is_visit_open(&id)
        {
            match value(&form, "decision") {
                Some("approve") => world.approve_visit(&id, &psu, now),
                Some("refuse") => world.refuse_visit(&id),
                _ => {
                    let page = error_page("Not understood", "Approve or refuse.");
                    return (StatusCode::BAD_REQUEST, page).into_response();
                }
            }
        }
        way_back(world, &id).unwrap_or_else(|| approval_page(world, &id, &session))
    })
}

fn foreign() -> Response {
    (StatusCode::FORBIDDEN, error_page("Refused", "This form came from another site.")).into_response()
}

/// Banks' ids of persons differ; letters, digits and a hyphen are what they are made of.
fn is_psu_id(text: &str) -> bool {
    (1..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Where the visit has nothing more to ask: back to the client, or nowhere.
fn way_back(world: &World, id: &str) -> Option<Response> {
    let Some(visit) = world.visits.get(id) else {
        let page = error_page("Nothing here", "There is no such visit to the bank.");
        return Some((StatusCode::NOT_FOUND, page).into_response());
    };
    if let Some(location) = &visit.leaves_for {
        return Some(see_other_place(location));
    }
    (!world.is_visit_open(id)).then(over)
}

fn over() -> Response {
    (StatusCode::GONE, error_page("Over", "What you came for has ended already.")).into_response()
}

fn login_page(world: &World, id: &str, problem: Option<&'static str>) -> Response {
    let Some((visit, owner)) =
        world.visits.get(id).and_then(|visit| Some((visit, world.owner(&visit.resource)?)))
    else {
        return over();
    };
    let bank = owner.bank.name();
    let page = LoginPage {
        title: format!("{bank}: log in"),
        bank,
        visit: id,
        client: world.client_name(&visit.client),
        psu: world.psu_of(&visit.authorisation),
        problem,
    };
    html(&page, Some(&visit.redirect_uri))
}

/// Without a login that counts: back to the first page.
fn approval_page(world: &World, id: &str, session: &str) -> Response {
    let Some(psu) = world.logged_in(id, session) else {
        return see_other_place(&format!("/bank/{id}"));
    };
    let Some((visit, owner)) =
        world.visits.get(id).and_then(|visit| Some((visit, world.owner(&visit.resource)?)))
    else {
        return over();
    };
    let bank = owner.bank.name();
    let shown = world.shown(&visit.resource);
    let page = ApprovalPage { title: format!("{bank}: approve"), bank, visit: id, session, psu, shown };
    html(&page, Some(&visit.redirect_uri))
}
