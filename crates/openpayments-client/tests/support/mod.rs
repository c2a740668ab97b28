//! A caller over a script, on a clock whose sleeps end at once.

use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use openpayments_client::{Caller, Credentials, Environment, ManualClock};
use openpayments_model::identifier::RequestId;
use openpayments_transport_mock::ScriptedTransport;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::skipping_sleeps(Timestamp::UNIX_EPOCH))
}

pub(crate) fn caller(script: &ScriptedTransport) -> Caller {
    caller_with(script, &clock())
}

pub(crate) fn caller_with(script: &ScriptedTransport, clock: &Arc<ManualClock>) -> Caller {
    let url = |host: &str| format!("https://{host}.example").parse().unwrap();
    let environment = Environment::custom(&url("auth"), &url("api")).unwrap();
    Caller::builder(environment, Credentials::new("client-1", "made-up-secret"))
        .transport(Arc::new(script.clone()))
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// Expects a token call and grants it.
pub(crate) fn with_token(script: ScriptedTransport) -> ScriptedTransport {
    script
        .expect(Method::POST, "/connect/token")
        .answer_json(200, r#"{"access_token":"made-up-token","expires_in":3600,"token_type":"Bearer"}"#)
}

/// The request ids of what was sent, in order.
pub(crate) fn sent_ids(script: &ScriptedTransport) -> Vec<RequestId> {
    let id = |request: &openpayments_transport::Request| {
        request.http().headers()["x-request-id"].to_str().unwrap().parse().unwrap()
    };
    script.requests().iter().map(id).collect()
}
