//! Every call about payments as it goes out: verb, path, headers, body. The snapshots are the wire.

#![expect(clippy::unwrap_used, reason = "tests")]

mod shown;

use http::Method;
use jiff::civil::date;
use openpayments_api::basket::{CreateBasket, DeleteBasket, GetBasket, GetBasketStatus};
use openpayments_api::kyc::{GetKycStatus, StartKyc};
use openpayments_api::payment::{CancelPayment, CreatePayment, GetPayment, GetPaymentStatus};
use openpayments_api::raw::{RawRead, RawWrite};
use openpayments_api::{CallContext, Operation};
use openpayments_model::account::AccountReference;
use openpayments_model::basket::BasketOrder;
use openpayments_model::identifier::{
    Bankgiro, BasketId, ConsentId, CountryCode, OcrReference, OrganisationNumber, PaymentId, Plusgiro,
};
use openpayments_model::payment::{
    Address, Bulk, BulkEntry, DebtorAccount, Domestic, DomesticPayment, Frequency, International,
    InternationalPayment, InvoiceReference, PaymentPath, PaymentRef, Periodic, Sepa, SepaCreditTransfer,
    SwedishGiroPayment,
};
use openpayments_model::{Amount, Bban, BicFi, Context, Iban, Product};

use crate::shown::{bank, shown};

fn debtor() -> DebtorAccount {
    DebtorAccount::bban(&Bban::parse("41351300039").unwrap())
}

fn account() -> AccountReference {
    AccountReference::iban(&Iban::parse("SE2550000000054400047903").unwrap())
}

fn amount(currency: &str) -> Amount {
    Amount::parse(currency, "12.50").unwrap()
}

fn reference() -> PaymentRef {
    PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() }
}

fn domestic() -> DomesticPayment {
    DomesticPayment::new(debtor(), amount("SEK"), account(), "Made-up Creditor").unwrap()
}

#[test]
fn payments() {
    insta::assert_snapshot!(
        shown(&CreatePayment::new(domestic()), &bank())
            + &shown(&GetPaymentStatus::new(reference()), &bank())
    );
}

#[test]
fn what_is_asked_about_a_payment() {
    insta::assert_snapshot!(
        shown(&GetPayment::new(reference()), &bank())
            + &shown(&GetPaymentStatus::new(reference()), &bank())
            + &shown(&CancelPayment::new(reference()), &bank())
    );
}

#[test]
fn payments_of_every_product() {
    let full = domestic()
        .creditor_agent(BicFi::parse("SWEDSESS").unwrap())
        .creditor_agent_name("Made-up Bank")
        .unwrap()
        .creditor_address(Address::new(CountryCode::SE))
        .end_to_end_identification("e-1")
        .unwrap()
        .remittance("Invoice 1")
        .unwrap()
        .requested_execution_date(date(2027, 1, 31));
    let of_consent = CreatePayment::new(full).consent(ConsentId::parse("c-1").unwrap());
    let sepa = SepaCreditTransfer::new(debtor(), amount("EUR"), account(), "A").unwrap();
    let abroad = InternationalPayment::new(debtor(), amount("USD"), account(), "A").unwrap();
    let by_ocr = SwedishGiroPayment::new(
        DebtorAccount::plusgiro(&Plusgiro::parse("900800-4").unwrap()),
        amount("SEK"),
        Bankgiro::parse("5805-6201").unwrap(),
        "A",
        OcrReference::parse("1234567897").unwrap(),
    );
    let by_invoice = SwedishGiroPayment::new(
        DebtorAccount::bankgiro(&Bankgiro::parse("5050-1055").unwrap()),
        amount("SEK"),
        Plusgiro::parse("900800-4").unwrap(),
        "A",
        InvoiceReference::parse("Invoice 1").unwrap(),
    );
    insta::assert_snapshot!(
        shown(&of_consent, &bank())
            + &shown(&CreatePayment::new(sepa), &bank())
            + &shown(&CreatePayment::new(abroad), &bank())
            + &shown(&CreatePayment::new(by_ocr.unwrap()), &bank())
            + &shown(&CreatePayment::new(by_invoice.unwrap()), &bank())
    );
}

#[test]
fn standing_orders_and_bulk_payments() {
    let rent = Periodic::<Domestic>::new(
        account(),
        amount("SEK"),
        account(),
        "A",
        date(2027, 1, 31),
        Frequency::Monthly,
    );
    let fees =
        Periodic::<Sepa>::new(account(), amount("EUR"), account(), "A", date(2027, 1, 31), Frequency::Annual);
    let entry = BulkEntry::<International>::new(amount("USD"), account(), "A").unwrap();
    let salaries = Bulk::new(account(), vec![entry.clone(), entry]).unwrap();
    insta::assert_snapshot!(
        shown(&CreatePayment::new(rent.unwrap()), &bank())
            + &shown(&CreatePayment::new(fees.unwrap()), &bank())
            + &shown(&CreatePayment::new(salaries), &bank())
    );
}

#[test]
fn baskets() {
    let basket = BasketId::parse("b-1").unwrap();
    let payments = ["p-1", "p-2"].map(|id| PaymentId::parse(id).unwrap());
    let order = BasketOrder::of_payments(payments).unwrap();
    insta::assert_snapshot!(
        shown(&CreateBasket::new(order), &bank())
            + &shown(&GetBasket::new(basket.clone()), &bank())
            + &shown(&GetBasketStatus::new(basket.clone()), &bank())
            + &shown(&DeleteBasket::new(basket), &bank())
    );
}

#[test]
fn know_your_customer_and_raw_calls() {
    let corporate = CallContext::directory(Context::Corporate);
    let company = OrganisationNumber::parse("556016-0680").unwrap().to_corporate_id();
    let read =
        RawRead::get("/premium/v1/payouts/get-creditor-name?giroType=BANKGIRO", Product::PaymentInitiation);
    let write = RawWrite::new(Method::PUT, "/premium/v1/payouts", Product::AccountInformation);
    insta::assert_snapshot!(
        shown(&StartKyc::new(company.clone(), CountryCode::SE), &corporate)
            + &shown(&GetKycStatus::new(company.clone()), &corporate)
            + &shown(&read.unwrap().consent(ConsentId::parse("c-1").unwrap()), &corporate)
            + &shown(&write.unwrap().json("{}"), &bank())
    );
    let private = CallContext::directory(Context::Private);
    let refused = GetKycStatus::new(company).request(&private).unwrap_err();
    assert_eq!(refused.invalid_value().unwrap().field(), "context");
}

#[test]
fn a_payment_without_the_psus_address_is_not_built() {
    let payment = DomesticPayment::new(
        DebtorAccount::bban(&Bban::parse("41351300039").unwrap()),
        Amount::parse("SEK", "1").unwrap(),
        AccountReference::iban(&Iban::parse("SE2550000000054400047903").unwrap()),
        "A",
    )
    .unwrap();
    let context = CallContext::bank(BicFi::parse("NDEASESS").unwrap(), Context::Private);
    let error = CreatePayment::new(payment).request(&context).unwrap_err();
    assert_eq!(error.invalid_value().unwrap().field(), "PSU-IP-Address");
}
