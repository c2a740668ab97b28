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

#[tokio::test]
async fn b4_the_same_seed_gives_the_same_transcript_byte_for_byte() {
    let first = transcript(7).await;
    assert_eq!(first, transcript(7).await);
    assert_ne!(first, transcript(8).await);
}
