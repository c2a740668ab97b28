//! Your own code under test, with no platform and no network: a transport that answers from a script.
// ANCHOR: uses
use std::sync::Arc;

use http::Method;
use openpayments::prelude::*;
use openpayments::transport::{Delivery, Stage, TransportErrorKind};
use openpayments_transport_mock::ScriptedTransport;
// ANCHOR_END: uses

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    the_banks_are_counted().await?;
    a_lost_answer_is_not_taken_for_a_refusal().await?;
    println!("Both tests pass.");
    Ok(())
}

// ANCHOR: yours
/// What is tested: it takes a client and does not ask what is below.
async fn count_banks(client: &Client, country: &str) -> Result<usize, Error> {
    let banks = client.directory(Context::Private).banks(Filter::default().country(country)).await?;
    Ok(banks.body.len())
}
// ANCHOR_END: yours

// ANCHOR: client
/// A client whose requests go to a script. It begins with a token, as every journey does.
fn client_over(script: &ScriptedTransport) -> anyhow::Result<Client> {
    let environment = Environment::custom(&"https://auth.example".parse()?, &"https://api.example".parse()?)?;
    let builder = Client::builder(environment, Credentials::new("made-up id", "made-up secret"));
    Ok(builder.transport(Arc::new(script.clone())).build()?)
}

fn token() -> ScriptedTransport {
    ScriptedTransport::new()
        .expect(Method::POST, "/connect/token")
        .answer_json(200, r#"{"access_token":"made-up","expires_in":3600,"token_type":"Bearer"}"#)
}
// ANCHOR_END: client

// ANCHOR: answer
pub(crate) async fn the_banks_are_counted() -> anyhow::Result<()> {
    let script = token()
        .expect(Method::GET, "/psd2/aspspinformation/v1/aspsps?isoCountryCodes=SE")
        .with_header("authorization", "Bearer made-up")
        .with_any_header("x-request-id")
        .answer_json(200, r#"{"aspsps":[{"bicFi":"ESSESESS","name":"SEB "}]}"#);
    assert_eq!(count_banks(&client_over(&script)?, "SE").await?, 1);
    // Everything of the script was asked for, and nothing else.
    script.assert_done();
    Ok(())
}
// ANCHOR_END: answer

// ANCHOR: fault
pub(crate) async fn a_lost_answer_is_not_taken_for_a_refusal() -> anyhow::Result<()> {
    let script = token()
        .expect(Method::POST, "/psd2/paymentinitiation/v1/payments/domestic")
        .fail(TransportErrorKind::Connection(Stage::Exchange), Delivery::Unknown);
    let psu = Psu::new().id(PsuId::parse("99990101000")?).ip_address("192.0.2.1".parse()?);
    let bank = client_over(&script)?.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    let payment = DomesticPayment::new(
        DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
        Amount::parse("SEK", "1.00")?,
        AccountReference::iban(&Iban::parse("SE2550000000054400047903")?),
        "Made-up Creditor AB",
    )?;
    let error = bank.create_payment(payment).await.err();
    assert_eq!(error.as_ref().map(Error::kind), Some(ErrorKind::OutcomeUnknown));
    assert!(error.is_some_and(|error| error.bank_may_have_acted()));
    // It was sent once, and not again.
    script.assert_done();
    Ok(())
}
// ANCHOR_END: fault
