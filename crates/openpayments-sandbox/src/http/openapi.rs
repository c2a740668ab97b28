//! The sandbox's own wire as an OpenAPI document, made from the table of [`routes`]: what is served is described, and what
//! is described is served. Schemas and the words on each call are in `openapi/`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::call::Operation;
use super::reply::{add, json_response};
use super::routes::{self, Route};
use crate::platform::Platform;

const SCHEMAS: &str = include_str!("../../openapi/schemas.json");
const PARAMETERS: &str = include_str!("../../openapi/parameters.json");
/// By operation id: `summary`, `description`, `query`, `body` and `answer` (status and schema, or no schema).
const CALLS: &str = include_str!("../../openapi/calls.json");

pub(super) async fn serve(State(platform): State<Arc<Platform>>) -> Response {
    json_response(StatusCode::OK, &document(platform.base.as_str()))
}

fn read(text: &str) -> Value {
    // The files are part of the program; the tests read them.
    serde_json::from_str(text).unwrap_or_default()
}

/// The document of a sandbox at this address.
fn document(base: &str) -> Value {
    let calls = read(CALLS);
    let mut paths = Map::new();
    for route in routes::all() {
        let item = paths.entry(path_of(&route)).or_insert_with(|| json!({}));
        add(item, &route.method.as_str().to_lowercase(), operation(&route, &calls));
    }
    paths.insert(routes::TOKEN.to_owned(), json!({ "post": token(&calls) }));
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Open Payments sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the local stand-in for the platform serves. The vendor's own file is another document.",
        },
        "servers": [{ "url": base.trim_end_matches('/') }],
        "tags": tags(),
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "parameters": read(PARAMETERS),
            "schemas": read(SCHEMAS),
        },
    })
}

fn tags() -> Value {
    let all = [
        ("tokens", "Access tokens."),
        ("directory", "Countries, cities and banks."),
        ("consents", "Consents and their signatures."),
        ("accounts", "Accounts, balances and transactions."),
        ("payments", "Payments, their signatures and their cancellation."),
        ("baskets", "Several payments under one signature."),
        ("kyc", "What the platform knows of a company."),
    ];
    all.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// The three payment services share their paths.
fn path_of(route: &Route) -> String {
    let services = ["payments", "periodic-payments", "bulk-payments"];
    let steps =
        route.path.split('/').map(|step| if services.contains(&step) { "{payment-service}" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

fn operation(route: &Route, calls: &Value) -> Value {
    let call = calls.get(route.id).cloned().unwrap_or_default();
    let refer = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let path = path_of(route);
    let in_path = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    // A company is named in a header elsewhere.
    let in_path = in_path.map(|name| if name == "PSU-Corporate-ID" { "PSU-Corporate-ID.path" } else { name });
    let in_query =
        call.get("query").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let names = in_path.chain(in_query).chain(headers(route.operation).iter().copied());
    let mut described = json!({
        "operationId": route.id,
        "tags": [tag(route.operation)],
        "summary": call.get("summary"),
        "description": call.get("description"),
        "parameters": names.map(refer).collect::<Value>(),
        "responses": responses(&call, &refusal_of(route.operation)),
    });
    if let Some(schema) = call.get("body").and_then(Value::as_str) {
        // Starting an authorisation takes no body as well.
        let required = route.method != Method::POST || !route.path.ends_with("authorisations");
        add(
            &mut described,
            "requestBody",
            json!({
                "required": required,
                "content": { "application/json": { "schema": schema_of(schema) } },
            }),
        );
    }
    described
}

fn token(calls: &Value) -> Value {
    let call = calls.get("token").cloned().unwrap_or_default();
    json!({
        "operationId": "token",
        "tags": ["tokens"],
        "summary": call.get("summary"),
        "description": call.get("description"),
        "security": [],
        "requestBody": {
            "required": true,
            "content": { "application/x-www-form-urlencoded": { "schema": schema_of("TokenRequest") } },
        },
        "responses": responses(&call, &json!({ "application/json": { "schema": schema_of("OAuthError") } })),
    })
}

fn schema_of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The good answers of a call, and the one shape of all refusals.
fn responses(call: &Value, refusal: &Value) -> Value {
    let mut responses = json!({
        "default": { "description": "Refused; without a body where the standard has none.", "content": refusal },
    });
    for (status, schema) in call.get("answer").and_then(Value::as_object).into_iter().flatten() {
        let mut answer = json!({ "description": "Done." });
        if let Some(schema) = schema.as_str() {
            add(&mut answer, "content", json!({ "application/json": { "schema": schema_of(schema) } }));
        }
        add(&mut responses, status, answer);
    }
    responses
}

fn refusal_of(operation: Operation) -> Value {
    let schema = if operation == Operation::Directory { "Messages" } else { "Refusal" };
    json!({ "application/json": { "schema": schema_of(schema) } })
}

fn headers(operation: Operation) -> &'static [&'static str] {
    let Operation::Bank(call) = operation else {
        return &["X-Request-ID"];
    };
    match call.as_str().split_once('.') {
        Some(("account" | "transaction", _)) => {
            &["X-Request-ID", "X-BicFi", "Consent-ID", "PSU-IP-Address", "PSU-Corporate-ID"]
        }
        Some((_, "create")) => &[
            "X-Request-ID",
            "X-BicFi",
            "X-AffiliatedASPSP-ID",
            "PSU-ID",
            "PSU-Corporate-ID",
            "PSU-IP-Address",
            "PSU-User-Agent",
            "TPP-Redirect-Preferred",
        ],
        _ => &["X-Request-ID", "X-BicFi", "PSU-ID", "PSU-IP-Address", "TPP-Redirect-Preferred"],
    }
}

fn tag(operation: Operation) -> &'static str {
    match operation {
        Operation::Directory => "directory",
        Operation::Kyc => "kyc",
        Operation::Bank(call) => match call.as_str().split_once('.') {
            Some(("consent", _)) => "consents",
            Some(("account" | "transaction", _)) => "accounts",
            Some(("basket", _)) => "baskets",
            _ => "payments",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every value under this key, wherever it stands.
    fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if name == key {
                        found.push(member);
                    }
                    all(member, key, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
            _ => {}
        }
    }

    fn operations(document: &Value) -> Vec<(String, String, Value)> {
        let paths = document["paths"].as_object().unwrap();
        let each = paths.iter().flat_map(|(path, item)| {
            let of_path = item.as_object().unwrap().iter();
            of_path.map(move |(method, operation)| (method.clone(), path.clone(), operation.clone()))
        });
        each.collect()
    }

    #[test]
    fn every_call_has_words_answers_and_a_name_of_its_own() {
        let document = document("http://localhost/");
        let mut ids = BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let at = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{at}: name used twice"
            );
            assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{at}: summary");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{at}: no good answer");
        }
        let described: BTreeSet<String> = read(CALLS).as_object().unwrap().keys().cloned().collect();
        assert_eq!(described, ids, "words for calls that are none, or calls without");
    }

    #[test]
    fn every_reference_leads_somewhere_and_everything_is_referred_to() {
        let document = document("http://localhost/");
        let mut references = Vec::new();
        all(&document, "$ref", &mut references);
        let references: BTreeSet<&str> = references.into_iter().filter_map(Value::as_str).collect();
        for reference in &references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        for kind in ["schemas", "parameters"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let reference = format!("#/components/{kind}/{name}");
                assert!(references.contains(reference.as_str()), "{reference} is referred to by nothing");
            }
        }
    }

    #[test]
    fn path_parameters_are_the_names_in_the_path() {
        let document = document("http://localhost/");
        for (_, path, operation) in operations(&document) {
            let named: BTreeSet<&str> =
                path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')).collect();
            let listed = operation["parameters"].as_array().cloned().unwrap_or_default();
            let declared: Vec<Value> = listed
                .iter()
                .map(|parameter| {
                    let pointer = parameter["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
                    document.pointer(pointer).unwrap().clone()
                })
                .filter(|parameter| parameter["in"] == "path")
                .collect();
            let declared: BTreeSet<&str> = declared.iter().map(|it| it["name"].as_str().unwrap()).collect();
            assert_eq!(named, declared, "{path}");
        }
    }
}
