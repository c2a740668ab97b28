//! Each quirk, off and on: it changes the one shape it is about and nothing else.

use super::*;
use crate::quirk::Quirk;

async fn with(quirk: Quirk, call: impl AsyncFn(&Bench) -> Answer) -> (Answer, Answer) {
    let (usual, quirky) = (Bench::new(), Bench::with(Sandbox::builder().quirk(quirk)));
    (call(&usual).await, call(&quirky).await)
}

async fn first_account(bench: &Bench) -> (Caller<'_>, String) {
    let caller = bench.accounts_caller("ESSESESS").await.with_valid_consent().await;
    let list = caller.get("/psd2/accountinformation/v1/accounts").await.json();
    let id = list["accounts"][0]["resourceId"].as_str().unwrap().to_owned();
    (caller, format!("/psd2/accountinformation/v1/accounts/{id}"))
}

#[tokio::test]
async fn every_quirk_has_a_name_of_its_own() {
    for quirk in Quirk::ALL {
        assert_eq!(Quirk::parse(quirk.name()).unwrap(), quirk);
    }
    assert!(Quirk::parse("upside-down").is_err());
}

#[tokio::test]
async fn an_account_link_is_an_object_or_a_text() {
    let (usual, quirky) = with(Quirk::AccountLinkAsText, async |bench| {
        let (caller, account) = first_account(bench).await;
        caller.get(&format!("{account}/transactions?bookingStatus=booked&dateFrom=2026-02-20")).await
    })
    .await;
    let link = |answer: &Answer| answer.json()["transactions"]["_links"]["account"].clone();
    assert_eq!(link(&quirky), link(&usual)["href"]);
}

#[tokio::test]
async fn details_stand_bare_or_wrapped() {
    let (usual, quirky) = with(Quirk::AccountDetailsWrapped, async |bench| {
        let (caller, account) = first_account(bench).await;
        caller.get(&account).await
    })
    .await;
    assert_eq!(quirky.json()["account"], usual.json());
    let (usual, quirky) = with(Quirk::TransactionDetailsWrapped, async |bench| {
        let (caller, account) = first_account(bench).await;
        let path = format!("{account}/transactions?bookingStatus=booked&dateFrom=2026-02-20");
        let list = caller.get(&path).await.json();
        let links = &list["transactions"]["booked"][0]["_links"];
        caller.get(links["transactionDetails"]["href"].as_str().unwrap()).await
    })
    .await;
    assert_eq!(quirky.json()["transactionsDetails"], usual.json());
}

#[tokio::test]
async fn directory_lists_and_refusals_stand_bare_or_wrapped() {
    let (usual, quirky) = with(Quirk::DirectoryListsBare, async |bench| {
        let caller = bench.caller("aspspinformation private", "ESSESESS").await;
        caller.get("/psd2/aspspinformation/v1/aspsps").await
    })
    .await;
    assert_eq!(quirky.json(), usual.json()["aspsps"]);
    let (usual, quirky) = with(Quirk::DirectoryMessagesWrapped, async |bench| {
        let caller = bench.caller("aspspinformation private", "ESSESESS").await;
        caller.get("/psd2/aspspinformation/v1/aspsps/x").await
    })
    .await;
    assert_eq!(quirky.json()["tppMessages"], usual.json());
}

#[tokio::test]
async fn challenge_data_is_a_list_or_a_text() {
    let (usual, quirky) = with(Quirk::ChallengeDataAsText, async |bench| {
        let caller = bench.accounts_caller("ESSESESS").await;
        let consent = caller.consent().await;
        caller.choose(&consent, "mbid").await.1
    })
    .await;
    let data = |answer: &Answer| answer.json()["challengeData"]["data"].clone();
    assert_eq!(data(&quirky), data(&usual)[0]);
}

#[tokio::test]
async fn tokens_tell_their_scope_or_not() {
    let (usual, quirky) =
        with(Quirk::TokenWithoutScope, async |bench| bench.token_answer("accountinformation private").await)
            .await;
    let mut without = usual.json();
    without.as_object_mut().unwrap().remove("scope").unwrap();
    assert_eq!(quirky.json(), without);
}

#[tokio::test]
async fn refusals_are_messages_problems_or_nothing() {
    let refused = async |bench: &Bench| {
        bench.accounts_caller("ESSESESS").await.get("/psd2/consent/v1/consents/x").await
    };
    let (usual, problem) = with(Quirk::ProblemJsonErrors, refused).await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["code"], usual.json()["tppMessages"][0]["code"]);
    let (_, empty) = with(Quirk::ErrorsWithoutBody, refused).await;
    assert_eq!((empty.status, empty.text.as_str()), (usual.status, ""));
}

#[tokio::test]
async fn unknown_values_stand_beside_the_known_ones() {
    let (usual, quirky) = with(Quirk::UnknownValues, async |bench| {
        let (caller, account) = first_account(bench).await;
        caller.get(&format!("{account}?withBalance=true")).await
    })
    .await;
    let balances = |answer: &Answer| answer.json()["balances"].as_array().unwrap().clone();
    assert!(balances(&quirky).starts_with(&balances(&usual)));
    assert_eq!(quirky.json()["usage"], "SANDBOX");
}

#[tokio::test]
async fn a_signature_that_has_begun_may_be_in_a_state_nobody_has_heard_of() {
    for (milliseconds, expected) in [(0, "sandboxUnknown"), (1_200, "finalised")] {
        let (usual, quirky) = with(Quirk::UnknownValues, async |bench| {
            let caller = bench.accounts_caller("ESSESESS").await;
            let (authorisation, _) = caller.choose(&caller.consent().await, "mbid").await;
            bench.advance(milliseconds);
            caller.get(&authorisation).await
        })
        .await;
        assert_eq!(quirky.get("scaStatus"), expected);
        assert_ne!(usual.get("scaStatus"), "sandboxUnknown");
    }
}

#[tokio::test]
async fn a_flagged_creditor_is_warned_of_and_paid_all_the_same() {
    let (usual, quirky) = with(Quirk::CreditorFlagged, async |bench| {
        let caller = bench.payments_caller("ESSESESS").await;
        caller.post("/psd2/paymentinitiation/v1/payments/domestic", &super::payments::domestic("1.50")).await
    })
    .await;
    assert_eq!([usual.status, quirky.status], [201, 201]);
    assert!(usual.json().get("tppMessages").is_none());
    let warning = &quirky.json()["tppMessages"][0];
    assert_eq!([&warning["category"], &warning["code"]], ["WARNING", "CREDITOR_ACCOUNT_FLAGGED"]);
}

#[tokio::test]
async fn a_payment_may_be_accepted_although_its_signature_failed() {
    for (quirk, status) in [(None, "RCVD"), (Some(Quirk::AcceptedThoughFailed), "ACSP")] {
        let bench = Bench::with(quirk.into_iter().fold(Sandbox::builder(), crate::sandbox::Builder::quirk));
        let caller = bench.payments_caller("ESSESESS").await.with("psu-id", "99990101004");
        let payment = super::payments::pay(&caller, "domestic", &super::payments::domestic("1")).await;
        let (authorisation, _) = caller.choose(&payment, "mbid").await;
        bench.advance(60_000);
        assert_eq!(caller.sca_status(&authorisation).await, "failed");
        assert_eq!(caller.payment_status(&payment).await, status);
        assert!(bench.platform.with_world(|world, _| world.bookings.is_empty()), "nobody was paid");
    }
}

#[tokio::test]
async fn the_status_of_a_signature_may_be_gone_once_it_is_given() {
    let bench = Bench::with(Sandbox::builder().quirk(Quirk::StatusGoneOnceSigned));
    let caller = bench.payments_caller("ESSESESS").await;
    let payment = super::payments::pay(&caller, "domestic", &super::payments::domestic("1")).await;
    let (authorisation, _) = caller.choose(&payment, "mbid").await;
    assert_eq!(caller.sca_status(&authorisation).await, "authenticationStarted");
    bench.advance(60_000);
    assert_eq!(caller.get(&authorisation).await.status, 400);
    assert_eq!(caller.payment_status(&payment).await, "ACSC");
}
