//! Know your customer: a company asks for its form and how far it has come. The last digit of its number decides, as in
//! payments.

use axum::http::StatusCode;
use openpayments_model::Context;
use serde_json::json;

use super::call::Call;
use super::fields::is_alphanumeric;
use super::reply::{Refusal, Reply};
use crate::world::World;
use crate::world::scenario::has_kyc;

/// The path is the one most sources have; one has it under `/kyc`. How long the form stays open they tell differently too:
/// thirty minutes, or a day.
pub(super) fn start(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    company(call)?;
    let country = call.query("countryCode").unwrap_or_default();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(Refusal::format("countryCode", "two letters"));
    }
    let instance = world.mint.uuid();
    // Spelled as the platform's own, at a host that nobody can have: nobody fills in a real form because of a test.
    Ok(Reply::ok(json!({ "kycUrl": format!("https://kyc.invalid/form/?instanceId={instance}") })))
}

/// No source shows the real answer: this shape is the sandbox's own.
pub(super) fn status(_: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let company = company(call)?;
    let status = if has_kyc(company) { "valid" } else { "invalid" };
    Ok(Reply::ok(json!({ "psuCorporateId": company, "status": status })))
}

/// The company of the path, asked about by one who may act for companies.
fn company(call: &Call) -> Result<&str, Refusal> {
    if call.context != Context::Corporate {
        let text = "the token's scope is not one for companies";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SERVICE_BLOCKED", text));
    }
    let company = call.parameter("PSU-Corporate-ID");
    if is_alphanumeric(&company.replace('-', ""), 35) {
        Ok(company)
    } else {
        Err(Refusal::format("PSU-Corporate-ID", "letters, digits and hyphens, at most 35"))
    }
}
