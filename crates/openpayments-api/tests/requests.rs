//! Every call as it goes out: verb, path, headers, body. The snapshots are the wire.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write;

use jiff::civil::date;
use openpayments_api::account::{GetBalances, ListAccounts, ListTransactions};
use openpayments_api::authorisation::{GetScaStatus, ListAuthorisations, SelectMethod, StartAuthorisation};
use openpayments_api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
use openpayments_api::directory::{Filter, GetAspsp, ListAspsps, ListCities, ListCountries};
use openpayments_api::payment::{CreatePayment, GetPaymentStatus};
use openpayments_api::token::{AuthorizationCodeGrant, ClientCredentialsGrant, Credentials};
use openpayments_api::{CallContext, Operation};
use openpayments_model::account::AccountReference;
use openpayments_model::consent::ConsentRequest;
use openpayments_model::identifier::{AccountId, AuthorisationId, ConsentId, PaymentId, PsuId, ScaMethodId};
use openpayments_model::payment::{DebtorAccount, DomesticPayment, PaymentPath, PaymentRef};
use openpayments_model::transaction::BookingStatus;
use openpayments_model::{Amount, Bban, BicFi, Context, Iban, Product, Psu, ScopeSet};
use secrecy::SecretString;

fn shown<O: Operation>(operation: &O, context: &CallContext) -> String {
    let request = operation.request(context).unwrap();
    let mut text = format!("{} ({:?}, {:?})\n", O::NAME, O::AUDIENCE, O::RESEND);
    writeln!(text, "{} {}", request.method(), request.uri()).unwrap();
    for (name, value) in request.headers() {
        let sensitive = if value.is_sensitive() { " [sensitive]" } else { "" };
        writeln!(text, "{name}: {}{sensitive}", value.to_str().unwrap()).unwrap();
    }
    let body = std::str::from_utf8(request.body()).unwrap();
    if !body.is_empty() {
        writeln!(text, "{body}").unwrap();
    }
    assert_eq!(*request.method(), O::METHOD);
    text + "\n"
}

fn bank() -> CallContext {
    let psu = Psu::new()
        .id(PsuId::parse("199311219639").unwrap())
        .ip_address("192.0.2.7".parse().unwrap())
        .user_agent("made-up/1.0")
        .unwrap();
    CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private).psu(psu).redirect_preferred(false)
}

fn consent() -> ConsentId {
    ConsentId::parse("fbce243a/88b6").unwrap()
}

fn authorisation() -> AuthorisationId {
    AuthorisationId::parse("a-1").unwrap()
}

#[test]
fn the_directory() {
    let context = CallContext::directory(Context::Private);
    let sweden = || Filter::default().country("SE").country("FI");
    insta::assert_snapshot!(
        shown(&ListCountries::all(), &context)
            + &shown(&ListCities::matching(sweden()), &context)
            + &shown(&ListAspsps::matching(sweden()), &context)
            + &shown(&GetAspsp::new(BicFi::parse("NDEASESS").unwrap()), &context)
    );
}

#[test]
fn consents() {
    let create = CreateConsent::new(ConsentRequest::new(date(2027, 1, 31)));
    insta::assert_snapshot!(
        shown(&create, &bank())
            + &shown(&GetConsent::new(consent()), &bank())
            + &shown(&GetConsentStatus::new(consent()), &bank())
            + &shown(&DeleteConsent::new(consent()), &bank())
    );
}

#[test]
fn authorisations() {
    let method = ScaMethodId::parse("mbid").unwrap();
    let payment = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() };
    insta::assert_snapshot!(
        shown(&StartAuthorisation::new(consent()), &bank())
            + &shown(&ListAuthorisations::new(consent()), &bank())
            + &shown(&SelectMethod::new(consent(), authorisation(), method.clone()), &bank())
            + &shown(&GetScaStatus::new(consent(), authorisation()), &bank())
            + &shown(&StartAuthorisation::new(payment.clone()), &bank())
            + &shown(&SelectMethod::new(payment, authorisation(), method), &bank())
    );
}

#[test]
fn accounts() {
    let account = AccountId::parse("acc 1").unwrap();
    let transactions = ListTransactions::new(consent(), account.clone(), date(2026, 10, 23))
        .to(date(2026, 11, 23))
        .booking_status(BookingStatus::Both);
    let next = "/psd2/accountinformation/v1/accounts/acc%201/transactions?cursor=x%2By#top";
    insta::assert_snapshot!(
        shown(&ListAccounts::new(consent()).with_balance(), &bank())
            + &shown(&GetBalances::new(consent(), account), &bank())
            + &shown(&transactions, &bank())
            + &shown(&ListTransactions::next_page(consent(), next).unwrap(), &bank())
    );
}

#[test]
fn payments() {
    let payment = DomesticPayment::new(
        DebtorAccount::bban(&Bban::parse("41351300039").unwrap()),
        Amount::parse("SEK", "12.50").unwrap(),
        AccountReference::iban(&Iban::parse("SE2550000000054400047903").unwrap()),
        "Made-up Creditor",
    )
    .unwrap();
    let reference = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() };
    insta::assert_snapshot!(
        shown(&CreatePayment::new(payment), &bank()) + &shown(&GetPaymentStatus::new(reference), &bank())
    );
}

#[test]
fn tokens() {
    let credentials = Credentials::new("client-1", "s&cret");
    let scopes = ScopeSet::new(Product::PaymentInitiation, Context::Private);
    let resource = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() };
    let context = CallContext::directory(Context::Private);
    let code = SecretString::from("code 1");
    let exchange = AuthorizationCodeGrant {
        credentials: &credentials,
        scopes: &scopes,
        resource: &resource,
        authorisation: &authorisation(),
        code: &code,
        redirect_uri: "http://127.0.0.1:9/callback",
    };
    insta::assert_snapshot!(
        shown(&ClientCredentialsGrant::new(&credentials, &scopes), &context) + &shown(&exchange, &context)
    );
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

#[test]
fn i028_a_period_that_ends_before_it_begins_is_not_built() {
    let account = AccountId::parse("1").unwrap();
    let call = ListTransactions::new(consent(), account, date(2026, 2, 2)).to(date(2026, 2, 1));
    assert_eq!(call.request(&bank()).unwrap_err().invalid_value().unwrap().field(), "dateTo");
}

#[test]
fn i094_a_next_link_leads_to_account_data_or_nowhere() {
    for link in [
        "/psd2/../../connect/token",
        "/psd2/accountinformation/v1/../../../connect/token",
        "/psd2/accountinformation/v1/%2e%2e/x",
        "/psd2/accountinformation/v1/a%2fb",
        "/psd2/accountinformation/v1/%00",
        "/connect/token",
        "//evil.example/x",
        "https:evil",
        "\\\\evil",
        "file:///etc/passwd",
        "",
    ] {
        assert!(ListTransactions::next_page(consent(), link).is_err(), "{link}");
    }
}
