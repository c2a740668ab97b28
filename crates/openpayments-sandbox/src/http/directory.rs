//! The bank directory: countries, cities, banks. Lists are wrapped, as the platform really sends them.

use openpayments_banks::Approach;
use openpayments_model::{BicFi, Context};
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Refusal, Reply};
use crate::banks::Bank;
use crate::quirk::Quirk;
use crate::world::World;

const COUNTRIES: &[(&str, &str)] = &[
    ("SE", "Sweden"),
    ("FI", "Finland"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    // The platform's own code for it, not the one of ISO 3166.
    ("UK", "United Kingdom"),
    ("NO", "Norway"),
];

const CITIES: &[(&str, &str, &str)] = &[
    ("37efa883-c8ad-4ff7-927b-b11b02beb923", "Stockholm", "SE"),
    ("ba9dd929-1408-33a6-3ce2-bc45fcfaaa5c", "Helsinki", "FI"),
];

/// What `isoCountryCodes` and `cityIds` let through: comma lists, repeated or not, as a union; everything without them.
struct Filter {
    countries: Vec<String>,
    cities: Vec<String>,
}

impl Filter {
    fn of(call: &Call) -> Result<Self, Refusal> {
        let list = |name: &str| -> Vec<String> {
            let given = call.query.iter().filter(|(key, _)| key == name);
            let items =
                given.flat_map(|(_, text)| text.split(',')).map(str::trim).filter(|item| !item.is_empty());
            items.map(str::to_ascii_lowercase).collect()
        };
        let filter = Self { countries: list("isoCountryCodes"), cities: list("cityIds") };
        if filter.countries.iter().any(|code| !is_country_code(code)) {
            return Err(Refusal::format("isoCountryCodes", "two letters each"));
        }
        if filter.cities.iter().any(|id| !crate::world::mint::is_uuid(id)) {
            return Err(Refusal::format("cityIds", "a UUID each"));
        }
        Ok(filter)
    }

    fn passes(&self, country: &str, city: Option<&str>) -> bool {
        let all = self.countries.is_empty() && self.cities.is_empty();
        all || self.countries.iter().any(|code| code.eq_ignore_ascii_case(country))
            || city.is_some_and(|city| self.cities.iter().any(|id| id == city))
    }
}

fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn list(world: &World, name: &str, items: impl Iterator<Item = Value>) -> Reply {
    let items = Value::Array(items.collect());
    Reply::ok(if world.has(Quirk::DirectoryListsBare) { items } else { json!({ name: items }) })
}

fn country_json((code, name): &(&str, &str)) -> Value {
    json!({ "isoCountryCode": code, "name": name })
}

pub(super) fn countries(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let filter = Filter::of(call)?;
    let found = COUNTRIES.iter().filter(|(code, _)| filter.passes(code, None)).map(country_json);
    Ok(list(world, "countries", found))
}

pub(super) fn country(_: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let wanted = call.parameter("isoCountryCode");
    if !is_country_code(wanted) {
        return Err(Refusal::format("isoCountryCode", "two letters"));
    }
    let found = COUNTRIES.iter().find(|(code, _)| code.eq_ignore_ascii_case(wanted));
    found.map(|country| Reply::ok(country_json(country))).ok_or(Refusal::unknown())
}

fn city_json((id, name, country): &(&str, &str, &str)) -> Value {
    json!({ "cityId": id, "name": name, "isoCountryCode": country })
}

pub(super) fn cities(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let filter = Filter::of(call)?;
    let found = CITIES.iter().filter(|(id, _, country)| filter.passes(country, Some(id))).map(city_json);
    Ok(list(world, "cities", found))
}

pub(super) fn city(_: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let wanted = call.parameter("cityId");
    if !crate::world::mint::is_uuid(wanted) {
        return Err(Refusal::format("cityId", "a UUID"));
    }
    let found = CITIES.iter().find(|(id, ..)| id.eq_ignore_ascii_case(wanted));
    found.map(|city| Reply::ok(city_json(city))).ok_or(Refusal::unknown())
}

pub(super) fn aspsps(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let filter = Filter::of(call)?;
    let banks = world.rules.banks.clone();
    let found = banks.iter().filter(|bank| filter.passes(country_of(bank), city_id(bank)));
    let found =
        found.map(|bank| json!({ "bicFi": bank.bic(), "name": listed_name(bank), "logoUrl": logo(bank) }));
    Ok(list(world, "aspsps", found))
}

pub(super) fn aspsp(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let wanted = call.parameter("bicFi");
    if BicFi::parse(wanted).is_err() {
        return Err(Refusal::format("bicFi", "not a BIC"));
    }
    let bank = world.rules.banks.find(wanted).ok_or(Refusal::unknown())?;
    let offered: Vec<Context> =
        [Context::Private, Context::Corporate].into_iter().filter(|context| bank.offers(*context)).collect();
    let discovery = format!("{}.well-known/openid-configuration", call.base);
    let approaches = offered.iter().flat_map(|context| bank.approaches(*context));
    let mut methods = Vec::new();
    for approach in approaches {
        let method = match approach {
            Approach::Redirect => json!({ "name": "OAuth2", "uri": discovery }),
            Approach::Decoupled => json!({ "name": "Decoupled", "uri": "" }),
        };
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    let mut products: Vec<&str> = Vec::new();
    for product in offered.iter().flat_map(|context| bank.products(*context)) {
        if !products.contains(&product.as_str()) {
            products.push(product.as_str());
        }
    }
    let affiliated = bank.affiliated().map(|bank| json!({ "id": bank.id, "name": bank.name }));
    // How far transactions go back is told too, in a member whose name no source has: it is left out.
    let baskets = match offered.iter().find_map(|context| bank.basket_limit(*context)) {
        Some(limit) => json!({ "signingBasketsSupported": true, "signingBasketLimit": limit }),
        None => json!({ "signingBasketsSupported": false }),
    };
    Ok(Reply::ok(json!({
        "bicFi": bank.bic(),
        "name": listed_name(bank),
        "logoUrl": logo(bank),
        "city": bank.seat.city,
        "country": COUNTRIES.iter().find(|(code, _)| *code == country_of(bank)).map(|(_, name)| name),
        "postalCode": bank.seat.postal_code,
        "streetAddress": bank.seat.street,
        // Nobody should ring a real bank because of test data.
        "companyNumber": "000000-0000",
        "phone": "",
        "websiteUrl": bank.seat.website,
        "globalPaymentProducts": products,
        "supportedAuthorizationMethods": methods,
        "affiliatedAspsps": affiliated.collect::<Vec<_>>(),
        "paymentInitiation": baskets,
    })))
}

/// As the platform spells it.
fn country_of(bank: &Bank) -> &str {
    if bank.country() == "GB" { "UK" } else { bank.country() }
}

fn city_id(bank: &Bank) -> Option<&'static str> {
    CITIES.iter().find(|(_, name, _)| *name == bank.seat.city).map(|(id, ..)| *id)
}

/// The platform sends a trailing blank after the name of SEB.
fn listed_name(bank: &Bank) -> String {
    if bank.bic() == "ESSESESS" { format!("{} ", bank.name()) } else { bank.name().to_owned() }
}

/// Where the platform keeps the logos.
fn logo(bank: &Bank) -> String {
    format!("https://opeopenbanking.blob.core.windows.net/images/{}.png", bank.bic())
}
