//! Requests as text, for snapshots.

use std::fmt::Write;

use openpayments_api::{CallContext, Operation};
use openpayments_model::identifier::PsuId;
use openpayments_model::{BicFi, Context, Psu};

pub(crate) fn shown<O: Operation>(operation: &O, context: &CallContext) -> String {
    let request = operation.request(context).unwrap();
    let mut text = format!("{} ({:?}, {:?})\n", O::NAME, operation.audience(), O::RESEND);
    writeln!(text, "{} {}", request.method(), request.uri()).unwrap();
    for (name, value) in request.headers() {
        let sensitive = if value.is_sensitive() { " [sensitive]" } else { "" };
        writeln!(text, "{name}: {}{sensitive}", value.to_str().unwrap()).unwrap();
    }
    let body = std::str::from_utf8(request.body()).unwrap();
    if !body.is_empty() {
        writeln!(text, "{body}").unwrap();
    }
    assert_eq!(*request.method(), operation.method());
    text + "\n"
}

pub(crate) fn bank() -> CallContext {
    let psu = Psu::new()
        .id(PsuId::parse("199311219639").unwrap())
        .ip_address("192.0.2.7".parse().unwrap())
        .user_agent("made-up/1.0")
        .unwrap();
    CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private).psu(psu).redirect_preferred(false)
}
