//! A signature that outlives its process, and a callback that comes a thousand times.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use openpayments::prelude::*;
use openpayments::sca::{MemorySessions, SessionRecord, SessionStore, handle_callback};
use openpayments::transport::{Request, Response, Transport, TransportError};
use openpayments_sandbox::{CannedAnswer, Fault, Sandbox};
use openpayments_store::{Sessions, SqliteStore};
use url::Url;

use crate::support::{bank, browse, client_builder, client_of, created, platform, start};

const NORDEA: &str = "NDEASESS";
const WILLING: &str = "99990101000";

/// Goes as far as the redirect: the record to go on from, and the link the PSU gets.
async fn sent_to_the_bank(client: &Client) -> (SessionRecord, Url) {
    let bank = bank(client, NORDEA, WILLING);
    let payment = created(&bank).await;
    let mut sca = start(&bank, payment).await;
    loop {
        if let ScaEvent::Redirect(link) = sca.next().await.unwrap().unwrap() {
            return (sca.export(None).unwrap(), link.expose().clone());
        }
    }
}

#[tokio::test]
async fn f46_another_process_finishes_what_a_killed_one_began() {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "handover::the_process_that_is_killed", "--ignored", "--nocapture"])
        .env("HANDOVER_HOST", sandbox.api_url().as_str())
        .env("HANDOVER_ID", sandbox.client_id())
        .env("HANDOVER_SECRET", sandbox.client_secret().expose())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = child.stdout.take().unwrap();
    let (record, link) = tokio::task::spawn_blocking(move || {
        let (mut record, mut link) = (None, None);
        for line in BufReader::new(said).lines().map(Result::unwrap) {
            if let Some(json) = line.strip_prefix("RECORD ") {
                record = Some(SessionRecord::from_bytes(json.as_bytes()).unwrap());
            } else if let Some(url) = line.strip_prefix("LINK ") {
                link = Some(url.parse::<Url>().unwrap());
                break;
            }
        }
        (record.unwrap(), link.unwrap())
    })
    .await
    .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let returned = browse(&client, link).await;
    let mut sca = openpayments::sca::ScaSession::import(client.caller().clone(), &record, None).unwrap();
    sca.callback(returned.query().unwrap()).await.unwrap();
    while sca.next().await.unwrap().is_some() {}
    sca.into_outcome().into_result().unwrap();
    let authorisations = "/psd2/paymentinitiation/v1/payments/{payment-product}/{paymentId}/authorisations";
    assert_eq!(sandbox.ledger().count("POST", authorisations), 1, "nothing was started twice");
}

#[tokio::test]
#[ignore = "the test above starts it as a process of its own, and kills it"]
async fn the_process_that_is_killed() {
    let var = |name| std::env::var(name).unwrap();
    let host: Url = var("HANDOVER_HOST").parse().unwrap();
    let client = client_of(&host, &var("HANDOVER_ID"), &var("HANDOVER_SECRET")).build().unwrap();
    let (record, link) = sent_to_the_bank(&client).await;
    println!("\nRECORD {}", std::str::from_utf8(record.as_bytes()).unwrap());
    println!("LINK {link}");
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i112_a_thousand_copies_of_a_callback_make_one_exchange() {
    let folder = tempfile::tempdir().unwrap();
    let file = SqliteStore::open(folder.path().join("sessions.sqlite")).unwrap();
    one_exchange(Arc::new(MemorySessions::new())).await;
    one_exchange(Arc::new(Sessions::in_store(Arc::new(file)))).await;
}

#[tokio::test]
async fn o10_f34_a_code_whose_exchange_certainly_did_not_happen_is_good_for_another_try() {
    let folder = tempfile::tempdir().unwrap();
    let file = SqliteStore::open(folder.path().join("sessions.sqlite")).unwrap();
    let stores: [Arc<dyn SessionStore>; 2] =
        [Arc::new(MemorySessions::new()), Arc::new(Sessions::in_store(Arc::new(file)))];
    for store in stores {
        let (sandbox, client) = platform(Sandbox::builder()).await;
        let (record, link) = sent_to_the_bank(&client).await;
        store.put(record).await.unwrap();
        let query = browse(&client, link).await.query().unwrap().to_owned();
        let tokens = sandbox.ledger().token_requests();
        let take = || handle_callback(&query, &store, client.caller(), None);

        // Before any byte leaves.
        let nowhere: Url = "http://127.0.0.1:1/".parse().unwrap();
        let offline = client_of(&nowhere, sandbox.client_id(), sandbox.client_secret().expose());
        let offline = Offline(Arc::clone(offline.build().unwrap().caller().transport()), nowhere);
        let cut_off = client_builder(&sandbox, sandbox.client_secret().expose());
        let cut_off = cut_off.transport(Arc::new(offline)).build().unwrap();
        let error = handle_callback(&query, &store, cut_off.caller(), None).await.unwrap_err();
        assert_eq!(error.kind(), ScaErrorKind::Call, "{error}");
        assert_eq!(sandbox.ledger().token_requests(), tokens);

        let busy = Fault::answer_instead(CannedAnswer::status(429)).operation("token");
        sandbox.faults().script(busy).unwrap();
        assert_eq!(take().await.unwrap_err().kind(), ScaErrorKind::Call);
        assert_eq!(sandbox.ledger().token_requests(), tokens + 1);

        let mut sca = take().await.unwrap();
        while sca.next().await.unwrap().is_some() {}
        sca.into_outcome().into_result().unwrap();
        assert_eq!(take().await.unwrap_err().kind(), ScaErrorKind::CallbackRejected, "and then no more");
        assert_eq!(sandbox.ledger().token_requests(), tokens + 2);
    }
}

#[tokio::test]
async fn f07_a_code_whose_exchange_got_no_answer_is_not_tried_again() {
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let (record, link) = sent_to_the_bank(&client).await;
    store.put(record).await.unwrap();
    let query = browse(&client, link).await.query().unwrap().to_owned();
    let tokens = sandbox.ledger().token_requests();
    sandbox.faults().script(Fault::lose_answer().operation("token")).unwrap();
    let mut sca = handle_callback(&query, &store, client.caller(), None).await.unwrap();
    let again = handle_callback(&query, &store, client.caller(), None).await.unwrap_err();
    assert_eq!(again.kind(), ScaErrorKind::CallbackRejected);
    while sca.next().await.unwrap().is_some() {}
    sca.into_outcome().into_result().unwrap();
    assert_eq!(sandbox.ledger().token_requests(), tokens + 1);
}

/// Sends requests for a token to a port where nobody listens.
#[derive(Debug)]
struct Offline(Arc<dyn Transport>, Url);

#[async_trait]
impl Transport for Offline {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (effect, limits) = (request.effect(), request.limits());
        let mut http = request.into_http();
        if http.uri().path() == "/connect/token" {
            *http.uri_mut() = self.1.join("connect/token").unwrap().as_str().parse().unwrap();
        }
        self.0.send(Request::new(http, effect).with_limits(limits)).await
    }
}

async fn one_exchange(store: Arc<dyn SessionStore>) {
    let (sandbox, client) = platform(Sandbox::builder()).await;
    let (record, link) = sent_to_the_bank(&client).await;
    store.put(record).await.unwrap();
    let query = browse(&client, link).await.query().unwrap().to_owned();
    let tokens = sandbox.ledger().token_requests();

    let copies: Vec<_> = (0..1000)
        .map(|_| {
            let (query, store, caller) = (query.clone(), Arc::clone(&store), client.caller().clone());
            tokio::spawn(async move { handle_callback(&query, &store, &caller, None).await })
        })
        .collect();
    let mut first = None;
    for copy in copies {
        match copy.await.unwrap() {
            Ok(session) => assert!(first.replace(session).is_none(), "two were first"),
            Err(error) => assert_eq!(error.kind(), ScaErrorKind::CallbackRejected),
        }
    }
    assert_eq!(sandbox.ledger().token_requests(), tokens + 1, "one exchange");
    let mut sca = first.unwrap();
    while sca.next().await.unwrap().is_some() {}
    sca.into_outcome().into_result().unwrap();
}
