//! The rest of the protocol through the facade: every product, baskets, cancellation, cursors, headers of one's own.

use futures_util::TryStreamExt;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use openpayments::api::payment::Cancellation;
use openpayments::api::raw::RawRead;
use openpayments::model::basket::BasketOrder;
use openpayments::model::identifier::{Bankgiro, ConsentId, CountryCode, OcrReference};
use openpayments::model::payment::{
    Bulk, BulkEntry, Domestic, Frequency, InternationalPayment, PaymentOrder, Periodic, SepaCreditTransfer,
    SwedishGiroPayment,
};
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;
use openpayments::sca::ResourceStatus;
use openpayments_sandbox::Sandbox;

use crate::support::{bank, platform, sign};

const SEB: &str = "ESSESESS";
const WILLING: &str = "99990101000";

fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

fn debtor() -> DebtorAccount {
    DebtorAccount::iban(&iban("SE4550000000058398257466"))
}

fn account() -> AccountReference {
    AccountReference::iban(&iban("SE4550000000058398257466"))
}

fn creditor() -> AccountReference {
    AccountReference::iban(&iban("SE2550000000054400047903"))
}

fn amount(text: &str) -> Amount {
    Amount::parse("SEK", text).unwrap()
}

fn domestic(text: &str) -> DomesticPayment {
    DomesticPayment::new(debtor(), amount(text), creditor(), "Made-up Creditor AB").unwrap()
}

fn today(sandbox: &Sandbox) -> Date {
    sandbox.clock().now().to_zoned(TimeZone::UTC).date()
}

async fn paid<P: PaymentOrder + Sync>(client: &Client, bank: &Bank, payment: P) -> TransactionStatus {
    let payment = bank.create_payment(payment).await.unwrap().body.payment;
    sign(client, bank, payment.clone()).await.into_result().unwrap();
    bank.payment_status(&payment).await.unwrap().body.transaction_status
}

async fn consent(client: &Client, bank: &Bank) -> ConsentId {
    let consent = ConsentRequest::new(ConsentRequest::LONGEST);
    let consent = bank.create_consent(consent).await.unwrap().body.consent_id;
    sign(client, bank, consent.clone()).await.into_result().unwrap();
    consent
}

#[tokio::test]
async fn every_product_can_be_created_and_signed() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING);
    let euro = Amount::parse("EUR", "12.00").unwrap();
    let finnish = AccountReference::iban(&iban("FI2112345600000785"));
    let giro = SwedishGiroPayment::new(
        debtor(),
        amount("1.00"),
        Bankgiro::parse("5805-6201").unwrap(),
        "Made-up Supplier AB",
        OcrReference::with_check_digit("123456789").unwrap(),
    );
    let sepa = SepaCreditTransfer::new(debtor(), euro, finnish.clone(), "Keksitty Oy");
    let abroad = InternationalPayment::new(debtor(), euro, finnish, "Keksitty Oy");
    let monthly = Periodic::<Domestic>::new(
        account(),
        amount("10.00"),
        creditor(),
        "Made-up Landlord",
        today(&sandbox).checked_add(1.day()).unwrap(),
        Frequency::Monthly,
    );
    let entry = |text| BulkEntry::new(amount(text), creditor(), "Made-up Employee").unwrap();
    let salaries = Bulk::<Domestic>::new(account(), vec![entry("1.00"), entry("2.00")]);
    for status in [
        paid(&client, &seb, domestic("5.00")).await,
        paid(&client, &seb, giro.unwrap()).await,
        paid(&client, &seb, sepa.unwrap()).await,
        paid(&client, &seb, abroad.unwrap()).await,
        paid(&client, &seb, monthly.unwrap()).await,
        paid(&client, &seb, salaries.unwrap()).await,
    ] {
        assert!(!status.is_refused() && status != TransactionStatus::Received, "{status}");
    }
}

#[tokio::test]
async fn a_basket_is_signed_once_for_all_its_payments() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING);
    let mut payments = Vec::new();
    for text in ["1.00", "2.00", "3.00"] {
        payments.push(seb.create_payment(domestic(text)).await.unwrap().body.payment);
    }
    let order = BasketOrder::of_payments(payments.iter().map(|payment| payment.id.clone())).unwrap();
    let basket = seb.create_basket(order).await.unwrap().body.basket_id;
    assert_eq!(seb.basket(&basket).await.unwrap().body.payments.len(), 3);
    let outcome = sign(&client, &seb, basket.clone()).await;
    assert!(matches!(outcome, Outcome::Completed(ResourceStatus::Basket(_))), "{outcome:?}");
    for payment in &payments {
        let status = seb.payment_status(payment).await.unwrap().body.transaction_status;
        assert_ne!(status, TransactionStatus::Received);
    }
    sandbox.clock().advance(std::time::Duration::from_hours(1));
    seb.payment_status(payments.first().unwrap()).await.unwrap();
    assert_eq!(sandbox.ledger().bookings().len(), 3);
    let signed = seb.delete_basket(&basket).await.unwrap_err();
    assert_eq!(signed.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_payment_is_cancelled_outright_or_by_a_signature() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING);
    let payment = seb.create_payment(domestic("1.00")).await.unwrap().body.payment;
    assert!(matches!(seb.cancel_payment(&payment).await.unwrap().body, Cancellation::Done));
    let status = seb.payment_status(&payment).await.unwrap().body.transaction_status;
    assert_eq!(status, TransactionStatus::Cancelled);

    let psu = Psu::new().id(PsuId::parse(WILLING).unwrap()).ip_address("127.0.0.1".parse().unwrap());
    let swedbank = client.bank("SWEDSESS".parse().unwrap(), Context::Private);
    let swedbank = swedbank.psu(psu.user_agent("made-up/1.0").unwrap()).redirect_preferred(false);
    let later = domestic("1.00").requested_execution_date(today(&sandbox).checked_add(7.days()).unwrap());
    let payment = swedbank.create_payment(later).await.unwrap().body.payment;
    sign(&client, &swedbank, payment.clone()).await.into_result().unwrap();
    let cancelled = swedbank.cancel_payment(&payment).await.unwrap().body;
    assert!(matches!(cancelled, Cancellation::MustBeSigned(_)), "{cancelled:?}");
    let outcome = sign(&client, &swedbank, payment.cancellation()).await;
    assert!(matches!(outcome, Outcome::Completed(ResourceStatus::Cancellation(_))), "{outcome:?}");
    let listed = swedbank.authorisations(payment.cancellation()).await.unwrap().body;
    assert_eq!(listed.len(), 1);
    assert!(sandbox.ledger().bookings().is_empty());
}

#[tokio::test]
async fn a_month_is_read_as_a_stream_or_from_where_it_stopped() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING);
    let consent = consent(&client, &seb).await;
    let first = seb.accounts(&consent).await.unwrap().body.remove(0);
    assert_eq!(seb.account(&consent, &first.resource_id).await.unwrap().body.resource_id, first.resource_id);
    let since = today(&sandbox).checked_sub(1.month()).unwrap();
    let month = || ListTransactions::new(consent.clone(), first.resource_id.clone(), since);
    let all: Vec<_> = seb.transactions(month()).into_booked().try_collect().await.unwrap();

    let mut pages = seb.transactions(month());
    assert_eq!(pages.cursor(), None);
    let mut rows = pages.next().await.unwrap().unwrap().body.transactions.booked;
    let cursor = pages.cursor().unwrap().to_owned();
    drop(pages);
    let mut rest = seb.transactions_from(&consent, &cursor).unwrap();
    while let Some(page) = rest.next().await.unwrap() {
        rows.extend(page.body.transactions.booked);
    }
    assert_eq!(rest.cursor(), None);
    assert_eq!(rows, all);
    let elsewhere = seb.transactions_from(&consent, "/connect/token").unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::UntrustedLink);
}

#[tokio::test]
async fn calls_without_a_type_and_headers_of_ones_own_travel_like_all_others() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING).header("X-Feature-Flags", "new-statuses").unwrap();
    let consent = consent(&client, &seb).await;
    let call = RawRead::get("/psd2/accountinformation/v1/accounts", Product::AccountInformation).unwrap();
    let answer = seb.call(&call.consent(consent)).await.unwrap();
    assert!(answer.body.body.starts_with(b"{\"accounts\""));
    assert_eq!(sandbox.ledger().find(&answer.request_id.to_string()).len(), 1);
    assert!(seb.header("Authorization", "Bearer of one's own").is_err());
}

#[tokio::test]
async fn what_was_created_is_named_by_the_answers_headers_too() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let seb = bank(&client, SEB, WILLING);
    let created = seb.create_payment(domestic("1.00")).await.unwrap();
    let location = created.headers.location.unwrap();
    assert!(location.ends_with(created.body.payment.id.as_str()), "{location}");
    assert!(created.warnings.is_empty());
}

#[tokio::test]
async fn the_directory_names_one_country_and_one_city() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let directory = client.directory(Context::Private);
    let sweden = directory.country(CountryCode::parse("SE").unwrap()).await.unwrap().body;
    assert_eq!(sweden.name, "Sweden");
    let city = directory.cities(Filter::default()).await.unwrap().body.remove(0);
    assert_eq!(directory.city(city.city_id.clone()).await.unwrap().body.name, city.name);
}

#[tokio::test]
async fn a_company_makes_itself_known() {
    let (_sandbox, client) = platform(Sandbox::builder()).await;
    let company = CorporateId::parse("9999999990").unwrap();
    let form = client.start_kyc(company.clone(), CountryCode::parse("SE").unwrap()).await.unwrap().body;
    assert_eq!(form.expose().scheme(), "https");
    assert!(client.kyc_status(company).await.unwrap().body.as_json().starts_with('{'));
}
