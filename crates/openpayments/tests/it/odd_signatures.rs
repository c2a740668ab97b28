//! Signatures that go other ways than usual: a plain redirect, the bank's own picture, a status that contradicts another.

use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;
use openpayments::sca::{ResourceStatus, ScaErrorKind};
use openpayments_sandbox::{Approve, Builder, Quirk, Sandbox};

use crate::signed_again::created_at_seb;
use crate::support::{CALLBACK, bank, created, platform, sign, start};

const WILLING: &str = "99990101000";

#[tokio::test]
async fn a_plain_redirect_is_signed_without_a_code() {
    let (sandbox, client) = platform(Sandbox::builder().quirk(Quirk::PlainRedirect)).await;
    let nordea = bank(&client, "NDEASESS", WILLING);
    let consent =
        nordea.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await.unwrap().body.consent_id;
    sign(&client, &nordea, consent.clone()).await.into_result().unwrap();
    assert!(!nordea.accounts(&consent).await.unwrap().body.is_empty());

    let payment = created(&nordea).await;
    sign(&client, &nordea, payment).await.into_result().unwrap();
    sandbox.clock().advance(std::time::Duration::from_mins(30));
    assert_eq!(sandbox.ledger().bookings().len(), 1);
    let requests = sandbox.ledger().requests();
    let tokens = requests.iter().filter(|seen| seen.template == "/connect/token").count();
    assert_eq!(tokens, 2, "one for accounts, one for payments, and no code to exchange");

    let unwilling = bank(&client, "NDEASESS", "99990101001");
    let payment = created(&unwilling).await;
    let refused = sign(&client, &unwilling, payment).await.into_result().unwrap_err();
    assert_eq!(refused.kind(), ScaErrorKind::PsuRefused);
    assert_eq!(sandbox.ledger().bookings().len(), 1);
}

#[tokio::test]
async fn the_banks_own_pictures_are_shown_round_by_round() {
    let (sandbox, _) = platform(Sandbox::builder().approve(Approve::Manual)).await;
    let client = crate::unhurried::client(&sandbox);
    let psu = Psu::new().id(PsuId::parse(WILLING).unwrap()).ip_address("192.0.2.7".parse().unwrap());
    let bank = client.bank("SWEDSESS".parse().unwrap(), Context::Private);
    let bank = bank.psu(psu.user_agent("test/1").unwrap()).redirect_preferred(false);
    let payment = created(&bank).await;
    let authorise = bank.authorise(payment).redirect_to(CALLBACK.parse().unwrap());
    let picture = MethodPreference::Method("mbid_animated_qr_image".parse().unwrap());
    let mut sca = authorise.method(picture).start().await.unwrap();
    let mut pictures = std::collections::BTreeSet::new();
    let mut rounds = 0;
    while let Some(event) = sca.next().await.unwrap() {
        if let ScaEvent::ShowQr(frame) = event {
            assert!(frame.to_png().starts_with(b"\x89PNG") && frame.to_unicode().is_empty());
            pictures.insert(frame.to_png());
        }
        // Every third picture the PSU has scanned and signs.
        if pictures.len() == 3 * (rounds + 1) {
            rounds += 1;
            for order in sandbox.orders() {
                sandbox.approve(&order.id).unwrap();
            }
        }
    }
    assert_eq!(rounds, 3, "login, new recipient, signature");
    sca.into_outcome().into_result().unwrap();
}

#[tokio::test]
async fn what_was_accepted_though_its_signature_failed_is_not_signed_again() {
    let (sandbox, client) = platform(Sandbox::builder().quirk(Quirk::AcceptedThoughFailed)).await;
    let bank = bank(&client, "ESSESESS", "99990101004");
    let payment = created_at_seb(&bank).await;
    let mut sca = start(&bank, payment.clone()).await;
    while sca.next().await.unwrap().is_some() {}
    assert!(matches!(sca.outcome(), Some(Outcome::Expired)), "{:?}", sca.outcome());
    let status = bank.payment_status(&payment).await.unwrap().body.transaction_status;
    assert_eq!(status, TransactionStatus::AcceptedSettlementInProcess);
    assert_eq!(sca.restart().await.unwrap_err().kind(), ScaErrorKind::Over);
    let starts = sandbox.ledger().requests();
    let starts =
        starts.iter().filter(|seen| seen.method == "POST" && seen.template.ends_with("/authorisations"));
    assert_eq!(starts.count(), 1);
}

#[tokio::test]
async fn a_signature_whose_status_is_gone_is_told_by_the_payment() {
    for told in [None, Some(Quirk::ErrorsWithoutBody), Some(Quirk::ProblemJsonErrors)] {
        let builder = Sandbox::builder().quirk(Quirk::StatusGoneOnceSigned);
        let (sandbox, client) = platform(told.into_iter().fold(builder, Builder::quirk)).await;
        let bank = bank(&client, "ESSESESS", WILLING);
        let payment = created_at_seb(&bank).await;
        let outcome = sign(&client, &bank, payment).await;
        assert!(matches!(&outcome, Outcome::Completed(ResourceStatus::Payment(_))), "{told:?} {outcome:?}");
        sandbox.clock().advance(std::time::Duration::from_mins(30));
        assert_eq!(sandbox.ledger().bookings().len(), 1);
    }
}
