//! The whole journey through the facade, over real sockets, with the sandbox's ledger as judge.

use std::collections::BTreeSet;

use jiff::ToSpan;
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::*;
use openpayments::sca::{ResourceStatus, Subject};
use openpayments_sandbox::Sandbox;

use crate::support::{bank, created, platform, sign};

const SEB: &str = "ESSESESS";
const NORDEA: &str = "NDEASESS";
const WILLING: &str = "99990101000";

#[tokio::test]
async fn the_directory_knows_countries_cities_and_banks() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let directory = client.directory(Context::Private);
    let countries = directory.countries().await.unwrap().body;
    assert!(countries.iter().any(|country| country.iso_country_code == "SE"));
    let swedish = directory.banks(Filter::default().country("SE")).await.unwrap().body;
    let all = directory.banks(Filter::default()).await.unwrap().body;
    assert!(swedish.len() < all.len());
    let seb = directory.bank(SEB.parse().unwrap()).await.unwrap().body;
    assert!(seb.global_payment_products.contains(&"domestic".to_owned()));
}

#[tokio::test]
async fn a_signed_consent_opens_accounts_and_every_transaction_is_read_once() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, SEB, WILLING);
    let consent =
        bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;

    let too_early = bank.accounts(&consent).await.unwrap_err();
    assert_eq!(too_early.kind(), ErrorKind::ConsentInvalid);

    let outcome = sign(&client, &bank, consent.clone()).await;
    assert_eq!(outcome, Outcome::Completed(ResourceStatus::Consent(ConsentStatus::Valid)));
    assert_eq!(bank.consent(&consent).await.unwrap().body.consent_status, ConsentStatus::Valid);

    let accounts = bank.accounts(&consent).await.unwrap().body;
    assert!(accounts.len() >= 2);
    let account = &accounts.first().unwrap().resource_id;
    assert!(!bank.balances(&consent, account).await.unwrap().body.balances.is_empty());

    let today = sandbox.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let month =
        ListTransactions::new(consent.clone(), account.clone(), today.checked_sub(1.month()).unwrap());
    let mut pages = bank.transactions(month);
    let (mut rows, mut count, mut ids) = (0, 0, BTreeSet::new());
    while let Some(page) = pages.next().await.unwrap() {
        count += 1;
        for row in page.body.transactions.booked {
            rows += 1;
            ids.insert(row.transaction_id.map(|id| id.to_string()).or(row.entry_reference));
        }
    }
    assert!(count >= 2 && rows >= 30, "{rows} rows on {count} pages");
    assert_eq!(ids.len(), rows, "no row twice");

    bank.delete_consent(&consent).await.unwrap();
    assert_eq!(bank.accounts(&consent).await.unwrap_err().kind(), ErrorKind::ConsentInvalid);
}

#[tokio::test]
async fn a_payment_signed_by_redirect_settles_and_is_booked_once() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let payment = created(&bank).await;
    assert!(sandbox.ledger().bookings().is_empty(), "nothing moves before the signature");
    sign(&client, &bank, payment.clone()).await.into_result().unwrap();

    let mut follower = bank.follow(&payment);
    let mut last = None;
    while let Some(state) = follower.next().await.unwrap() {
        last = Some(state.body.transaction_status);
    }
    assert_eq!(last, Some(TransactionStatus::AcceptedSettlementCompleted));
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn a_payment_signed_with_bankid_goes_through_login_and_signature() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, SEB, WILLING);
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466").unwrap()),
        Amount::parse("SEK", "1.00").unwrap(),
        AccountReference::iban(&Iban::parse("SE2550000000054400047903").unwrap()),
        "Made-up Creditor AB",
    );
    let payment = bank.create_payment(payment.unwrap()).await.unwrap().body.payment;
    sign(&client, &bank, payment.clone()).await.into_result().unwrap();
    sandbox.clock().advance(std::time::Duration::from_mins(30));
    assert!(bank.payment_status(&payment).await.unwrap().body.transaction_status.is_settled());
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn a_psu_who_says_no_is_told_apart_and_nothing_is_booked() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, "99990101001");
    let payment = created(&bank).await;
    let error = sign(&client, &bank, payment.clone()).await.into_result().unwrap_err();
    assert_eq!(error.kind(), ScaErrorKind::PsuRefused);
    let status = bank.payment_status(&payment).await.unwrap().body.transaction_status;
    assert_eq!(status, TransactionStatus::Rejected);
    assert!(sandbox.ledger().bookings().is_empty());
}

#[tokio::test]
async fn people_of_the_sandbox_who_do_not_sign_end_as_documented() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    for (psu, kind) in [
        ("99990101002", ScaErrorKind::NeedsAnotherSigner),
        ("99990101004", ScaErrorKind::Expired),
        ("99990101005", ScaErrorKind::Failed),
    ] {
        let bank = bank(&client, SEB, psu);
        let consent =
            bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;
        let error = sign(&client, &bank, Subject::Consent(consent)).await.into_result().unwrap_err();
        assert_eq!(error.kind(), kind, "{psu}");
    }
}

#[tokio::test]
async fn one_token_for_each_product_serves_the_whole_journey() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    for _ in 0..3 {
        client.directory(Context::Private).countries().await.unwrap();
        bank(&client, SEB, WILLING)
            .create_consent(ConsentRequest::new(ConsentRequest::LONGEST))
            .await
            .unwrap();
    }
    assert_eq!(sandbox.ledger().token_requests(), 2);
    sandbox.clock().advance(std::time::Duration::from_hours(2));
    client.directory(Context::Private).countries().await.unwrap();
    assert_eq!(sandbox.ledger().token_requests(), 3, "an old token is not tried");
}

#[tokio::test]
async fn c11_every_request_the_platform_saw_had_an_id_of_its_own() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let payment = created(&bank).await;
    sign(&client, &bank, payment).await.into_result().unwrap();
    let api: Vec<_> = sandbox
        .ledger()
        .requests()
        .into_iter()
        .filter(|seen| !seen.template.starts_with("/connect/a"))
        .collect();
    let ids: BTreeSet<_> = api.iter().filter_map(|seen| seen.request_id.clone()).collect();
    let pages = api.iter().filter(|seen| seen.request_id.is_none()).count();
    assert_eq!(ids.len() + pages, api.len());
    assert!(ids.len() >= 7);
}
