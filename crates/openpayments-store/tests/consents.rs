//! Which consents there are, and for how long that is kept.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use jiff::Timestamp;
use openpayments_model::identifier::ConsentId;
use openpayments_model::status::ConsentStatus;
use openpayments_store::{Consents, KeptConsent, MemoryStore};

fn at(time: &str) -> Timestamp {
    format!("2026-11-23T{time}:00Z").parse().unwrap()
}

fn kept(id: &str, time: &str, status: ConsentStatus) -> KeptConsent {
    let mut consent = KeptConsent::new(ConsentId::parse(id).unwrap(), "ESSESESS".parse().unwrap(), at(time));
    consent.status = status;
    consent.note = Some("Made-up note".to_owned());
    consent
}

#[tokio::test]
async fn s10_what_is_over_or_was_never_signed_is_forgotten_after_its_time() {
    let consents = Consents::in_store(Arc::new(MemoryStore::new()));
    for (id, time, status) in [
        ("rejected", "08:00", ConsentStatus::Rejected),
        ("unsigned", "08:00", ConsentStatus::Received),
        ("partly", "08:00", ConsentStatus::PartiallyAuthorised),
        ("valid", "08:00", ConsentStatus::Valid),
        ("new", "12:00", ConsentStatus::Received),
    ] {
        consents.keep(&kept(id, time, status)).await.unwrap();
    }
    assert_eq!(consents.forget_older_than(at("10:00")).await.unwrap(), 2);
    let left: Vec<_> = consents.list().await.unwrap().into_iter().map(|kept| kept.id.to_string()).collect();
    assert_eq!(left, ["new", "partly", "valid"]);
}

#[test]
fn what_is_shown_of_a_consent_names_nobody() {
    let shown = format!("{:?}", kept("made-up", "08:00", ConsentStatus::Valid));
    assert!(!shown.contains("note"), "{shown}");
}
