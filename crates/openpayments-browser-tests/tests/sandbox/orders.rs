//! What clients ask for.

use serde_json::{Value, json};

/// A payment within Sweden, of so many kronor.
pub(crate) fn payment(kronor: f64) -> Value {
    json!({
        "instructedAmount": { "currency": "SEK", "amount": format!("{kronor:.2}") },
        "debtorAccount": { "iban": "SE3750000000054400047881" },
        "creditorName": "Påhittade Caféet",
        "creditorAccount": { "iban": "SE2550000000054400047903" },
        "remittanceInformationUnstructured": "Two made-up buns",
    })
}
