//! Every call as it goes out: verb, path, headers, body. The snapshots are the wire.

#![expect(clippy::unwrap_used, reason = "tests")]

mod shown;

use jiff::civil::date;
use openpayments_api::account::{GetAccount, GetBalances, GetTransaction, ListAccounts, ListTransactions};
use openpayments_api::authorisation::{GetScaStatus, ListAuthorisations, SelectMethod, StartAuthorisation};
use openpayments_api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
use openpayments_api::directory::{
    Filter, GetAspsp, GetCity, GetCountry, ListAspsps, ListCities, ListCountries,
};
use openpayments_api::token::{AuthorizationCodeGrant, ClientCredentialsGrant, Credentials};
use openpayments_api::{CallContext, Operation};
use openpayments_model::consent::ConsentRequest;
use openpayments_model::identifier::{
    AccountId, AuthorisationId, BasketId, CityId, ConsentId, CountryCode, PaymentId, ScaMethodId,
    TransactionId,
};
use openpayments_model::link::RedirectUri;
use openpayments_model::payment::{PaymentPath, PaymentRef};
use openpayments_model::transaction::BookingStatus;
use openpayments_model::{BicFi, Context, Product, ScopeSet};
use secrecy::SecretString;

use crate::shown::{bank, shown};

fn consent() -> ConsentId {
    ConsentId::parse("fbce243a/88b6").unwrap()
}

fn authorisation() -> AuthorisationId {
    AuthorisationId::parse("a-1").unwrap()
}

#[test]
fn the_directory() {
    let context = CallContext::directory(Context::Private);
    let city = CityId::parse("37efa883-c8ad-4ff7-927b-b11b02beb923").unwrap();
    let sweden = || Filter::default().country("SE").country("FI");
    insta::assert_snapshot!(
        shown(&ListCountries::all(), &context)
            + &shown(&ListCountries::matching(sweden()), &context)
            + &shown(&GetCountry::new(CountryCode::SE), &context)
            + &shown(&GetCity::new(city), &context)
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
            + &shown(&ListAuthorisations::new(payment.clone()), &bank())
            + &shown(&SelectMethod::new(payment.clone(), authorisation(), method), &bank())
            + &shown(&GetScaStatus::new(payment, authorisation()), &bank())
    );
}

#[test]
fn cancellation_authorisations() {
    let cancellation =
        PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() }.cancellation();
    let method = ScaMethodId::parse("mbid").unwrap();
    insta::assert_snapshot!(
        shown(&StartAuthorisation::new(cancellation.clone()), &bank())
            + &shown(&ListAuthorisations::new(cancellation.clone()), &bank())
            + &shown(&SelectMethod::new(cancellation.clone(), authorisation(), method), &bank())
            + &shown(&GetScaStatus::new(cancellation, authorisation()), &bank())
    );
}

#[test]
fn basket_authorisations() {
    let basket = BasketId::parse("b-1").unwrap();
    let method = ScaMethodId::parse("mbid").unwrap();
    insta::assert_snapshot!(
        shown(&StartAuthorisation::new(basket.clone()), &bank())
            + &shown(&ListAuthorisations::new(basket.clone()), &bank())
            + &shown(&SelectMethod::new(basket.clone(), authorisation(), method), &bank())
            + &shown(&GetScaStatus::new(basket, authorisation()), &bank())
    );
}

#[test]
fn what_a_context_adds() {
    let back = RedirectUri::parse("https://shop.example/back").unwrap();
    let sorry = RedirectUri::parse("https://shop.example/sorry").unwrap();
    let context =
        bank().redirect_uri(back).nok_redirect_uri(sorry).header("X-Feature-Flags", "new-statuses").unwrap();
    let create = CreateConsent::new(ConsentRequest::new(date(2027, 1, 31)));
    insta::assert_snapshot!(
        shown(&create, &context)
            + &shown(&StartAuthorisation::new(consent()), &context)
            + &shown(&GetConsentStatus::new(consent()), &context)
            + &shown(&ListCountries::all(), &context)
    );
}

#[test]
fn accounts() {
    let account = AccountId::parse("acc 1").unwrap();
    let transactions = ListTransactions::new(consent(), account.clone(), date(2026, 10, 23))
        .to(date(2026, 11, 23))
        .booking_status(BookingStatus::Both);
    let after = ListTransactions::after_entry(consent(), account.clone(), "e 1").unwrap();
    let transaction = TransactionId::parse("t/1").unwrap();
    let next = "/psd2/accountinformation/v1/accounts/acc%201/transactions?cursor=x%2By#top";
    insta::assert_snapshot!(
        shown(&ListAccounts::new(consent()).with_balance(), &bank())
            + &shown(&GetAccount::new(consent(), account.clone()).with_balance(), &bank())
            + &shown(&GetBalances::new(consent(), account.clone()), &bank())
            + &shown(&transactions, &bank())
            + &shown(&after.with_balance(), &bank())
            + &shown(&ListTransactions::since_last_read(consent(), account.clone()), &bank())
            + &shown(&GetTransaction::new(consent(), account, transaction), &bank())
            + &shown(&ListTransactions::next_page(consent(), next).unwrap(), &bank())
    );
}

#[test]
fn tokens() {
    let credentials = Credentials::new("client-1", "s&cret");
    let scopes = ScopeSet::new(Product::PaymentInitiation, Context::Private);
    let resource = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse("p-1").unwrap() };
    // What is added by hand stays away from the auth server.
    let context = CallContext::directory(Context::Private).header("X-Feature-Flags", "new-statuses").unwrap();
    let code = SecretString::from("code 1");
    let exchange = AuthorizationCodeGrant {
        credentials: &credentials,
        scopes: &scopes,
        resource: &resource,
        authorisation: &authorisation(),
        code: &code,
        redirect_uri: "http://127.0.0.1:9/callback",
        code_verifier: None,
    };
    let of_consent = AuthorizationCodeGrant {
        credentials: &credentials,
        scopes: &scopes,
        resource: &consent(),
        authorisation: &authorisation(),
        code: &code,
        redirect_uri: "http://127.0.0.1:9/callback",
        code_verifier: None,
    };
    let of_basket = AuthorizationCodeGrant {
        credentials: &credentials,
        scopes: &scopes,
        resource: &BasketId::parse("b-1").unwrap(),
        authorisation: &authorisation(),
        code: &code,
        redirect_uri: "http://127.0.0.1:9/callback",
        code_verifier: None,
    };
    insta::assert_snapshot!(
        shown(&ClientCredentialsGrant::new(&credentials, &scopes), &context)
            + &shown(&exchange, &context)
            + &shown(&of_consent, &context)
            + &shown(&of_basket, &context)
    );
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
