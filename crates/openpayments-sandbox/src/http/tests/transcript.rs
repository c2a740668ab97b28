use sha2::{Digest as _, Sha256};

use super::*;

/// A journey, written down: every status, header that matters and body.
async fn transcript(seed: u64) -> String {
    let bench = Bench::with(Sandbox::builder().seed(seed));
    let mut lines =
        vec![bench.client.id.clone(), bench.token_answer("accountinformation private").await.text];
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    let (authorisation, chosen) = caller.choose(&consent, "mbid_animated_qr_token").await;
    lines.extend([consent.clone(), chosen.text]);
    bench.advance(1_200);
    lines.push(caller.get(&authorisation).await.text);
    let caller = caller.with("consent-id", last(&consent));
    let accounts = caller.get("/psd2/accountinformation/v1/accounts?withBalance=true").await;
    let id = accounts.json()["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    let list = format!(
        "/psd2/accountinformation/v1/accounts/{id}/transactions?bookingStatus=both&dateFrom=2026-02-01"
    );
    lines.extend([accounts.text, caller.get(&list).await.text]);
    lines.join("\n")
}

/// What goes wrong, and when.
const SCRIPT: &[&str] = &[
    r#"{"fault": "wrong-request-id", "operation": "initiatePayment"}"#,
    r#"{"fault": "deliver-twice", "operation": "initiatePayment", "nth": 2}"#,
    r#"{"fault": "answer-instead", "status": 429, "headers": {"retry-after": "1"}, "operation": "getConsentStatus"}"#,
];
/// Milliseconds between two looks.
const STEP: u64 = 1_300;

/// The same under a script: faults, quirks, payments by BankID and by redirect, a clock that is moved; all of it hashed.
async fn scripted(seed: u64) -> String {
    scripted_with(seed, SCRIPT, STEP).await
}

async fn scripted_with(seed: u64, script: &[&str], step: u64) -> String {
    let bench = Bench::with(Sandbox::builder().seed(seed).quirk(crate::quirk::Quirk::UnknownValues));
    let faults = crate::fault::Faults::new(Arc::clone(&bench.platform));
    for fault in script {
        faults.script(crate::fault::Fault::parse(fault).unwrap()).unwrap();
    }
    let mut digest = Sha256::new();
    let mut note = |answer: &Answer| {
        digest.update(format!("{} {:?}\n{}\n", answer.status, answer.headers, answer.text));
    };
    let accounts = bench.accounts_caller("ESSESESS").await;
    let consent = accounts.consent().await;
    for _ in 0..2 {
        note(&accounts.get(&format!("{consent}/status")).await);
    }
    for (bank, method, account) in [
        ("ESSESESS", "mbid_animated_qr_token", json!({ "iban": "SE4550000000058398257466" })),
        ("NDEASESS", "mbid", json!({ "bban": "41351300039" })),
    ] {
        let caller = bench.payments_caller(bank).await;
        let payment = json!({
            "debtorAccount": account,
            "instructedAmount": { "currency": "SEK", "amount": "12.50" },
            "creditorAccount": { "iban": "SE2550000000054400047903" },
            "creditorName": "Made-up Creditor AB",
        });
        let created = caller.post("/psd2/paymentinitiation/v1/payments/domestic", &payment).await;
        note(&created);
        let payment = created.header("location").to_owned();
        let (authorisation, chosen) = caller.choose(&payment, method).await;
        note(&chosen);
        for _ in 0..4 {
            bench.advance(step);
            note(&caller.get(&authorisation).await);
            note(&caller.get(&format!("{payment}/status")).await);
        }
    }
    let bookings = bench.platform.with_world(|world, _| format!("{:?}", world.bookings));
    digest.update(bookings);
    digest.update(bench.send("GET", "/psd2/nowhere", &[], "").await.text);
    digest.update(format!("{:?}", crate::ledger::Ledger::new(Arc::clone(&bench.platform)).requests()));
    crate::world::mint::hex(&digest.finalize())
}

#[tokio::test]
async fn n36_seed_clock_and_script_give_equal_transcripts() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let first = scripted(seed).await;
        assert_eq!(first, scripted(seed).await, "seed {seed}");
        assert!(seen.insert(first), "seed {seed} gives what another one gives");
    }
}

/// What is hashed must hang on each of the three, or the hash would say nothing of it.
#[tokio::test]
async fn n36_another_clock_or_script_gives_another_transcript() {
    let usual = scripted(3).await;
    assert_ne!(usual, scripted_with(3, SCRIPT, 1_700).await, "the clock");
    assert_ne!(usual, scripted_with(3, &SCRIPT[1..], STEP).await, "the script");
}

#[tokio::test]
async fn b4_the_same_seed_gives_the_same_transcript_byte_for_byte() {
    let first = transcript(7).await;
    assert_eq!(first, transcript(7).await);
    assert_ne!(first, transcript(8).await);
}
