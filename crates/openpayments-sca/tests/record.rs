//! A session leaves its process and goes on in another; a callback finds it, once.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "shared/bank.rs"]
mod bank;
#[path = "shared/desk.rs"]
mod desk;

use std::sync::Arc;
use std::time::Duration;

use bank::TOKEN;
use desk::{Bank, StepClock, caller, consent, context, payment, state_of, word};
use openpayments_client::Caller;
use openpayments_model::identifier::ScaMethodId;
use openpayments_sca::{
    Authorise, CallbackRejected, MemorySessions, MethodPreference, Outcome, ScaError, ScaErrorKind, ScaEvent,
    ScaSession, SealKey, SessionId, SessionRecord, SessionStore, Taken, handle_callback,
};

const PSU: &str = "199001010001";

fn key() -> SealKey {
    SealKey::new(&[7; 32])
}

fn mbid() -> MethodPreference {
    MethodPreference::Method(ScaMethodId::parse("mbid").unwrap())
}

fn at_a_bank(redirects: bool) -> (Bank, Arc<StepClock>, Caller) {
    let bank = Bank { redirects, ..Bank::default() };
    let clock = StepClock::at(Duration::from_secs(5000));
    let caller = caller(&bank, &clock);
    (bank, clock, caller)
}

/// A payment whose PSU was sent to the bank's page, and the `state` he comes back with.
async fn sent_to_bank(caller: &Caller, pkce: bool) -> (ScaSession, String) {
    let start = Authorise::new(caller.clone(), context(PSU), payment())
        .redirect_to("https://tpp.example/callback".parse().unwrap())
        .pkce(pkce)
        .method(mbid());
    let mut sca = start.start().await.unwrap();
    let event = sca.next().await.unwrap().unwrap();
    let state = state_of(&event).unwrap();
    (sca, state)
}

fn why(error: &ScaError) -> CallbackRejected {
    assert_eq!(error.kind(), ScaErrorKind::CallbackRejected, "{error:?}");
    let source = std::error::Error::source(error).unwrap();
    *source.downcast_ref().unwrap()
}

async fn to_its_end(mut sca: ScaSession, clock: &Arc<StepClock>) -> Outcome {
    let mut executor = desk::Executor { clock: Arc::clone(clock), looks: 0, drop_at: None };
    while executor.run(sca.next()).await.unwrap().unwrap().is_some() {}
    sca.into_outcome()
}

fn store_with(record: SessionRecord) -> impl Future<Output = Arc<dyn SessionStore>> {
    let store = Arc::new(MemorySessions::new());
    async move {
        store.put(record).await.unwrap();
        let store: Arc<dyn SessionStore> = store;
        store
    }
}

#[tokio::test]
async fn i120_another_process_takes_the_callback_and_finishes() {
    let (bank, clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, false).await;
    let bytes = sca.export(Some(&key())).unwrap().as_bytes().to_vec();
    drop((sca, first));

    clock.advance(Duration::from_mins(1));
    let store = store_with(SessionRecord::from_bytes(&bytes).unwrap()).await;
    let second = caller(&bank, &clock);
    let query = format!("code=c-1&scope=x&state={state}");
    let sca = handle_callback(&query, &store, &second, Some(&key())).await.unwrap();
    assert_eq!(bank.asked().exchanges, 1);
    let sent = bank
        .requests
        .lock()
        .unwrap()
        .iter()
        .rev()
        .find(|r| r.http().uri().path() == "/connect/token")
        .cloned()
        .unwrap();
    let body = String::from_utf8_lossy(sent.http().body()).into_owned();
    assert!(body.contains("redirect_uri=https%3A%2F%2Ftpp.example%2Fcallback"), "letter for letter: {body}");
    assert!(!body.contains("code_verifier"));
    assert!(matches!(to_its_end(sca, &clock).await, Outcome::Completed(_)));
    // C-22: what repeats on every call of a flow came along.
    let last = bank.requests.lock().unwrap().last().cloned().unwrap();
    let header = |name: &str| last.http().headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("psu-id").as_deref(), Some(PSU));
    assert_eq!(header("psu-ip-address").as_deref(), Some("192.0.2.7"));
    assert_eq!(header("psu-user-agent").as_deref(), Some("a browser"));
    assert_eq!(header("tpp-redirect-preferred").as_deref(), Some("false"));
    assert_eq!(header("x-bicfi").as_deref(), Some("ESSESESS"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i112_a_thousand_copies_of_a_callback_at_once_make_one_exchange() {
    let (bank, clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, false).await;
    let store = store_with(sca.export(None).unwrap()).await;
    drop(sca);
    let query: Arc<str> = format!("code=c-1&state={state}").into();
    let copies: Vec<_> = (0..1000)
        .map(|_| {
            let (query, store, caller) = (Arc::clone(&query), Arc::clone(&store), first.clone());
            tokio::spawn(async move { handle_callback(&query, &store, &caller, None).await })
        })
        .collect();
    let mut taken = Vec::new();
    for copy in copies {
        match copy.await.unwrap() {
            Ok(sca) => taken.push(sca),
            Err(error) => assert_eq!(why(&error), CallbackRejected::UsedState),
        }
    }
    assert_eq!(taken.len(), 1);
    assert_eq!(bank.asked().exchanges, 1);
    let again = handle_callback(&query, &store, &first, None).await.unwrap_err();
    assert_eq!(why(&again), CallbackRejected::UsedState);
    let other = handle_callback("code=c&state=other", &store, &first, None).await.unwrap_err();
    assert_eq!(why(&other), CallbackRejected::WrongState);
    assert_eq!(bank.asked().exchanges, 1);
    assert!(matches!(to_its_end(taken.remove(0), &clock).await, Outcome::Completed(_)));
}

#[tokio::test]
async fn a_state_that_was_taken_stays_taken_when_another_process_keeps_its_older_view() {
    let (_bank, _clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, false).await;
    let old = sca.export(None).unwrap();
    let store = store_with(old.clone()).await;
    let query = format!("code=c-1&state={state}");
    handle_callback(&query, &store, &first, None).await.unwrap();
    store.put(old.clone()).await.unwrap();
    let again = handle_callback(&query, &store, &first, None).await.unwrap_err();
    assert_eq!(why(&again), CallbackRejected::UsedState);
    assert!(store.get(old.id()).await.unwrap().is_some());
    store.remove(old.id()).await.unwrap();
    assert!(store.get(old.id()).await.unwrap().is_none());
    assert!(matches!(store.take_by_state(&old.state().unwrap()).await.unwrap(), Taken::Before));
}

#[tokio::test]
async fn a_callback_whose_browser_goes_away_is_exchanged_all_the_same() {
    let (bank, _clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, false).await;
    let store = store_with(sca.export(None).unwrap()).await;
    let id = sca.id().clone();
    drop(sca);
    let query = format!("code=c-1&state={state}");
    {
        let mut gone = Box::pin(handle_callback(&query, &store, &first, None));
        let looked =
            std::future::poll_fn(|cx| std::task::Poll::Ready(gone.as_mut().poll(cx).is_ready())).await;
        assert!(!looked);
    }
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bank.asked().exchanges, 1);
    let kept = store.get(&id).await.unwrap().unwrap();
    assert!(kept.state().is_none(), "and what came of it is kept");
    ScaSession::import(first, &kept, None).unwrap();
}

#[tokio::test]
async fn i111_a_state_is_good_for_a_quarter_of_an_hour_also_in_another_process() {
    for (passed, good) in [(14 * 60 + 59, true), (15 * 60, false), (16 * 60, false)] {
        let (bank, clock, first) = at_a_bank(true);
        let (sca, state) = sent_to_bank(&first, false).await;
        let record = sca.export(None).unwrap();
        let query = format!("code=c-1&state={state}");
        clock.advance(Duration::from_secs(passed));
        let store = store_with(record).await;
        match handle_callback(&query, &store, &first, None).await {
            Ok(_) => assert!(good, "{passed}"),
            Err(error) => {
                assert!(!good, "{passed}");
                assert_eq!(why(&error), CallbackRejected::Expired);
            }
        }
        assert_eq!(bank.asked().exchanges, u32::from(good));
    }
}

#[tokio::test]
async fn i120_the_callback_of_a_cancelled_session_is_refused() {
    let (bank, _clock, first) = at_a_bank(true);
    let (mut sca, state) = sent_to_bank(&first, false).await;
    let before = sca.export(None).unwrap();
    sca.cancel();
    assert_eq!(sca.outcome(), Some(&Outcome::Cancelled));
    let query = format!("code=c-1&state={state}");
    assert_eq!(why(&sca.callback(&query).await.unwrap_err()), CallbackRejected::UsedState);
    let store = store_with(before).await;
    store.put(sca.export(None).unwrap()).await.unwrap();
    let error = handle_callback(&query, &store, &first, None).await.unwrap_err();
    assert!(matches!(why(&error), CallbackRejected::UsedState | CallbackRejected::WrongState));
    assert_eq!(bank.asked().exchanges, 0);
}

#[tokio::test]
async fn o3_with_a_code_challenge_the_secret_is_sealed_and_sent_with_the_code() {
    let (bank, _clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, true).await;
    assert_eq!(sca.export(None).unwrap_err().kind(), ScaErrorKind::Misuse, "never in the clear");
    let store = store_with(sca.export(Some(&key())).unwrap()).await;
    drop(sca);
    let query = format!("code=c-1&state={state}");
    handle_callback(&query, &store, &first, Some(&key())).await.unwrap();
    let sent = bank.requests.lock().unwrap().last().cloned().unwrap();
    let body = String::from_utf8_lossy(sent.http().body()).into_owned();
    let verifier = body.split('&').find_map(|pair| pair.strip_prefix("code_verifier=")).unwrap();
    assert_eq!(verifier.len(), 43, "256 bits");
}

#[tokio::test]
async fn a8_s8_a_record_holds_no_token_and_no_state_and_sealed_nothing_personal() {
    let (_bank, _clock, first) = at_a_bank(false);
    let mut sca =
        Authorise::new(first.clone(), context(PSU), consent()).method(mbid()).start().await.unwrap();
    let mut seen = Vec::new();
    while !seen.contains(&"qr".to_owned()) {
        seen.push(word(&sca.next().await.unwrap().unwrap()));
    }
    let open = String::from_utf8(sca.export(None).unwrap().as_bytes().to_vec()).unwrap();
    let sealed = String::from_utf8(sca.export(Some(&key())).unwrap().as_bytes().to_vec()).unwrap();
    assert!(!open.contains(TOKEN) && !sealed.contains(TOKEN));
    assert!(open.contains(PSU), "without a key it is in the clear, as documented");
    for personal in [PSU, "192.0.2.7", "a browser", "c-1", "a-1", "ESSESESS"] {
        assert!(!sealed.contains(personal), "{personal}");
    }

    let (_bank, _clock, first) = at_a_bank(true);
    let (sca, state) = sent_to_bank(&first, false).await;
    let open = String::from_utf8(sca.export(None).unwrap().as_bytes().to_vec()).unwrap();
    assert!(!open.contains(&state), "only its hash");
    assert!(!format!("{:?}{sca:?}", sca.export(None).unwrap()).contains(PSU));
}

#[tokio::test]
async fn s8_a_record_that_is_not_as_it_was_written_is_refused() {
    let (_bank, _clock, first) = at_a_bank(true);
    let (sca, _) = sent_to_bank(&first, false).await;
    let (other, _) = sent_to_bank(&first, false).await;
    let record = sca.export(Some(&key())).unwrap();
    let import = |bytes: &[u8], key: Option<&SealKey>| {
        SessionRecord::from_bytes(bytes)
            .and_then(|record| ScaSession::import(first.clone(), &record, key))
            .map(drop)
    };
    assert!(import(record.as_bytes(), Some(&key())).is_ok());
    let refused = |bytes: &[u8], key: Option<&SealKey>| {
        let error = import(bytes, key).unwrap_err();
        assert_eq!(error.kind(), ScaErrorKind::Record);
    };
    refused(record.as_bytes(), None);
    refused(record.as_bytes(), Some(&SealKey::new(&[8; 32])));
    refused(sca.export(None).unwrap().as_bytes(), Some(&key()));
    let text = String::from_utf8(record.as_bytes().to_vec()).unwrap();
    // Another session's outside around this one's inside.
    let swap = |from: &str, to: &str| text.replace(from, to);
    refused(swap(record.id().as_str(), other.id().as_str()).as_bytes(), Some(&key()));
    let theirs = other.export(Some(&key())).unwrap().state().unwrap().to_string();
    refused(swap(&record.state().unwrap().to_string(), &theirs).as_bytes(), Some(&key()));
    refused(swap("\"version\":1", "\"version\":2").as_bytes(), Some(&key()));
    for broken in ["", "{}", "null", "[1]", "{\"version\":1}", "\u{feff}{}"] {
        refused(broken.as_bytes(), Some(&key()));
    }
    refused(&vec![b' '; 300 * 1024], None);
    for end in 0..text.len() {
        assert!(SessionRecord::from_bytes(&text.as_bytes()[..end]).is_err());
    }
}

#[tokio::test]
async fn a_record_is_not_taken_up_in_another_environment() {
    let (_bank, _clock, first) = at_a_bank(true);
    let (sca, _) = sent_to_bank(&first, false).await;
    let record = sca.export(None).unwrap();
    let host = "https://other.example".parse().unwrap();
    let elsewhere = Caller::builder(
        openpayments_client::Environment::custom(&host, &host).unwrap(),
        openpayments_client::Credentials::new("client-1", "made-up-secret"),
    )
    .transport(Arc::new(Bank::default().transport()))
    .build()
    .unwrap();
    assert_eq!(ScaSession::import(elsewhere, &record, None).unwrap_err().kind(), ScaErrorKind::Record);
}

#[tokio::test]
async fn f46_a_window_that_ended_while_no_process_followed_is_missed() {
    let (bank, clock, first) = at_a_bank(false);
    let mut sca =
        Authorise::new(first.clone(), context(PSU), consent()).method(mbid()).start().await.unwrap();
    while word(&sca.next().await.unwrap().unwrap()) != "link" {}
    let record = sca.export(None).unwrap();
    drop(sca);
    clock.advance(Duration::from_secs(31));
    let mut sca = ScaSession::import(first, &record, None).unwrap();
    let mut events = Vec::new();
    let mut executor = desk::Executor { clock, looks: 0, drop_at: None };
    while let Some(event) = executor.run(sca.next()).await.unwrap().unwrap() {
        if let ScaEvent::OpenApp(link) = &event {
            assert!(!link.may_open_by_itself());
        }
        events.push(word(&event));
    }
    assert_eq!(events, ["Sign", "missed", "Done"], "the same token is not shown again, and he had signed");
    assert_eq!(bank.asked().selects, 1);
}

/// Goes on with a record to the signature's end.
async fn resumed(caller: &Caller, record: &SessionRecord, clock: &Arc<StepClock>) -> Outcome {
    to_its_end(ScaSession::import(caller.clone(), record, None).unwrap(), clock).await
}

#[tokio::test]
async fn f44_whoever_goes_on_after_a_kill_starts_and_chooses_nothing_a_second_time() {
    // Before the start, and with the start under way.
    for starts in [false, true] {
        let (bank, clock, caller) = at_a_bank(false);
        let mut sca =
            Authorise::new(caller.clone(), context(PSU), consent()).method(mbid()).prepare().await.unwrap();
        let record = sca.export(None).unwrap();
        assert_eq!(bank.asked().starts, 0);
        if starts {
            sca.begin_now().await.unwrap();
        }
        drop(sca);
        let goes_on = ScaSession::import(caller.clone(), &record, None).unwrap();
        if starts {
            assert!(matches!(to_its_end(goes_on, &clock).await, Outcome::Completed(_)));
        }
        assert_eq!((bank.asked().starts, bank.asked().selects), (u32::from(starts), u32::from(starts)));
    }
    // Before the choice, and after the bank was told of it.
    for tells in [false, true] {
        let (bank, clock, caller) = at_a_bank(false);
        let authorise = Authorise::new(caller.clone(), context(PSU), consent());
        let mut sca = authorise.method(MethodPreference::Ask).start().await.unwrap();
        let ScaEvent::ChooseMethod(methods) = sca.next().await.unwrap().unwrap() else { panic!() };
        sca.decide(methods.first().unwrap()).unwrap();
        let record = sca.export(None).unwrap();
        assert_eq!(bank.asked().selects, 0);
        if tells {
            sca.next().await.unwrap();
        }
        drop(sca);
        assert!(matches!(resumed(&caller, &record, &clock).await, Outcome::Completed(_)));
        assert_eq!((bank.asked().starts, bank.asked().selects), (1, 1), "told: {tells}");
    }
}

#[tokio::test]
async fn ids_are_read_back_and_nothing_else_is() {
    let (_bank, _clock, first) = at_a_bank(true);
    let (sca, _) = sent_to_bank(&first, false).await;
    assert_eq!(SessionId::parse(sca.id().as_str()).as_ref(), Some(sca.id()));
    for odd in ["", "x", &"g".repeat(32), &"A".repeat(32), "../../etc/passwd"] {
        assert_eq!(SessionId::parse(odd), None);
    }
    let store = MemorySessions::new();
    let record = sca.export(None).unwrap();
    store.put(record.clone()).await.unwrap();
    store.forget_expired(record.expires_at());
    assert!(store.get(record.id()).await.unwrap().is_none());
}
