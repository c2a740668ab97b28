//! A PSU who refuses, and signs after all: some banks keep what he refused, others end it.

use openpayments::model::payment::PaymentRef;
use openpayments::model::status::ConsentStatus;
use openpayments::prelude::*;
use openpayments::sca::{NextStep, ResourceStatus, ScaErrorKind, ScaSession, Subject};
use openpayments_sandbox::{Approve, Quirk, Sandbox};

use crate::support::{bank, platform, start};

const PSU: &str = "199001012384";

/// Follows it to its end; in the app the PSU does the same with every order.
async fn follow(sandbox: &Sandbox, sca: &mut ScaSession, signs: bool) -> Outcome {
    while sca.next().await.unwrap().is_some() {
        for order in sandbox.orders() {
            if signs { sandbox.approve(&order.id).unwrap() } else { sandbox.refuse(&order.id).unwrap() }
        }
    }
    sca.outcome().unwrap().clone()
}

pub(crate) async fn created_at_seb(bank: &Bank) -> PaymentRef {
    let iban = |text| Iban::parse(text).unwrap();
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&iban("SE4550000000058398257466")),
        Amount::parse("SEK", "125.50").unwrap(),
        AccountReference::iban(&iban("SE2550000000054400047903")),
        "Made-up Creditor AB",
    );
    bank.create_payment(payment.unwrap()).await.unwrap().body.payment
}

async fn consent(bank: &Bank) -> Subject {
    let request = ConsentRequest::new(ConsentRequest::LONGEST);
    bank.create_consent(request).await.unwrap().body.consent_id.into()
}

/// How many authorisations were started.
fn starts(sandbox: &Sandbox) -> usize {
    let requests = sandbox.ledger().requests();
    requests.iter().filter(|seen| seen.method == "POST" && seen.template.ends_with("/authorisations")).count()
}

#[tokio::test]
async fn what_stays_received_after_a_refusal_is_signed_by_a_restart() {
    let builder = Sandbox::builder().approve(Approve::Manual).quirk(Quirk::RefusedStaysReceived);
    let (sandbox, client) = platform(builder).await;
    let bank = bank(&client, "ESSESESS", PSU);
    for (n, subject) in (0..).zip([consent(&bank).await, created_at_seb(&bank).await.into()]) {
        let mut sca = start(&bank, subject).await;
        let refused = follow(&sandbox, &mut sca, false).await;
        assert!(!matches!(refused, Outcome::Completed(_)), "{refused:?}");
        assert!(matches!(refused.next_step(), NextStep::AskPsu | NextStep::SignAgain), "{refused:?}");

        sca.restart().await.unwrap();
        let signed = follow(&sandbox, &mut sca, true).await;
        let is_signed = match &signed {
            Outcome::Completed(ResourceStatus::Consent(status)) => *status == ConsentStatus::Valid,
            Outcome::Completed(ResourceStatus::Payment(status)) => !status.is_refused(),
            _ => false,
        };
        assert!(is_signed, "{signed:?}");
        assert_eq!(starts(&sandbox), 2 * (n + 1), "one authorisation for each time");
    }
}

#[tokio::test]
async fn what_is_rejected_with_a_refusal_is_not_started_again() {
    let (sandbox, client) = platform(Sandbox::builder().approve(Approve::Manual)).await;
    let bank = bank(&client, "ESSESESS", PSU);
    for (n, subject) in (1..).zip([consent(&bank).await, created_at_seb(&bank).await.into()]) {
        let mut sca = start(&bank, subject).await;
        follow(&sandbox, &mut sca, false).await;
        let error = sca.restart().await.unwrap_err();
        assert_eq!(error.kind(), ScaErrorKind::Over);
        assert!(error.advice().contains("create a new one"), "{}", error.advice());
        assert_eq!(starts(&sandbox), n, "nothing was started");
    }
}

#[tokio::test]
async fn what_was_given_up_here_and_signed_in_the_app_is_not_signed_twice() {
    let (sandbox, client) = platform(Sandbox::builder().approve(Approve::Manual)).await;
    let bank = bank(&client, "ESSESESS", PSU);
    let payment = created_at_seb(&bank).await;
    let mut sca = start(&bank, payment.clone()).await;
    while !matches!(sca.next().await.unwrap(), Some(ScaEvent::OpenApp(_))) {}
    sca.cancel();
    // The app does not know that we gave up.
    while !bank.payment_status(&payment).await.unwrap().body.transaction_status.is_final() {
        for order in sandbox.orders() {
            let _ = sandbox.approve(&order.id);
        }
        sandbox.clock().advance(std::time::Duration::from_secs(1));
    }
    assert_eq!(sca.restart().await.unwrap_err().kind(), ScaErrorKind::Over);
    assert_eq!(starts(&sandbox), 1);
}
