//! The page at `/`: what waits for a person, what there is, and what was asked last; it follows what happens.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use super::page::scripted;
use crate::clock::day_of;
use crate::fault::{ArmedFault, Fault, Faults};
use crate::ledger::SeenRequest;
use crate::platform::Platform;
use crate::world::{Resource, World};

/// Where the page gets what changes.
pub(super) const LIVE: &str = "/live";

/// The most rows of a table.
const MOST_ROWS: usize = 20;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard {
    title: &'static str,
    base: String,
    live: Live,
}

/// The part that changes.
#[derive(Template)]
#[template(path = "live.html")]
struct Live {
    now: String,
    waiting: Vec<Waiting>,
    tables: Vec<Table>,
}

struct Waiting {
    link: String,
    bank: String,
    about: String,
}

struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
    /// How many there are, shown or not.
    total: usize,
}

struct Row {
    tone: &'static str,
    /// The first is what has become of it.
    cells: Vec<String>,
}

impl Row {
    fn new(cells: Vec<String>) -> Self {
        Self { tone: cells.first().map(|state| tone(state)).unwrap_or_default(), cells }
    }
}

/// The colour of a state; its word says the same.
fn tone(state: &str) -> &'static str {
    match state {
        "valid" | "finalised" | "exempted" | "ACSC" | "ACCC" | "ACSP" | "booked" | "ready" => "good",
        "rejected" | "failed" | "RJCT" | "CANC" | "revokedByPsu" | "expired" | "terminatedByTpp" | "lost" => {
            "bad"
        }
        _ => match state.parse() {
            Ok(200..=399_u16) => "good",
            Ok(_) => "bad",
            Err(_) => "open",
        },
    }
}

pub(super) async fn show(State(platform): State<Arc<Platform>>) -> Response {
    let title = "Open Payments sandbox";
    scripted(&Dashboard { title, base: platform.base.to_string(), live: at_present(&platform) })
}

/// The changing part alone.
pub(super) async fn live(State(platform): State<Arc<Platform>>) -> Response {
    scripted(&at_present(&platform))
}

fn at_present(platform: &Arc<Platform>) -> Live {
    let faults = faults(&Faults::new(Arc::clone(platform)).list());
    let requests = requests(platform);
    platform.with_world(|world, now| Live {
        now: now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        waiting: waiting(world),
        tables: vec![
            requests,
            consents(world, now),
            payments(world),
            authorisations(world),
            ledger(world),
            faults,
            clients(world),
        ],
    })
}

fn table(
    name: &'static str,
    columns: &'static [&'static str],
    total: usize,
    rows: impl Iterator<Item = Vec<String>>,
) -> Table {
    Table { name, columns, rows: rows.take(MOST_ROWS).map(Row::new).collect(), total }
}

fn waiting(world: &World) -> Vec<Waiting> {
    let in_apps = world.authorisations.values().filter_map(|authorisation| {
        let link = format!("/bankid/order/{}", authorisation.order.as_ref()?.page);
        Some((link, &authorisation.bank, &authorisation.resource))
    });
    let on_pages = world.visits.iter().filter_map(|(id, visit)| {
        let authorisation = world.authorisations.get(&visit.authorisation)?;
        let link = format!("/bank/{id}");
        world.is_visit_open(id).then_some((link, &authorisation.bank, &visit.resource))
    });
    let all = in_apps.chain(on_pages).take(MOST_ROWS).map(|(link, bank, resource)| Waiting {
        link,
        bank: bank.name().to_owned(),
        about: world.shown(resource).title,
    });
    all.collect()
}

/// The newest first, those of the API and for tokens; people who look at pages are not listed.
fn requests(platform: &Platform) -> Table {
    let record = platform.record();
    let of_clients =
        |seen: &SeenRequest| seen.template.starts_with("/psd2") || seen.template == "/connect/token";
    let rows = record.newest().filter(|seen| of_clients(seen)).map(|seen| {
        let status = if seen.status == 0 { "lost".to_owned() } else { seen.status.to_string() };
        let call = format!("{} {}", seen.method, seen.template);
        vec![status, call, seen.request_id.clone().unwrap_or_default(), seen.faults.join(", ")]
    });
    let total = record.newest().filter(|seen| of_clients(seen)).count();
    table("Last requests", &["Answer", "Call", "X-Request-ID", "Faults"], total, rows)
}

fn consents(world: &World, now: Timestamp) -> Table {
    let rows = world.consents.iter().map(|(id, consent)| {
        vec![
            consent.status_on(day_of(now)).as_str().to_owned(),
            consent.owner.bank.name().to_owned(),
            consent.valid_until.to_string(),
            id.clone(),
        ]
    });
    table("Consents", &["Status", "Bank", "Until", "Consent"], world.consents.len(), rows)
}

fn payments(world: &World) -> Table {
    let rows = world.payments.iter().map(|(id, payment)| {
        let what = world.shown(&Resource::Payment(id.clone())).title;
        vec![payment.status.as_str().to_owned(), payment.owner.bank.name().to_owned(), what, id.clone()]
    });
    table("Payments", &["Status", "Bank", "What", "Payment"], world.payments.len(), rows)
}

/// Those that began last first.
fn authorisations(world: &World) -> Table {
    let mut newest: Vec<_> = world.authorisations.iter().collect();
    newest.sort_by_key(|(_, authorisation)| std::cmp::Reverse(authorisation.started));
    let rows = newest.into_iter().map(|(id, authorisation)| {
        let of = format!("{} {}", authorisation.resource.word(), authorisation.resource.id());
        vec![authorisation.status.as_str().to_owned(), authorisation.bank.name().to_owned(), of, id.clone()]
    });
    let columns = &["Status", "Bank", "Of", "Authorisation"];
    table("Authorisations", columns, world.authorisations.len(), rows)
}

fn ledger(world: &World) -> Table {
    let rows = world.bookings.iter().rev().map(|booking| {
        vec![
            "booked".to_owned(),
            booking.amount.to_string(),
            booking.creditor_name.clone(),
            booking.date.to_string(),
            booking.request_id.clone(),
        ]
    });
    let columns = &["State", "Amount", "To", "On", "X-Request-ID"];
    table("Ledger", columns, world.bookings.len(), rows)
}

fn faults(armed: &[ArmedFault]) -> Table {
    let rows = armed.iter().map(|one| {
        let state = if one.struck < one.fault.times { "armed" } else { "spent" };
        let counts = format!("met {}, struck {} of {}", one.met, one.struck, one.fault.times);
        vec![state.to_owned(), one.fault.name().to_owned(), meant_for(&one.fault), counts]
    });
    table("Faults in force", &["State", "Fault", "For", "So far"], armed.len(), rows)
}

fn meant_for(fault: &Fault) -> String {
    let parts = [&fault.operation, &fault.method, &fault.path, &fault.bank].into_iter().flatten();
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    if parts.is_empty() { "any call".to_owned() } else { parts.join(" ") }
}

fn clients(world: &World) -> Table {
    let rows = world.clients.iter().map(|(id, client)| {
        vec!["ready".to_owned(), client.name.clone(), id.clone(), client.redirect_uris.join(", ")]
    });
    table("Clients", &["State", "Name", "Client id", "Redirect URIs"], world.clients.len(), rows)
}
