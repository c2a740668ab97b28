//! K-1 to K-4: what is secret or personal is in no `Debug` and no `Display`; for spans and events see `spans.rs`.
//!
//! Every public type that carries such a thing is made here from canaries, and whatever prints is searched for them.

use std::fmt::Debug;

use bytes::Bytes;
use openpayments::api::authorisation::StartAuthorisation;
use openpayments::api::token::{AuthorizationCodeGrant, ClientCredentialsGrant};
use openpayments::api::{CallContext, Operation};
use openpayments::model::account::{Account, AccountNumber, Balance};
use openpayments::model::authorisation::{ChallengeData, ScaState, SelectedMethod, StartedAuthorisation};
use openpayments::model::consent::{AccountAccess, CreatedConsent};
use openpayments::model::identifier::{AuthorisationId, ConsentId};
use openpayments::model::link::Links;
use openpayments::model::message::TppMessage;
use openpayments::model::payment::CreatedPayment;
use openpayments::model::transaction::{Transaction, TransactionsPage};
use openpayments::prelude::*;
use openpayments::sca::Callback;
use openpayments::transport::{Effect, Request};
use secrecy::SecretString;
use serde_json::json;

use crate::canary::{BBAN, COMPANY, IBAN, ID, IP, NAME, PERSON, SECRET, TEXT, assert_clean};

fn clean(what: &str, value: &impl Debug) {
    assert_clean(what, &format!("{value:?} {value:#?}"));
}

fn read<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn person() -> Psu {
    Psu::new()
        .id(PsuId::parse(PERSON).unwrap())
        .corporate_id(CorporateId::parse(COMPANY).unwrap())
        .ip_address(IP.parse().unwrap())
        .user_agent(TEXT)
        .unwrap()
}

fn context() -> CallContext {
    CallContext::bank(BicFi::parse("ESSESESS").unwrap(), Context::Private).psu(person())
}

#[test]
fn the_scan_finds_a_leak() {
    assert!(std::panic::catch_unwind(|| assert_clean("a planted leak", "psu 99012319 did it")).is_err());
}

#[test]
fn k1_k2_no_value_prints_what_it_carries() {
    let iban = Iban::parse(IBAN).unwrap();
    let bban = Bban::parse(BBAN).unwrap();
    let consent = ConsentId::parse(ID).unwrap();
    clean("Iban", &iban);
    clean("Bban", &bban);
    clean("AccountNumber", &AccountNumber::from(&iban));
    clean("ConsentId", &consent);
    clean("AuthorisationId", &AuthorisationId::parse(ID).unwrap());
    clean("PsuId", &PsuId::parse(PERSON).unwrap());
    clean("CorporateId", &CorporateId::parse(COMPANY).unwrap());
    clean("Psu", &person());
    clean("CallContext", &context());
    clean("AccountReference", &AccountReference::iban(&iban));
    clean("DebtorAccount", &DebtorAccount::bban(&bban));
    clean("AccountAccess", &AccountAccess::to(vec![AccountReference::iban(&iban)]));
    clean("ConsentRequest", &ConsentRequest::new(ConsentRequest::LONGEST));
    clean("Credentials", &Credentials::new("client-1", SECRET));
    clean("SecretString", &SecretString::from(SECRET));
    let payment = DomesticPayment::new(
        DebtorAccount::bban(&bban),
        Amount::parse("SEK", "1").unwrap(),
        AccountReference::iban(&iban),
        NAME,
    );
    clean(
        "DomesticPayment",
        &payment.unwrap().remittance(TEXT).unwrap().end_to_end_identification(TEXT).unwrap(),
    );
}

#[test]
fn k1_k2_nothing_read_from_a_bank_prints_what_it_carries() {
    let amount = json!({"currency": "SEK", "amount": "1.00"});
    let links = json!({"self": {"href": format!("/psd2/consent/v1/consents/{ID}")}, "other": ID});
    let message = json!({"category": "ERROR", "code": NAME, "text": NAME, "path": TEXT});
    let challenge = json!({"data": [SECRET], "image": SECRET, "additionalInformation": TEXT});
    clean("Links", &read::<Links>(&links));
    clean("TppMessage", &read::<TppMessage>(&message));
    clean("ChallengeData", &read::<ChallengeData>(&challenge));
    clean(
        "Account",
        &read::<Account>(&json!({
            "resourceId": ID, "iban": IBAN, "bban": BBAN, "currency": "SEK", "name": NAME, "ownerName": NAME,
            "details": TEXT, "_links": links, "balances": [{"balanceAmount": amount, "balanceType": "expected"}],
        })),
    );
    clean("Balance", &read::<Balance>(&json!({"balanceAmount": amount, "balanceType": "expected"})));
    let row = json!({
        "transactionId": ID, "entryReference": TEXT, "endToEndId": TEXT, "transactionAmount": amount,
        "creditorName": NAME, "creditorAccount": {"iban": IBAN, "bankGiro": BBAN}, "debtorName": NAME,
        "debtorAccount": {"bban": BBAN}, "remittanceInformationUnstructured": TEXT, "ownMember": NAME,
    });
    clean("Transaction", &read::<Transaction>(&row));
    clean(
        "TransactionsPage",
        &read::<TransactionsPage>(
            &json!({"account": {"iban": IBAN}, "transactions": {"booked": [row], "_links": links}}),
        ),
    );
    clean(
        "CreatedConsent",
        &read::<CreatedConsent>(&json!({"consentStatus": "received", "consentId": ID, "_links": links})),
    );
    clean(
        "CreatedPayment",
        &read::<CreatedPayment>(&json!({"transactionStatus": "RCVD", "paymentId": ID, "_links": links})),
    );
    clean(
        "StartedAuthorisation",
        &read::<StartedAuthorisation>(
            &json!({"scaStatus": "received", "authorisationId": ID, "challengeData": challenge, "_links": links}),
        ),
    );
    clean(
        "SelectedMethod",
        &read::<SelectedMethod>(
            &json!({"scaStatus": "started", "challengeData": challenge, "_links": links}),
        ),
    );
    clean("ScaState", &read::<ScaState>(&json!({"scaStatus": "started", "challengeData": challenge})));
    clean("Callback", &Callback::parse(&format!("code={SECRET}&state={SECRET}")).unwrap());
}

#[test]
fn k3_no_request_prints_what_it_carries() {
    let start = StartAuthorisation::new(ConsentId::parse(ID).unwrap());
    let request = start.request(&context()).unwrap();
    assert_clean("the headers of a call", &format!("{:?}", request.headers()));
    clean("Request", &Request::new(request, Effect::Write));

    let credentials = Credentials::new("client-1", SECRET);
    let scopes = ScopeSet::new(Product::AccountInformation, Context::Private);
    let grant = ClientCredentialsGrant::new(&credentials, &scopes);
    clean("ClientCredentialsGrant", &grant);
    clean("Request for a token", &Request::new(grant.request(&context()).unwrap(), Effect::Write));
    let exchange = AuthorizationCodeGrant {
        credentials: &credentials,
        scopes: &scopes,
        resource: &ConsentId::parse(ID).unwrap(),
        authorisation: &AuthorisationId::parse(ID).unwrap(),
        code: &SecretString::from(SECRET),
        redirect_uri: "https://tpp.example/callback",
        code_verifier: Some(&SecretString::from(SECRET)),
    };
    clean("AuthorizationCodeGrant", &exchange);
    let answer = http::Response::new(Bytes::from(json!({"access_token": SECRET}).to_string()));
    clean("AccessToken", &ClientCredentialsGrant::response(&answer).unwrap());
}

#[test]
fn k4_no_error_prints_what_was_refused() {
    for refused in [
        Iban::parse("SE4550000000058398257467").unwrap_err(),
        PsuId::parse(&format!("{PERSON}\n")).unwrap_err(),
        Amount::parse("SEK", TEXT).unwrap_err(),
        Amount::parse(NAME, "1").unwrap_err(),
    ] {
        assert_clean("InvalidValue", &format!("{refused} {refused:?}"));
    }
    let unreadable = json!({"access_token": 7, "secret": SECRET, "expires_in": NAME}).to_string();
    let error = ClientCredentialsGrant::response(&http::Response::new(Bytes::from(unreadable))).unwrap_err();
    assert_clean("ApiError", &format!("{error} {error:?}"));
}
