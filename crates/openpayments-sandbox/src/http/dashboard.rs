//! The page at `/`: what this is, where it is, what waits for a person, and what was asked last.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::html;
use crate::ledger::SeenRequest;
use crate::platform::Platform;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard {
    title: &'static str,
    base: String,
    client_id: String,
    now: String,
    waiting: Vec<Waiting>,
    requests: Vec<Seen>,
    counts: Vec<(&'static str, usize)>,
}

struct Waiting {
    link: String,
    bank: String,
    about: String,
}

struct Seen {
    method: String,
    template: String,
    status: u16,
    request_id: String,
}

impl From<SeenRequest> for Seen {
    fn from(seen: SeenRequest) -> Self {
        let SeenRequest { method, template, status, request_id, .. } = seen;
        Self { method, template, status, request_id: request_id.unwrap_or_default() }
    }
}

pub(super) async fn show(State(platform): State<Arc<Platform>>) -> Response {
    let requests = platform.record().latest(20).into_iter().map(Seen::from).collect();
    platform.with_world(|world, now| {
        let in_apps = world.authorisations.values().filter_map(|authorisation| {
            let link = format!("/bankid/order/{}", authorisation.order.as_ref()?.page);
            Some((link, &authorisation.bank, &authorisation.resource))
        });
        let on_pages = world.visits.iter().filter_map(|(id, visit)| {
            let authorisation = world.authorisations.get(&visit.authorisation)?;
            let open = visit.leaves_for.is_none() && authorisation.is_pending();
            open.then(|| (format!("/bank/{id}"), &authorisation.bank, &visit.resource))
        });
        let waiting = in_apps.chain(on_pages).map(|(link, bank, resource)| Waiting {
            link,
            bank: bank.name().to_owned(),
            about: world
                .describe(resource)
                .into_iter()
                .map(|(_, value)| value)
                .take(2)
                .collect::<Vec<_>>()
                .join(", "),
        });
        let page = Dashboard {
            title: "Open Payments sandbox",
            base: platform.base.to_string(),
            client_id: world.clients.keys().next().cloned().unwrap_or_default(),
            now: now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            waiting: waiting.collect(),
            requests,
            counts: vec![
                ("Consents", world.consents.len()),
                ("Payments", world.payments.len()),
                ("Baskets", world.baskets.len()),
                ("Bookings", world.bookings.len()),
            ],
        };
        html(&page, None)
    })
}
