//! How many people may be at their apps at one time.

use super::*;
use crate::world::{MOST_LIVE, Resource};

/// Lets as many orders wait as may, for signatures of one consent.
async fn full(bench: &Bench) -> (Caller<'_>, String) {
    let caller = bench.accounts_caller("ESSESESS").await;
    let consent = caller.consent().await;
    bench.platform.with_world(|world, now| {
        let bank = Arc::clone(world.rules.banks.find("ESSESESS").unwrap());
        let method = bank.methods(openpayments_model::Context::Private).first().unwrap();
        for _ in 0..MOST_LIVE {
            let resource = Resource::Consent(last(&consent).to_owned());
            let id = world.start_authorisation(resource, None, now).unwrap();
            world.choose_method(&id, openpayments_banks::Approach::Decoupled, method.clone(), now);
        }
    });
    (caller, consent)
}

#[tokio::test]
async fn b12_ten_thousand_signatures_are_live_and_one_more_waits_for_room() {
    let bench = Bench::manual();
    let (caller, consent) = full(&bench).await;
    let (authorisation, refused) = caller.choose(&consent, "mbid").await;
    assert_eq!(refused.refusal(), (429, "ACCESS_EXCEEDED".into()));
    assert_eq!(caller.sca_status(&authorisation).await, "received", "it is there and can be tried again");

    // The others did not open the app in time.
    bench.advance(30_000);
    let body = json!({ "authenticationMethodId": "mbid" }).to_string();
    assert_eq!(caller.call("PUT", &authorisation, &body).await.get("scaStatus"), "started");
}

#[tokio::test]
async fn b12_who_waits_already_may_choose_again_and_who_goes_by_browser_takes_no_room() {
    let bench = Bench::manual();
    let (caller, consent) = full(&bench).await;
    let one = bench.platform.with_world(|world, _| world.authorisations.keys().next().cloned().unwrap());
    let body = json!({ "authenticationMethodId": "mbid_same_device" }).to_string();
    let again = caller.call("PUT", &format!("{consent}/authorisations/{one}"), &body).await;
    assert_eq!(again.status, 200, "{}", again.text);
    let by_browser = caller.with("tpp-redirect-preferred", "true");
    assert_eq!(by_browser.choose(&consent, "mbid").await.1.header("aspsp-sca-approach"), "REDIRECT");
}
