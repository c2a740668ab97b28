//! Requests that nobody wrote, drawn without a description of the wire: many more of them than over sockets.

use axum::http::Method;

use super::*;
use crate::http::routes;

/// As many as every run of the tests draws. A million take some minutes.
const DRAWN: u64 = 20_000;

/// Draws that are the same each time (SplitMix64).
struct Draw(u64);

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(below).unwrap()).unwrap()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.number(all.len())]
    }

    fn word(&mut self, all: &[&'static str]) -> &'static str {
        self.one_of::<&'static str>(all)
    }
}

const WORDS: &[&str] = &[
    "",
    "x",
    "SE",
    "domestic",
    "swedish-giro",
    "mbid",
    "true",
    "True",
    "booked",
    "both",
    "2026-03-02",
    "9999-12-31",
    "-9999-01-01",
    "0",
    "-1",
    "99999999999999999999",
    "1.005",
    "SEK",
    "EUR",
    "%00",
    "%ff%fe",
    "%2f..%2f",
    "\u{1F4B8}",
    "SE3750000000054400047881",
    "SE2550000000054400047903",
    "1234-5678",
    "1234567897",
    "ESSESESS",
    "Monthly",
    "31",
    "99990101000",
    "7f3f1f0e-58a6-4d3e-8f39-1f3a3d9f0c11",
];
const MEMBERS: &[&str] = &[
    "access",
    "accounts",
    "recurringIndicator",
    "validUntil",
    "frequencyPerDay",
    "combinedServiceIndicator",
    "authenticationMethodId",
    "debtorAccount",
    "creditorAccount",
    "instructedAmount",
    "creditorName",
    "creditorGiro",
    "ocrRef",
    "invoiceRef",
    "requestedExecutionDate",
    "requestedExecutionTime",
    "startDate",
    "endDate",
    "frequency",
    "executionRule",
    "dayOfExecution",
    "payments",
    "paymentIds",
    "consentIds",
    "iban",
    "bban",
    "amount",
    "currency",
];
const QUERIES: &[&str] = &[
    "withBalance",
    "bookingStatus",
    "dateFrom",
    "dateTo",
    "deltaList",
    "entryReferenceFrom",
    "isoCountryCodes",
];
const HEADERS: &[&str] = &[
    "x-request-id",
    "x-bicfi",
    "psu-id",
    "psu-corporate-id",
    "psu-ip-address",
    "tpp-redirect-preferred",
    "accept",
    "content-type",
    "consent-id",
    "authorization",
    "x-affiliatedaspsp-id",
    "content-length",
];

/// A JSON value of any kind, at most so deep.
fn value(draw: &mut Draw, deep: usize) -> Value {
    match draw.number(if deep == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(draw.number(2) == 0),
        2 => json!(i64::try_from(draw.number(1_000_000)).unwrap() - 500_000),
        3 | 4 => json!(draw.word(WORDS)),
        5 => (0..draw.number(3)).map(|_| value(draw, deep - 1)).collect(),
        _ => Value::Object(
            (0..draw.number(6)).map(|_| (draw.word(MEMBERS).to_owned(), value(draw, deep - 1))).collect(),
        ),
    }
}

/// A good body with a few members made something else, so that drawing gets past the first check.
fn body(draw: &mut Draw, operation: &str) -> String {
    let fitting = match operation {
        "createConsent" => Some(0),
        "initiatePayment" => Some(1),
        _ => None,
    };
    let mut body = match fitting.filter(|_| draw.number(4) > 0).unwrap_or_else(|| draw.number(6)) {
        0 => consent_body(),
        1 => super::payments::domestic("12.50"),
        2 => json!({ "authenticationMethodId": draw.word(&["mbid", "mbid_same_device", "x"]) }),
        3 => json!({ "paymentIds": [draw.word(WORDS)] }),
        4 => return (draw.word(&["", "{", "[]", "null", "\u{feff}{}", "{\"a\":\"\\ud800\"}"])).to_owned(),
        _ => value(draw, 3),
    };
    for _ in 0..draw.number(3) {
        let (name, other) = (draw.word(MEMBERS), value(draw, 2));
        let inner = draw.word(MEMBERS);
        let place = if body.get(inner).is_some_and(Value::is_object) { &mut body[inner] } else { &mut body };
        if let Some(members) = place.as_object_mut() {
            members.insert(name.to_owned(), other);
        }
    }
    body.to_string()
}

/// Whether a path that was given out is one of this template, or leads to one or comes from one.
fn is_on_the_way(template: &str, known: &str) -> bool {
    let mut both = template.split('/').zip(known.split('/'));
    both.all(|(part, known)| part.starts_with('{') || part == known)
}

/// A path of the API, its names filled from paths that were given out before or with anything.
fn path(draw: &mut Draw, template: &str, given_out: &[String]) -> String {
    let known: Vec<&String> = given_out.iter().filter(|known| is_on_the_way(template, known)).collect();
    let known = if known.is_empty() { "" } else { draw.one_of(&known).as_str() };
    let mut known = known.split('/');
    let parts = template.split('/').map(|part| {
        let known = known.next();
        match (part, known) {
            (part, Some(id)) if part.starts_with('{') && draw.number(16) > 0 => id.to_owned(),
            ("{payment-product}", _) if draw.number(4) > 0 => "domestic".to_owned(),
            (part, _) if part.starts_with('{') => draw.word(WORDS).replace('\u{1F4B8}', "%F0%9F%92%B8"),
            (part, _) => part.to_owned(),
        }
    });
    let mut path = parts.collect::<Vec<_>>().join("/");
    // What is required, most of the time.
    if template.ends_with("/transactions") && draw.number(4) > 0 {
        path.push_str("?bookingStatus=both&dateFrom=2026-02-01");
    }
    for _ in 0..draw.number(3) {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(draw.word(QUERIES));
        path.push('=');
        path.push_str(draw.word(WORDS).trim_start_matches('\u{1F4B8}'));
    }
    path
}

/// Links to accounts and entries.
fn links(answer: &Answer) -> Vec<String> {
    let body = serde_json::from_str::<Value>(&answer.text).unwrap_or_default();
    let of = |row: &Value, name: &str| row["_links"][name]["href"].as_str().map(str::to_owned);
    let accounts = body["accounts"].as_array().into_iter().flatten().filter_map(|row| of(row, "balances"));
    let accounts = accounts.filter_map(|path| path.strip_suffix("/balances").map(str::to_owned));
    let booked = body["transactions"]["booked"].as_array().into_iter().flatten();
    accounts.chain(booked.filter_map(|row| of(row, "transactionDetails")).take(2)).collect()
}

#[tokio::test]
async fn b13_n35_no_request_whatever_is_answered_by_a_fault_of_the_server() {
    let bench = Bench::new();
    let scope = "aspspinformation accountinformation paymentinitiation corporate";
    let good = bench.caller(scope, "ESSESESS").await.with("psu-corporate-id", "9999999990");
    let good = good.with_valid_consent().await;
    // Longer than the clock is moved below.
    bench.platform.with_world(|world, now| {
        let later = now + std::time::Duration::from_hours(24 * 4_000);
        world.tokens.values_mut().for_each(|token| token.expires = later);
    });
    let routes = routes::all();
    let mut draw = Draw(35);
    // Paths, the newest last.
    let mut given_out: Vec<String> = Vec::new();
    let mut statuses = std::collections::BTreeMap::<u16, u64>::new();
    for _ in 0..DRAWN {
        let route = draw.one_of(&routes);
        let method = match draw.number(20) {
            0 => draw.word(&["PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"]),
            _ => route.method.as_str(),
        };
        let consents = given_out.iter().filter(|path| path.contains("/consents/"));
        let newest = consents.filter_map(|path| path.split('/').nth(5)).next_back();
        let mut caller = match newest.filter(|_| draw.number(4) == 0) {
            Some(consent) => good.with("consent-id", consent),
            None => good.clone(),
        };
        for _ in 0..draw.number(8).saturating_sub(5) {
            caller =
                caller.with(draw.word(HEADERS), draw.word(&["", "x", "42", "\u{e5}", "true", "text/xml"]));
        }
        let path = path(&mut draw, &route.path, &given_out);
        let body = if route.method == Method::GET { String::new() } else { body(&mut draw, route.id) };
        // Panics at a status of 500 or above.
        let answer = caller.call(method, &path, &body).await;
        *statuses.entry(answer.status).or_default() += 1;
        if answer.status == 201 {
            given_out.push(answer.header("location").to_owned());
        }
        given_out.extend(links(&answer));
        // The newest are enough, and each is met again.
        given_out.drain(..given_out.len().saturating_sub(32));
        if draw.number(50) == 0 {
            bench.advance(u64::try_from(draw.number(3_600_000)).unwrap());
        }
    }
    let met = |status| statuses.get(&status).is_some_and(|times| *times > 10);
    assert!([200, 201, 400, 404, 405].into_iter().all(met), "{statuses:?}");
}
