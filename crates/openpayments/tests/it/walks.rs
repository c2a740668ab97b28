//! Every bank of the local platform, by each way to its PSUs and each way to sign: consents, payments, cancellations and
//! baskets go through the statuses that are documented of the bank, with one authorisation started and one way chosen.

use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use openpayments::api::payment::Cancellation;
use openpayments::model::basket::BasketOrder;
use openpayments::model::identifier::{ClearingNumber, CountryCode, ScaMethodId};
use openpayments::model::payment::{Address, PaymentRef, PaymentTerms, SepaCreditTransfer};
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;
use openpayments::sca::{Authorise, Notice, ResourceStatus, Step, Subject};
use openpayments_sandbox::{Approve, Builder, Sandbox, SeenRequest};

use crate::support::{CALLBACK, browse, platform};
use crate::unhurried::client;

const WILLING: &str = "99990101000";

/// How a PSU gets to the bank.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Redirect,
    Decoupled,
    /// The bank approves as soon as an authorisation is started.
    AtOnce,
}

#[derive(Clone, Copy, Debug)]
struct Walk {
    bic: &'static str,
    way: Way,
    method: &'static str,
    /// What the PSU is asked for until a consent, and until a payment, is signed.
    consent: &'static [Step],
    payment: &'static [Step],
}

const ON_PAGE: &[Step] = &[Step::Waiting, Step::Done];
const SIGN: &[Step] = &[Step::Sign, Step::Done];
const LOG_IN_AND_SIGN: &[Step] = &[Step::Authenticate, Step::Sign, Step::Done];
const NEW_RECIPIENT: &[Step] = &[Step::Authenticate, Step::ApproveRecipient, Step::Sign, Step::Done];

fn walks() -> Vec<Walk> {
    let bankid = ["mbid", "mbid_same_device", "mbid_animated_qr_token"];
    let of = |bic, way, method, consent, payment| Walk { bic, way, method, consent, payment };
    let mut walks = vec![
        of("HANDSESS", Way::AtOnce, "mbid", &[Step::Done], &[Step::Done]),
        of("NDEASESS", Way::Redirect, "mbid", ON_PAGE, ON_PAGE),
        of("DABASESX", Way::Redirect, "mbid_animated_qr_token", ON_PAGE, ON_PAGE),
        of("NDEAFIHH", Way::Redirect, "nordea_id", ON_PAGE, ON_PAGE),
        of("OKOYFIHH", Way::Redirect, "op_app", ON_PAGE, ON_PAGE),
    ];
    for method in bankid {
        walks.push(of("ESSESESS", Way::Decoupled, method, SIGN, LOG_IN_AND_SIGN));
        walks.push(of("ESSESESS", Way::Redirect, method, ON_PAGE, ON_PAGE));
        walks.push(of("SWEDSESS", Way::Decoupled, method, LOG_IN_AND_SIGN, NEW_RECIPIENT));
        walks.push(of("SWEDSESS", Way::Redirect, method, ON_PAGE, ON_PAGE));
    }
    walks
}

fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

fn bban(text: &str) -> Bban {
    Bban::parse(text).unwrap()
}

impl Walk {
    fn bank(&self, client: &Client) -> Bank {
        let psu = Psu::new().id(PsuId::parse(WILLING).unwrap()).ip_address("127.0.0.1".parse().unwrap());
        let bank = client.bank(self.bic.parse().unwrap(), Context::Private);
        bank.psu(psu.user_agent("made-up/1.0").unwrap()).redirect_preferred(self.way == Way::Redirect)
    }

    /// A payment as this bank wants it, and what it must keep of it.
    async fn pay(&self, bank: &Bank) -> (PaymentRef, PaymentTerms) {
        // Its sandbox has British accounts alone.
        let own = if self.bic == "DABASESX" { "GBP" } else { "SEK" };
        let own = Amount::parse(own, "12.50").unwrap();
        let euro = Amount::parse("EUR", "12.50").unwrap();
        let (debtor, creditor) = match self.bic {
            "HANDSESS" => (
                DebtorAccount::bban(&bban("403333911")),
                AccountReference::bban(&bban("401975231"))
                    .clearing_number(&ClearingNumber::parse("1000").unwrap()),
            ),
            "NDEASESS" => (
                DebtorAccount::bban(&bban("41351300039")),
                AccountReference::iban(&iban("SE4550000000058398257466")),
            ),
            "DABASESX" => (
                DebtorAccount::bban(&bban("84600447424379")),
                AccountReference::bban(&bban("15517312471731")),
            ),
            _ => (
                DebtorAccount::iban(&iban("SE4550000000058398257466")),
                AccountReference::iban(&iban("SE2550000000054400047903")),
            ),
        };
        let name = "Made-up Creditor AB";
        let (created, terms) = if matches!(self.bic, "NDEAFIHH" | "OKOYFIHH") {
            let debtor = DebtorAccount::iban(&iban("FI2112345600000785"));
            let address = Address::new(CountryCode::SE).with_city("Lund").unwrap();
            let payment =
                SepaCreditTransfer::new(debtor, euro, creditor, name).unwrap().creditor_address(address);
            let terms = payment.terms();
            (bank.create_payment(payment).await, terms)
        } else {
            let payment = DomesticPayment::new(debtor, own, creditor, name).unwrap();
            let terms = payment.terms();
            (bank.create_payment(payment).await, terms)
        };
        (created.unwrap_or_else(|error| panic!("{self:?}: {error:?}")).body.payment, terms)
    }

    fn authorise(&self, bank: &Bank, subject: impl Into<Subject>) -> Authorise {
        let method = MethodPreference::Method(ScaMethodId::parse(self.method).unwrap());
        bank.authorise(subject).redirect_to(CALLBACK.parse().unwrap()).method(method)
    }

    /// Has it signed as the PSU does: what he was asked for, whether it was read back, and how it ended.
    async fn signed(&self, client: &Client, authorise: Authorise) -> (Vec<Step>, bool, ResourceStatus) {
        let mut sca = authorise.start().await.unwrap_or_else(|error| panic!("{self:?}: {error:?}"));
        let (mut steps, mut shown, mut is_read_back) = (Vec::new(), 0, true);
        while let Some(event) = sca.next().await.unwrap() {
            match event {
                ScaEvent::Progress(step) => steps.push(step),
                ScaEvent::ShowQr(_) | ScaEvent::OpenApp(_) => shown += 1,
                ScaEvent::Redirect(link) => {
                    let returned = browse(client, link.expose().clone()).await;
                    sca.callback(returned.query().unwrap()).await.unwrap();
                }
                ScaEvent::Notice(Notice::NotReadBack) => is_read_back = false,
                ScaEvent::HideQr | ScaEvent::Message(_) => {}
                other => panic!("{self:?}: unexpected {other:?}"),
            }
        }
        assert_eq!(shown > 0, self.way == Way::Decoupled, "{self:?}");
        // SEB tells of the second opening of the app in two statuses.
        steps.dedup();
        let outcome = sca.into_outcome();
        (steps, is_read_back, outcome.into_result().unwrap_or_else(|error| panic!("{self:?}: {error:?}")))
    }
}

/// PSUs who take longer for each thing they are asked for than any poll does.
fn unhurried() -> Builder {
    Sandbox::builder().approve(Approve::After(Duration::from_secs(5)))
}

/// How often an authorisation of anything was started, and a way to sign chosen.
fn set_out(sandbox: &Sandbox) -> (usize, usize) {
    let seen = sandbox.ledger().requests();
    let of = |method: &str| {
        let is_one = |seen: &&SeenRequest| seen.method == method && seen.template.contains("authorisations");
        seen.iter().filter(is_one).count()
    };
    (of("POST"), of("PUT"))
}

#[tokio::test]
async fn every_bank_signs_consents_and_payments_by_each_way_it_has() {
    for walk in walks() {
        let (sandbox, _) = platform(unhurried()).await;
        let client = client(&sandbox);
        let bank = walk.bank(&client);

        let request = ConsentRequest::new(ConsentRequest::LONGEST);
        let consent = bank.create_consent(request).await.unwrap().body.consent_id;
        let (steps, _, status) = walk.signed(&client, walk.authorise(&bank, consent)).await;
        assert_eq!(steps, walk.consent, "{walk:?}");
        assert!(matches!(status, ResourceStatus::Consent(_)));
        assert_eq!(set_out(&sandbox), (1, 1), "{walk:?}");

        let (payment, terms) = walk.pay(&bank).await;
        let authorise = walk.authorise(&bank, payment.clone()).expecting(terms);
        let (steps, is_read_back, status) = walk.signed(&client, authorise).await;
        assert_eq!(steps, walk.payment, "{walk:?}");
        assert_eq!(is_read_back, walk.bic != "HANDSESS", "which lets nobody read payments");
        assert!(matches!(status, ResourceStatus::Payment(_)));
        assert_eq!(set_out(&sandbox), (2, 2), "{walk:?}");
        sandbox.clock().advance(Duration::from_hours(1));
        bank.payment_status(&payment).await.unwrap();
        assert_eq!(sandbox.ledger().bookings().len(), 1, "{walk:?}");
    }
}

#[tokio::test]
async fn a_cancellation_is_signed_by_each_way_the_bank_has() {
    for walk in walks().into_iter().filter(|walk| walk.bic == "SWEDSESS") {
        let (sandbox, _) = platform(unhurried()).await;
        let client = client(&sandbox);
        let bank = walk.bank(&client);
        let later = sandbox.clock().now().to_zoned(TimeZone::UTC).date().checked_add(7.days()).unwrap();
        let account = |text| AccountReference::iban(&iban(text));
        let payment = DomesticPayment::new(
            DebtorAccount::iban(&iban("SE4550000000058398257466")),
            Amount::parse("SEK", "12.50").unwrap(),
            account("SE2550000000054400047903"),
            "Made-up Creditor AB",
        );
        let payment = payment.unwrap().requested_execution_date(later);
        let payment = bank.create_payment(payment).await.unwrap().body.payment;
        walk.signed(&client, walk.authorise(&bank, payment.clone())).await;
        let cancelled = bank.cancel_payment(&payment).await.unwrap().body;
        assert!(matches!(cancelled, Cancellation::MustBeSigned(_)), "{walk:?}");
        let (_, _, status) = walk.signed(&client, walk.authorise(&bank, payment.cancellation())).await;
        assert_eq!(status, ResourceStatus::Cancellation(TransactionStatus::Cancelled), "{walk:?}");
        assert_eq!(set_out(&sandbox), (2, 2), "{walk:?}");
        assert!(sandbox.ledger().bookings().is_empty(), "{walk:?}");
    }
}

#[tokio::test]
async fn a_basket_is_signed_by_each_way_the_bank_has() {
    for walk in walks().into_iter().filter(|walk| walk.bic == "ESSESESS") {
        let (sandbox, _) = platform(unhurried()).await;
        let client = client(&sandbox);
        let bank = walk.bank(&client);
        let payments = [walk.pay(&bank).await.0, walk.pay(&bank).await.0];
        let order = BasketOrder::of_payments(payments.iter().map(|payment| payment.id.clone())).unwrap();
        let basket = bank.create_basket(order).await.unwrap().body.basket_id;
        let (steps, _, status) = walk.signed(&client, walk.authorise(&bank, basket)).await;
        assert_eq!(steps, walk.payment, "{walk:?}");
        assert!(matches!(status, ResourceStatus::Basket(_)));
        assert_eq!(set_out(&sandbox), (1, 1), "{walk:?}");
        sandbox.clock().advance(Duration::from_hours(1));
        bank.payment_status(&payments[0]).await.unwrap();
        assert_eq!(sandbox.ledger().bookings().len(), 2, "{walk:?}");
    }
}
