//! A client of a sandbox on one shared time: whoever sleeps moves it, so nobody waits.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use openpayments::ClientBuilder;
use openpayments::client::Clock;
use openpayments::model::payment::PaymentRef;
use openpayments::prelude::*;
use openpayments::sca::{ScaSession, Subject};
use openpayments::transport::{Effect, Request, Transport};
use openpayments_sandbox::{Builder, Sandbox};
use url::Url;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/callback";

#[derive(Debug)]
struct SandboxTime {
    clock: openpayments_sandbox::Clock,
    started: Timestamp,
}

impl Clock for SandboxTime {
    fn monotonic(&self) -> Duration {
        Duration::try_from(self.clock.now().duration_since(self.started)).unwrap_or_default()
    }

    fn wall(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let clock = self.clock.clone();
        Box::pin(async move { clock.advance(duration) })
    }
}

pub(crate) async fn platform(builder: Builder) -> (Sandbox, Client) {
    let sandbox = builder.redirect_uri(&CALLBACK.parse::<Url>().unwrap()).start().await.unwrap();
    let client = client(&sandbox, sandbox.client_secret().expose());
    (sandbox, client)
}

pub(crate) fn client(sandbox: &Sandbox, secret: &str) -> Client {
    client_builder(sandbox, secret).build().unwrap()
}

pub(crate) fn client_builder(sandbox: &Sandbox, secret: &str) -> ClientBuilder {
    let time = SandboxTime { clock: sandbox.clock().clone(), started: sandbox.clock().now() };
    client_of(sandbox.api_url(), sandbox.client_id(), secret).clock(Arc::new(time))
}

pub(crate) fn client_of(host: &Url, id: &str, secret: &str) -> ClientBuilder {
    Client::builder(Environment::custom(host, host).unwrap(), Credentials::new(id, secret))
}

pub(crate) fn bank(client: &Client, bic: &str, psu: &str) -> Bank {
    let psu = Psu::new().id(PsuId::parse(psu).unwrap()).ip_address("127.0.0.1".parse().unwrap());
    client.bank(bic.parse().unwrap(), Context::Private).psu(psu)
}

pub(crate) fn payment() -> DomesticPayment {
    DomesticPayment::new(
        DebtorAccount::bban(&Bban::parse("41351300039").unwrap()),
        Amount::parse("SEK", "125.50").unwrap(),
        AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap()),
        "Made-up Creditor AB",
    )
    .unwrap()
}

pub(crate) async fn created(bank: &Bank) -> PaymentRef {
    bank.create_payment(payment()).await.unwrap().body.payment
}

pub(crate) async fn start(bank: &Bank, subject: impl Into<Subject>) -> ScaSession {
    let authorise = bank.authorise(subject).redirect_to(CALLBACK.parse().unwrap());
    authorise.method(MethodPreference::ThisDevice).start().await.unwrap()
}

/// Has it signed, as the PSU and his browser do.
pub(crate) async fn sign(client: &Client, bank: &Bank, subject: impl Into<Subject>) -> Outcome {
    let mut sca = start(bank, subject).await;
    while let Some(event) = sca.next().await.unwrap() {
        match event {
            ScaEvent::Redirect(link) => {
                let returned = browse(client, link.expose().clone()).await;
                sca.callback(returned.query().unwrap()).await.unwrap();
            }
            ScaEvent::ChooseMethod(methods) => sca.choose(methods.first().unwrap()).await.unwrap(),
            _ => {}
        }
    }
    sca.into_outcome()
}

/// Follows redirects until they lead back to us.
pub(crate) async fn browse(client: &Client, link: Url) -> Url {
    let transport: &Arc<dyn Transport> = client.caller().transport();
    let mut at = link;
    while !at.as_str().starts_with(CALLBACK) {
        let request = http::Request::get(at.as_str()).body(Bytes::new()).unwrap();
        let page = transport.send(Request::new(request, Effect::Read)).await.unwrap();
        let to = page.headers().get("location").unwrap_or_else(|| panic!("{} leads nowhere", at.path()));
        at = at.join(to.to_str().unwrap()).unwrap();
    }
    at
}
