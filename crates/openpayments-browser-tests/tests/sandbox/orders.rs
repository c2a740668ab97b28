//! What clients ask for.

use serde_json::{Value, json};

const PAYMENTS: &str = "/psd2/paymentinitiation/v1";

/// Where payments of a service are made: `payments`, `periodic-payments` or `bulk-payments`.
pub(crate) fn domestic(service: &str) -> String {
    format!("{PAYMENTS}/{service}/domestic")
}

/// Where baskets are made.
pub(crate) fn baskets() -> String {
    format!("{PAYMENTS}/signing-baskets")
}

/// The account that is paid from, in the form that the bank wants.
fn debtor(bank: &str) -> Value {
    match bank {
        "NDEASESS" => json!({ "bban": "41351300039" }),
        _ => json!({ "iban": "SE3750000000054400047881" }),
    }
}

/// A payment within Sweden.
pub(crate) fn payment(bank: &str, amount: &str) -> Value {
    json!({
        "instructedAmount": { "currency": "SEK", "amount": amount },
        "debtorAccount": debtor(bank),
        "creditorName": "Påhittade Caféet",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
        "remittanceInformationUnstructured": "Two buns",
    })
}

/// The same each month.
pub(crate) fn periodic(bank: &str, amount: &str, start: &Value) -> Value {
    let mut body = payment(bank, amount);
    body["startDate"] = start.clone();
    body["frequency"] = json!("Monthly");
    body
}

/// Several payments from one account.
pub(crate) fn bulk(bank: &str, of: &[(&str, &str)]) -> Value {
    let payments = of.iter().map(|(amount, to)| {
        let mut one = payment(bank, amount);
        one["creditorName"] = json!(to);
        one.as_object_mut().unwrap().remove("debtorAccount");
        one
    });
    json!({ "debtorAccount": debtor(bank), "payments": payments.collect::<Value>() })
}
