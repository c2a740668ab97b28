//! Each example does what it says. The files are the examples themselves, without their `main`.

use http::{Request, StatusCode};
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::*;
use openpayments::sca::ResourceStatus;
use openpayments_examples::local_platform;
use tower::ServiceExt as _;

#[path = "../cancel_payment.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod cancel_payment;
#[path = "../consent_decoupled.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod consent_decoupled;
#[path = "../consent_redirect.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod consent_redirect;
#[path = "../corporate_basket.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod corporate_basket;
#[path = "../gateway_request_id.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod gateway_request_id;
#[path = "../giro_with_ocr.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod giro_with_ocr;
#[path = "../list_banks.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod list_banks;
#[path = "../mock_in_your_tests.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod mock_in_your_tests;
#[path = "../own_http_stack.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod own_http_stack;
#[path = "../pay_and_sign.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod pay_and_sign;
#[path = "../pay_once.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod pay_once;
#[path = "../payment_products.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod payment_products;
#[path = "../platform_in_your_tests.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod platform_in_your_tests;
#[path = "../production.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod production;
#[path = "../statement_export.rs"]
#[expect(dead_code, reason = "`main` is for the program")]
mod statement_export;

#[tokio::test]
async fn banks_are_listed_and_one_is_read() {
    let (_sandbox, client) = local_platform().await.unwrap();
    let bank = list_banks::list_banks(&client).await.unwrap();
    assert_eq!(bank.bic_fi.as_str(), "ESSESESS");
    assert!(bank.announces_decoupled());
}

#[tokio::test]
async fn a_consent_is_signed_in_the_app() {
    let (_sandbox, client) = local_platform().await.unwrap();
    let (bank, id, consent) = consent_decoupled::signed_consent(&client).await.unwrap();
    assert_eq!(consent.consent_status, ConsentStatus::Valid);
    let ended = consent_decoupled::end(&bank, &id).await.unwrap();
    assert_eq!(ended, ConsentStatus::TerminatedByTpp);
}

#[tokio::test]
async fn a_consent_is_signed_on_the_banks_page() {
    let (sandbox, client) = local_platform().await.unwrap();
    let status = consent_redirect::signed_consent(&client).await.unwrap();
    assert_eq!(status, ResourceStatus::Consent(ConsentStatus::Valid));
    assert_eq!(sandbox.ledger().count("GET", "/connect/authorize"), 1);
}

#[tokio::test]
async fn a_months_transactions_are_written_down() {
    let (_sandbox, client) = local_platform().await.unwrap();
    let mut csv = Vec::new();
    let rows = statement_export::export(&client, &mut csv).await.unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert!(rows > 0);
    assert_eq!(text.lines().count(), rows + 1);
    assert!(text.starts_with("account,booked,amount,currency,text\n"));
}

#[tokio::test]
async fn a_payment_is_made_once_and_settled() {
    let (sandbox, client) = local_platform().await.unwrap();
    let status = pay_and_sign::pay(&client).await.unwrap();
    assert_eq!(status, TransactionStatus::AcceptedSettlementCompleted);
    let bookings = sandbox.ledger().bookings();
    assert_eq!(bookings.len(), 1);
    assert_eq!(bookings[0].amount.to_string(), "125.50 SEK");
}

#[tokio::test]
async fn each_product_is_taken_on_its_own_path() {
    let (_sandbox, client) = local_platform().await.unwrap();
    let created = payment_products::one_of_each(&client).await.unwrap();
    let paths: Vec<String> = created.iter().map(|payment| payment.path.to_string()).collect();
    assert_eq!(
        paths,
        [
            "payments/domestic",
            "payments/sepa-credit-transfers",
            "payments/international",
            "periodic-payments/domestic",
            "bulk-payments/domestic"
        ]
    );
}

#[tokio::test]
async fn an_invoice_is_paid_by_its_reference() {
    let (sandbox, client) = local_platform().await.unwrap();
    giro_with_ocr::pay_invoice(&client).await.unwrap();
    assert_eq!(sandbox.ledger().count("POST", "/psd2/paymentinitiation/v1/payments/{payment-product}"), 1);
}

#[tokio::test]
async fn two_people_sign_three_payments_at_once() {
    let (sandbox, client) = local_platform().await.unwrap();
    corporate_basket::know_the_company(&client).await.unwrap();
    let statuses = corporate_basket::pay_together(&client).await.unwrap();
    assert_eq!(statuses, vec![TransactionStatus::AcceptedSettlementCompleted; 3]);
    assert_eq!(sandbox.ledger().bookings().len(), 3);
}

#[tokio::test]
async fn a_payment_is_taken_back_signed_or_not() {
    let (sandbox, client) = local_platform().await.unwrap();
    for signed in [false, true] {
        let status = cancel_payment::cancel(&client, signed).await.unwrap();
        assert_eq!(status, TransactionStatus::Cancelled, "signed: {signed}");
    }
    assert!(sandbox.ledger().bookings().is_empty());
}

#[tokio::test]
async fn a_gateway_passes_its_clients_request_id_on() {
    const ID: &str = "11111111-1111-4111-8111-111111111111";
    let (sandbox, client) = local_platform().await.unwrap();
    let gateway = gateway_request_id::routes(client);
    let ask = |id: &str| {
        let request =
            Request::get("/banks?country=SE").header("x-request-id", id).body(String::new()).unwrap();
        gateway.clone().oneshot(request)
    };
    let answer = ask(ID).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["x-request-id"], ID);
    assert_eq!(sandbox.ledger().find(ID).len(), 1, "the call itself, and not the token's");
    assert_eq!(ask("not a uuid").await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn another_http_client_makes_the_same_calls() {
    let (sandbox, _) = local_platform().await.unwrap();
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let banks = own_http_stack::banks(sandbox.api_url().authority(), &credentials).await.unwrap();
    assert!(banks.iter().any(|bank| bank.bic_fi.as_str() == "ESSESESS"));
}

#[tokio::test]
async fn the_tests_that_the_guide_shows_pass() {
    mock_in_your_tests::the_banks_are_counted().await.unwrap();
    mock_in_your_tests::a_lost_answer_is_not_taken_for_a_refusal().await.unwrap();
    platform_in_your_tests::a_lost_answer_leaves_one_payment().await.unwrap();
    platform_in_your_tests::a_consent_ends_with_its_time().await.unwrap();
}

#[tokio::test]
async fn an_order_is_paid_once_however_often_it_is_asked_for() {
    let (sandbox, client) = local_platform().await.unwrap();
    pay_once::pay_twice(&client).await.unwrap();
    assert_eq!(sandbox.ledger().count("POST", "/psd2/paymentinitiation/v1/payments/{payment-product}"), 1);
}

#[test]
fn a_client_for_production_has_a_certificate_or_is_not_made() {
    let made_up = rcgen::generate_simple_self_signed(["made-up.example".to_owned()]).unwrap();
    let key = secrecy::SecretString::from(made_up.signing_key.serialize_pem());
    let roots = openpayments::transport_reqwest::Trust::Only(made_up.cert.pem().into());
    assert!(production::production(&made_up.cert.pem(), &key, roots.clone()).is_ok());
    let bare = Client::builder(Environment::production(), Credentials::new("id", "secret")).trust(roots);
    assert_eq!(bare.build().unwrap_err().kind(), ErrorKind::Configuration);
}
