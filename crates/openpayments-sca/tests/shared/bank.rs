//! What a bank says, as the machine hears it.

#![allow(dead_code, reason = "each test file uses its share")]

use bytes::Bytes;
use openpayments_api::Operation;
use openpayments_api::authorisation::{MethodSelected, SelectMethod};
use openpayments_model::authorisation::{ScaState, StartedAuthorisation};
use openpayments_model::identifier::ConsentId;
use openpayments_sca::machine::Input;
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "131daac9-16c6-4618-beb0-365768f37288";
pub(crate) const OTHER_TOKEN: &str = "999daac9-16c6-4618-beb0-365768f37288";
pub(crate) const LINK: &str = "https://platform.example/connect/authorize?client_id=[CLIENT_ID]\
    &scope=paymentinitiation%20private&response_type=code&redirect_uri=[TPP_REDIRECT_URI]&state=[TPP_STATE]\
    &acr_values=idp:NDEASESS";

/// The answer to starting an authorisation, with these ways to sign.
pub(crate) fn started(status: &str, methods: &[&str]) -> Input {
    let methods: Vec<Value> = methods
        .iter()
        .map(|id| json!({"authenticationType": "PUSH_OTP", "authenticationMethodId": id}))
        .collect();
    started_with(json!({"scaStatus": status, "authorisationId": "a-1", "scaMethods": methods, "_links": {}}))
}

pub(crate) fn started_with(body: Value) -> Input {
    Input::Started(serde_json::from_value::<StartedAuthorisation>(body).unwrap())
}

/// The answer to choosing.
pub(crate) fn selected(approach: Option<&str>, body: &Value) -> Input {
    let mut response = http::Response::builder();
    if let Some(approach) = approach {
        response = response.header("ASPSP-SCA-Approach", approach);
    }
    let response = response.body(Bytes::from(body.to_string())).unwrap();
    let selected: MethodSelected = <SelectMethod<ConsentId> as Operation>::response(&response).unwrap();
    Input::Selected(selected)
}

/// The answer to choosing, at a bank whose PSUs sign in an app.
pub(crate) fn decoupled(status: &str, challenge: Option<&str>) -> Input {
    selected(Some("DECOUPLED"), &at(status, challenge))
}

/// The answer to choosing, at a bank whose PSUs sign on its page.
pub(crate) fn redirect() -> Input {
    let body = json!({"scaStatus": "scaMethodSelected", "_links": {"scaOAuth": {"href": LINK}}});
    selected(Some("REDIRECT"), &body)
}

/// The answer to a poll.
pub(crate) fn polled(status: &str, challenge: Option<&str>) -> Input {
    polled_with(at(status, challenge))
}

pub(crate) fn polled_with(body: Value) -> Input {
    Input::Polled(serde_json::from_value::<ScaState>(body).unwrap())
}

pub(crate) fn failed(code: &str) -> Input {
    let message = json!({"category": "ERROR", "code": code, "text": "Anna"});
    polled_with(json!({"scaStatus": "failed", "tppMessages": [message]}))
}

pub(crate) fn at(status: &str, challenge: Option<&str>) -> Value {
    match challenge {
        Some(data) => json!({"scaStatus": status, "challengeData": {"data": [data]}}),
        None => json!({ "scaStatus": status }),
    }
}
