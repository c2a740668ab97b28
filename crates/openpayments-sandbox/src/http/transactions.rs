//! Transactions on the wire: filtered, page by page, and one by one where the bank shows details.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Span;
use jiff::civil::Date;
use openpayments_banks::{Call as BankCall, TransactionFilter};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::accounts::{ACCOUNTS, Opened, balances_json, money, open};
use super::call::Call;
use super::fields;
use super::reply::{Refusal, Reply, add};
use crate::clock::day_of;
use crate::quirk::Quirk;
use crate::world::account::Account;
use crate::world::consent::Right;
use crate::world::history::{Entry, entries_of};
use crate::world::mint::hex;
use crate::world::payment::Booking;
use crate::world::{LastRead, World};

/// Rows of one page.
const PAGE: usize = 25;

/// Which rows were asked for.
struct Asked {
    booked: bool,
    pending: bool,
    status: String,
    delta: Delta,
    /// Always there when all is asked for, and not only what is new.
    from: Option<Date>,
    /// How far back the bank's own history goes, where it ends.
    oldest: Option<Date>,
    to: Date,
}

/// Whether only what is new is asked for.
enum Delta {
    All,
    /// What was booked after this entry.
    After(String),
    /// What was booked since the list was read last.
    SinceLastRead,
}

impl Asked {
    fn of(call: &Call, today: Date) -> Result<Self, Refusal> {
        let status = call.query("bookingStatus").unwrap_or_default();
        let (booked, pending) = match status {
            "booked" => (true, false),
            "pending" => (false, true),
            "both" => (true, true),
            _ => return Err(Refusal::format("bookingStatus", "booked, pending or both")),
        };
        let day = |name: &str| {
            let text = call.query(name);
            text.map(|text| fields::date(text).ok_or(Refusal::format(name, "a date such as 2026-12-31")))
                .transpose()
        };
        let delta = Delta::of(call)?;
        let from = day("dateFrom")?;
        if from.is_none() && matches!(delta, Delta::All) {
            return Err(Refusal::format("dateFrom", "required"));
        }
        let to = day("dateTo")?.unwrap_or(today);
        if from.is_some_and(|from| from > to) {
            return Err(Refusal::bad("PERIOD_INVALID", "dateFrom", "after dateTo"));
        }
        Ok(Self { booked, pending, status: status.to_owned(), delta, from, oldest: None, to })
    }

    /// The query that asks for the same again.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("bookingStatus", &self.status);
        if let Some(from) = self.from {
            query.append_pair("dateFrom", &from.to_string());
        }
        query.append_pair("dateTo", &self.to.to_string());
        match &self.delta {
            Delta::All => {}
            Delta::After(reference) => {
                query.append_pair("entryReferenceFrom", reference);
            }
            Delta::SinceLastRead => {
                query.append_pair("deltaList", "true");
            }
        }
        query.finish()
    }
}

impl Delta {
    fn of(call: &Call) -> Result<Self, Refusal> {
        let reference = call.query("entryReferenceFrom");
        let since = call.flag("deltaList")?;
        let delta = match (reference, since) {
            (None, false) => return Ok(Self::All),
            (Some(reference), false) => Self::After(reference.to_owned()),
            (None, true) => Self::SinceLastRead,
            (Some(_), true) => {
                let text = "one of deltaList and entryReferenceFrom";
                return Err(Refusal::bad("PARAMETER_NOT_CONSISTENT", "deltaList", text));
            }
        };
        if call.bank()?.seat.delta_lists {
            return Ok(delta);
        }
        let name = if since { "deltaList" } else { "entryReferenceFrom" };
        Err(Refusal::bad("PARAMETER_NOT_SUPPORTED", name, "the bank does not tell what is new"))
    }
}

/// Where the next page goes on: how many rows were given, and the moment of the first page, so that what is booked
/// meanwhile shifts no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    given: usize,
    bookings: usize,
    today: Date,
    /// What had been read before the first page.
    since: LastRead,
}

impl Cursor {
    fn write(self, world: &World, path: &str) -> String {
        let LastRead { day, movements } = self.since;
        let text = format!("{}.{}.{}.{day}.{movements}", self.given, self.bookings, self.today);
        let seal = seal(world, path, &text);
        URL_SAFE_NO_PAD.encode(format!("{text}.{seal}"))
    }

    fn read(text: &str, world: &World, path: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (text, sealed) = std::str::from_utf8(&bytes).ok()?.rsplit_once('.')?;
        let mut parts = text.split('.');
        let given = parts.next()?.parse().ok()?;
        let bookings = parts.next()?.parse().ok()?;
        let today = parts.next()?.parse().ok()?;
        let since = LastRead { day: parts.next()?.parse().ok()?, movements: parts.next()?.parse().ok()? };
        (seal(world, path, text) == sealed).then_some(Self { given, bookings, today, since })
    }
}

fn seal(world: &World, path: &str, text: &str) -> String {
    hex(&world.mint.derive(&["cursor", path, text])).chars().take(16).collect()
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let account_id = call.parameter("accountId").to_owned();
    let asked = Asked::of(call, day_of(call.now))?;
    let with_balance = call.flag("withBalance")?;
    let path = format!("{ACCOUNTS}/{account_id}/transactions");
    let sealed = format!("{path}?{}", asked.query());
    let cursor = match call.query("cursor") {
        Some(text) => Some(
            Cursor::read(text, world, &sealed)
                .ok_or(Refusal::format("cursor", "not a cursor of this list"))?,
        ),
        None => None,
    };
    // Further pages are part of the same read: no source says so, but a long list would use up a day's reads otherwise.
    let what = match cursor {
        Some(cursor) => format!("transactions {account_id} {} page {}", asked.status, cursor.given),
        None => format!("transactions {account_id} {}", asked.status),
    };
    let opened = open(world, call, &what)?;
    let account = opened.account(world, call)?;
    opened.check(Right::Transactions, &account)?;
    let asked = within_history(asked, call, &opened, &account)?;
    let asked = without_ignored(asked, call, &opened)?;
    let has_details = call.bank()?.answers(BankCall::TransactionGet, call.context);
    let at = match cursor {
        Some(cursor) => cursor,
        None => first_page(world, &opened, &account, &asked),
    };
    let mut rows = rows(world, &account, &asked, at);
    if let Delta::After(reference) = &asked.delta {
        let known = rows.iter().position(|row| row.reference() == *reference);
        let unknown = Refusal::bad("RESOURCE_UNKNOWN", "entryReferenceFrom", "no such entry on the account");
        rows.truncate(known.ok_or(unknown)?);
    }
    rows.retain(|row| if row.pending { asked.pending } else { asked.booked });
    // Sources tell the number and not which ones: here, the newest.
    let days = asked.from.map_or(i64::MAX, |from| 1 + asked.to.duration_since(from).as_hours() / 24);
    rows.truncate(call.bank()?.most_rows(call.context, days).unwrap_or(usize::MAX));
    let given = rows.len().min(at.given.saturating_add(PAGE));
    let page = rows.get(at.given.min(given)..given).unwrap_or_default();
    let mut links = serde_json::Map::new();
    let to_account = format!("{ACCOUNTS}/{account_id}");
    let as_text = world.has(Quirk::AccountLinkAsText);
    links.insert(
        "account".to_owned(),
        if as_text { json!(to_account) } else { json!({ "href": to_account }) },
    );
    if given < rows.len() {
        let next = Cursor { given, ..at }.write(world, &sealed);
        let balance = if with_balance { "&withBalance=true" } else { "" };
        links.insert("next".to_owned(), json!({ "href": format!("{sealed}{balance}&cursor={next}") }));
    }
    let details = has_details.then_some(path.as_str());
    let pick = |pending: bool| -> Value {
        let rows = page.iter().filter(|row| row.pending == pending);
        rows.map(|row| row.json(world, &account, details)).collect()
    };
    let mut report = serde_json::Map::new();
    if asked.booked {
        report.insert("booked".to_owned(), pick(false));
    }
    if asked.pending {
        report.insert("pending".to_owned(), pick(true));
    }
    report.insert("_links".to_owned(), Value::Object(links));
    let mut body =
        json!({ "account": { "iban": account.iban, "currency": account.currency }, "transactions": report });
    let with_balance = with_balance && opened.consent.access.allows(Right::Balances, &account);
    if let (true, Some(members)) = (with_balance, body.as_object_mut()) {
        members.insert("balances".to_owned(), balances_json(world, &opened, &account));
    }
    Ok(Reply::ok(body))
}

/// What is asked for, no older than the bank's transactions go. Beyond, they are left out; where more can be read after a
/// signature, the bank says that it wants one.
fn within_history(asked: Asked, call: &Call, opened: &Opened, account: &Account) -> Result<Asked, Refusal> {
    let Some(history) = call.bank()?.history(call.context, &account.currency) else {
        return Ok(asked);
    };
    let back = |span: Span| opened.today.checked_sub(span).unwrap_or(account.opened);
    let usual = back(Span::new().months(history.months.unwrap_or(0)).days(history.days.unwrap_or(0)));
    let oldest = match history.after_sca {
        Some(fresh) if asked.from.is_some_and(|from| from < usual) => {
            let fresh_for = Span::new().minutes(fresh.minutes);
            let until = opened.consent.signed.and_then(|signed| signed.checked_add(fresh_for).ok());
            if until.is_none_or(|until| until < call.now) {
                // The text was observed, the code was not.
                let text = "Unauthorized, request not successful. Statement requires SCA";
                return Err(Refusal::new(StatusCode::UNAUTHORIZED, "CONSENT_INVALID", text));
            }
            back(Span::new().days(fresh.days))
        }
        _ => usual,
    };
    let from = asked.from.map_or(oldest, |from| from.max(oldest));
    Ok(Asked { from: Some(from), oldest: Some(oldest), ..asked })
}

/// What the bank gives, where it takes no notice of some of what is asked for.
fn without_ignored(mut asked: Asked, call: &Call, opened: &Opened) -> Result<Asked, Refusal> {
    let bank = call.bank()?;
    for filter in bank.ignored_filters(call.context) {
        match filter {
            TransactionFilter::DateFrom => asked.from = asked.oldest,
            TransactionFilter::DateTo => asked.to = opened.today,
            TransactionFilter::BookingStatus => (asked.booked, asked.pending) = (true, true),
        }
    }
    Ok(asked)
}

/// The moment that all pages show, and from where on it is new; whoever reads what is booked now has read it.
fn first_page(world: &mut World, opened: &Opened, account: &Account, asked: &Asked) -> Cursor {
    let now = LastRead { day: opened.today, movements: account.movements(&world.bookings).count() };
    let nothing = LastRead { day: account.opened, movements: 0 };
    let key = (opened.consent_id.clone(), account.iban.clone());
    let last = world.last_reads.get(&key).copied();
    if asked.booked {
        world.last_reads.insert(key, now);
    }
    let since = match asked.delta {
        Delta::SinceLastRead => last.unwrap_or(nothing),
        Delta::All | Delta::After(_) => nothing,
    };
    Cursor { given: 0, bookings: world.bookings.len(), today: opened.today, since }
}

/// A row of the list. There may be thousands, and what a page does not show is never written out.
struct Row<'a> {
    date: Date,
    pending: bool,
    what: What<'a>,
}

enum What<'a> {
    MadeUp(Entry),
    /// The nth movement of the account.
    Paid {
        nth: usize,
        booking: &'a Booking,
        amount: Decimal,
    },
}

/// All rows asked for: pending first, then booked, the newest on top.
fn rows<'a>(world: &'a World, account: &'a Account, asked: &Asked, at: Cursor) -> Vec<Row<'a>> {
    let bookings = world.bookings.get(..at.bookings).unwrap_or(&world.bookings);
    let mut rows = Vec::new();
    let from = asked.from.unwrap_or(account.opened);
    // An entry of which only what came after it is wanted has to be found, whatever its status.
    if asked.booked || matches!(asked.delta, Delta::After(_)) {
        // What is made up for a day is booked at its end, after the payments of the day.
        for (nth, (booking, amount)) in account.movements(bookings).enumerate() {
            if (from..=asked.to).contains(&booking.date) && nth >= at.since.movements {
                let what = What::Paid { nth, booking, amount };
                rows.push(Row { date: booking.date, pending: false, what });
            }
        }
        let yesterday = at.today.yesterday().unwrap_or(at.today);
        let entries = entries_of(account, from.max(at.since.day), asked.to.min(yesterday));
        rows.extend(entries.into_iter().map(|entry| Row::made_up(entry, false)));
    }
    rows.sort_by_key(|row| row.date);
    if asked.pending && (from..=asked.to).contains(&at.today) {
        let entries = entries_of(account, at.today, at.today);
        rows.extend(entries.into_iter().map(|entry| Row::made_up(entry, true)));
    }
    rows.reverse();
    rows
}

impl Row<'_> {
    fn made_up(entry: Entry, pending: bool) -> Self {
        Self { date: entry.date, pending, what: What::MadeUp(entry) }
    }

    fn reference(&self) -> String {
        match &self.what {
            What::MadeUp(entry) => entry.reference(),
            What::Paid { nth, booking, .. } => {
                format!("P{nth:04}-{}", booking.payment_id.get(..8).unwrap_or_default())
            }
        }
    }

    /// Under which its details are found, where there are any.
    fn id(&self, world: &World, account: &Account) -> Option<String> {
        match &self.what {
            What::MadeUp(entry) if !self.pending => {
                Some(world.mint.derived_uuid(&["transaction", &account.iban, &entry.reference()]))
            }
            What::MadeUp(_) | What::Paid { .. } => None,
        }
    }

    /// As the wire has it; with `details`, the path under which they are.
    fn json(&self, world: &World, account: &Account, details: Option<&str>) -> Value {
        let reference = self.reference();
        let (amount, text, code) = match &self.what {
            What::MadeUp(entry) => (entry.amount, entry.text(), entry.code),
            What::Paid { booking, amount, .. } => {
                let is_out = *amount < Decimal::ZERO;
                (*amount, booking.text.clone(), if is_out { "PMNT-ICDT-DMCT" } else { "PMNT-RCDT-DMCT" })
            }
        };
        let mut json = json!({
            "entryReference": reference,
            "valueDate": self.date.to_string(),
            "transactionAmount": money(account, amount),
            "remittanceInformationUnstructured": text,
            "bankTransactionCode": code,
        });
        match &self.what {
            What::MadeUp(entry) => {
                let (creditor, debtor) = if amount < Decimal::ZERO {
                    (entry.counterparty, account.owner_name.as_str())
                } else {
                    (account.owner_name.as_str(), entry.counterparty)
                };
                add(&mut json, "creditorName", json!(creditor));
                add(&mut json, "debtorName", json!(debtor));
            }
            What::Paid { booking, .. } => {
                add(&mut json, "creditorName", json!(booking.creditor_name));
                add(&mut json, "creditorAccount", json!({ booking.creditor_kind: booking.creditor }));
                if let Some(reference) = &booking.reference {
                    add(&mut json, "endToEndId", json!(reference));
                }
            }
        }
        if !self.pending {
            add(&mut json, "bookingDate", json!(self.date.to_string()));
            add(&mut json, "transactionListId", json!(list_id(world, account, &reference)));
        }
        if let (Some(path), Some(id)) = (details, self.id(world, account)) {
            add(&mut json, "_links", json!({ "transactionDetails": { "href": format!("{path}/{id}") } }));
            add(&mut json, "transactionId", json!(id));
        }
        json
    }
}

fn list_id(world: &World, account: &Account, reference: &str) -> String {
    hex(&world.mint.derive(&["entry", &account.iban, reference])).chars().take(32).collect()
}

pub(super) fn details(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let account_id = call.parameter("accountId").to_owned();
    let wanted = call.parameter("transactionId");
    let opened = open(world, call, &format!("transaction {account_id} {wanted}"))?;
    let account = opened.account(world, call)?;
    opened.check(Right::Transactions, &account)?;
    let asked = Asked {
        booked: true,
        pending: false,
        status: "booked".to_owned(),
        delta: Delta::All,
        from: None,
        oldest: None,
        to: opened.today,
    };
    let since = LastRead { day: account.opened, movements: 0 };
    let at = Cursor { given: 0, bookings: world.bookings.len(), today: opened.today, since };
    let rows = rows(world, &account, &asked, at);
    let is_wanted = |row: &&Row| row.id(world, &account).is_some_and(|id| id == wanted);
    let row = rows.iter().find(is_wanted).ok_or(Refusal::unknown())?;
    let path = format!("{ACCOUNTS}/{account_id}/transactions");
    let body = row.json(world, &account, Some(&path));
    let wrapped = world.has(Quirk::TransactionDetailsWrapped);
    Ok(Reply::ok(if wrapped { json!({ "transactionsDetails": body }) } else { body }))
}
