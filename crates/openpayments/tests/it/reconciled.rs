//! What became of a payment whose answer never came; and a consent that is asked for once.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use openpayments::model::identifier::ConsentId;
use openpayments::prelude::*;
use openpayments::store::{
    CallError, Consents, MemoryStore, Once, OnceError, Payments, Reconciled, Store, StoreError,
};
use openpayments_sandbox::{CannedAnswer, Fault, Sandbox};

use crate::support::{bank, payment, platform, sign};

const NORDEA: &str = "NDEASESS";
const WILLING: &str = "99990101000";
const PAYMENTS: &str = "/psd2/paymentinitiation/v1/payments/{payment-product}";
const CONSENTS: &str = "/psd2/consent/v1/consents";

/// A payment whose answer was lost by `fault`, from an account that a consent lets us see.
struct Lost {
    sandbox: Sandbox,
    client: Client,
    bank: Bank,
    payments: Payments,
    consent: ConsentId,
    debtor: DebtorAccount,
}

impl Lost {
    async fn by(fault: Fault, reference: Option<&str>) -> Self {
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let bank = bank(&client, NORDEA, WILLING);
        let payments = Payments::in_store(Arc::new(MemoryStore::new()));
        let consent = bank.create_consent(until(&sandbox, 30)).await.unwrap().body.consent_id;
        sign(&client, &bank, consent.clone()).await.into_result().unwrap();
        let accounts = bank.accounts(&consent).await.unwrap().body;
        let number = accounts.first().unwrap().bban.as_ref().unwrap().as_str().to_owned();
        let debtor = DebtorAccount::bban(&Bban::parse(&number).unwrap());
        let lost = Self { sandbox, client, bank, payments, consent, debtor };
        lost.sandbox.faults().script(fault.operation("initiatePayment")).unwrap();
        let made = lost.once(reference).await;
        assert!(matches!(made, Err(OnceError::Call(_))), "{made:?}");
        lost
    }

    fn payment(&self, reference: Option<&str>) -> DomesticPayment {
        let creditor = AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap());
        let amount = Amount::parse("SEK", "125.50").unwrap();
        let payment =
            DomesticPayment::new(self.debtor.clone(), amount, creditor, "Made-up Creditor AB").unwrap();
        match reference {
            Some(reference) => payment.end_to_end_identification(reference).unwrap(),
            None => payment,
        }
    }

    async fn once(&self, reference: Option<&str>) -> Result<Once, OnceError> {
        self.bank.create_payment_once(&self.payments, "order", self.payment(reference)).await
    }

    /// Pays by another way than under the key, to the end.
    async fn pay(&self, reference: Option<&str>) {
        let paid = self.bank.create_payment(self.payment(reference)).await.unwrap().body.payment;
        sign(&self.client, &self.bank, paid).await.into_result().unwrap();
        self.sandbox.clock().advance(std::time::Duration::from_hours(1));
        assert_eq!(self.sandbox.ledger().bookings().len(), 1);
    }

    async fn reconcile(&self, consent: Option<&ConsentId>) -> Reconciled {
        self.bank.reconcile_payment(&self.payments, "order", consent).await.unwrap()
    }
}

#[tokio::test]
async fn p4_f09_an_answer_that_breaks_off_leaves_the_place_of_its_payment_and_that_finds_it() {
    for fault in [
        Fault::cut_body(20),
        Fault::answer_afterwards(CannedAnswer::status(502).body("text/html", "<h1>Made-up gateway</h1>")),
    ] {
        let lost = Lost::by(fault, None).await;
        let kept = lost.payments.get("order").await.unwrap().unwrap();
        let request = kept.unanswered().unwrap();
        assert!(request.request_id.is_some() && matches!(request.http_status, Some(201 | 502)));
        assert!(request.location.is_some() && request.body.as_ref().is_some_and(|body| !body.is_empty()));

        let Reconciled::Found { payment: found, state } = lost.reconcile(None).await else { panic!() };
        assert!(!state.transaction_status.is_final());
        let again = lost.once(None).await.unwrap();
        assert_eq!(again.payment, found);
        assert_eq!(lost.sandbox.ledger().count("POST", PAYMENTS), 1);
    }
}

#[tokio::test]
async fn a_redirects_place_is_no_payments() {
    let place = "/psd2/paymentinitiation/v1/payments/domestic/made-up";
    let redirect = Fault::answer_instead(CannedAnswer::status(307).header("location", place));
    let lost = Lost::by(redirect, None).await;
    let found = lost.reconcile(None).await;
    assert!(matches!(found, Reconciled::NotFoundYet { looked_at_account: false }), "{found:?}");
}

#[tokio::test]
async fn p6_what_nobody_signed_is_not_found_and_never_said_not_to_exist() {
    let lost = Lost::by(Fault::lose_answer(), None).await;
    let found = lost.reconcile(None).await;
    assert!(matches!(found, Reconciled::NotFoundYet { looked_at_account: false }), "{found:?}");
    let found = lost.reconcile(Some(&lost.consent)).await;
    assert!(matches!(found, Reconciled::NotFoundYet { looked_at_account: true }), "{found:?}");
    assert!(lost.payments.get("order").await.unwrap().unwrap().is_open(), "looking decides nothing");
    let again = lost.once(None).await;
    assert!(matches!(again, Err(OnceError::MayExist(_))), "{again:?}");
}

#[tokio::test]
async fn p6_an_entry_with_the_payments_own_reference_is_told_from_one_of_its_amount() {
    for (asked, paid, expected) in [
        (Some("order-4711"), Some("order-4711"), Some(true)),
        (None, Some("another order"), Some(false)),
        (Some("order-4711"), None, Some(false)),
        (Some("order-4711"), Some("another order"), None),
    ] {
        let lost = Lost::by(Fault::lose_answer(), asked).await;
        lost.pay(paid).await;
        match lost.reconcile(Some(&lost.consent)).await {
            Reconciled::Seen { entries, by_reference } => {
                assert_eq!((entries.len(), Some(by_reference)), (1, expected), "{asked:?} {paid:?}");
            }
            found => {
                let is_nothing = matches!(found, Reconciled::NotFoundYet { looked_at_account: true });
                assert!(expected.is_none() && is_nothing, "{asked:?} {paid:?}: {found:?}");
            }
        }
    }
}

#[tokio::test]
async fn p6_a_payment_whose_id_is_known_is_found_by_its_status_and_a_key_of_nothing_is_told() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let payments = Payments::in_store(Arc::new(MemoryStore::new()));
    let once = bank.create_payment_once(&payments, "order", payment()).await.unwrap();
    sign(&client, &bank, once.payment.clone()).await.into_result().unwrap();
    sandbox.clock().advance(std::time::Duration::from_hours(1));
    let found = bank.reconcile_payment(&payments, "order", None).await.unwrap();
    let Reconciled::Found { payment, state } = found else { panic!("{found:?}") };
    assert_eq!(payment, once.payment);
    assert!(state.transaction_status.is_settled());
    let kept = payments.get("order").await.unwrap().unwrap();
    assert_eq!(kept.status, Some(state.transaction_status));
    let nothing = bank.reconcile_payment(&payments, "nothing", None).await;
    assert!(matches!(nothing, Err(CallError::Store(StoreError::NotThere))), "{nothing:?}");
}

fn until(sandbox: &Sandbox, days: i64) -> ConsentRequest {
    let today = sandbox.clock().now().to_zoned(TimeZone::UTC).date();
    ConsentRequest::new(today.checked_add(days.days()).unwrap())
}

#[tokio::test]
async fn a_consent_is_asked_for_once_under_a_key_until_it_is_over() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let bank = bank(&client, NORDEA, WILLING);
    let consents = Consents::in_store(Arc::new(MemoryStore::new()));
    let first = bank.create_consent_once(&consents, "customer", until(&sandbox, 30)).await.unwrap();
    assert!(first.recorded && first.answer.is_some());
    sandbox.clock().advance(std::time::Duration::from_hours(24));
    let again = bank.create_consent_once(&consents, "customer", until(&sandbox, 30)).await.unwrap();
    assert_eq!(again.consent, first.consent, "another last day is no other consent");
    assert!(again.answer.is_none());
    assert_eq!(sandbox.ledger().count("POST", CONSENTS), 1);
    let other = until(&sandbox, 30).one_off();
    let other = bank.create_consent_once(&consents, "customer", other).await;
    assert!(matches!(other, Err(CallError::Store(StoreError::Conflict))), "{other:?}");

    let over = openpayments::model::status::ConsentStatus::Rejected;
    consents.note_status(&first.consent.id, &over).await.unwrap();
    let next = bank.create_consent_once(&consents, "customer", until(&sandbox, 30)).await.unwrap();
    assert_ne!(next.consent.id, first.consent.id);
    assert_eq!(consents.of_key("customer").await.unwrap().unwrap().id, next.consent.id);
    assert_eq!(consents.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn f42_a_consent_whose_asker_goes_away_is_kept_and_one_that_got_no_answer_is_asked_for_again() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let consents = Consents::in_store(store);
    let bank = bank(&client, NORDEA, WILLING);
    let dropped = tokio::spawn({
        let (bank, consents, request) = (bank.clone(), consents.clone(), until(&sandbox, 30));
        async move { bank.create_consent_once(&consents, "customer", request).await }
    });
    while sandbox.ledger().count("POST", CONSENTS) == 0 {
        tokio::task::yield_now().await;
    }
    dropped.abort();
    while consents.of_key("customer").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }

    // A consent nobody signs does no harm, so the client itself sends it once more.
    sandbox.faults().script(Fault::lose_answer().operation("createConsent").times(2)).unwrap();
    let lost = bank.create_consent_once(&consents, "other", until(&sandbox, 30)).await;
    assert!(matches!(lost, Err(CallError::Call(_))), "{lost:?}");
    let found = bank.create_consent_once(&consents, "other", until(&sandbox, 30)).await.unwrap();
    assert!(found.recorded && found.answer.is_some());
}

#[tokio::test]
async fn of_many_who_ask_for_a_consent_at_once_all_are_given_the_same() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let consents = Consents::in_store(Arc::new(MemoryStore::new()));
    let bank = bank(&client, NORDEA, WILLING);
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let (bank, consents, request) = (bank.clone(), consents.clone(), until(&sandbox, 30));
            tokio::spawn(async move { bank.create_consent_once(&consents, "customer", request).await })
        })
        .collect();
    let mut ids = Vec::new();
    for one in asked {
        ids.push(one.await.unwrap().unwrap().consent.id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
}
