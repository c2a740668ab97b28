//! The signature: a task follows it to its end, whatever the browser does. Pages and event streams only look on, so a
//! reload, a second tab and the back button change nothing.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use openpayments::model::authorisation::ScaMethod;
use openpayments::prelude::*;
use openpayments::sca::{
    AppLink, QrFrame, RedirectLink, ScaSession, SessionId, Step, Subject, check_callback_request,
    handle_callback, sse,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, Visitor};
use crate::before;
use crate::errand::{Customer, Errand, Purpose};
use crate::failure::Failure;
use crate::form::Wanted;
use crate::pages::{self, Away, Ended, SignPage};

/// What there is to see of a signature now.
#[derive(Clone, Debug)]
pub struct Shown {
    pub step: Step,
    pub message: Option<String>,
    pub qr: Option<QrFrame>,
    pub app: Option<AppLink>,
    pub redirect: Option<RedirectLink>,
    pub methods: Vec<ScaMethod>,
    pub missed: bool,
    /// Taken up by a process that did not see how it began.
    pub is_resumed: bool,
    pub outcome: Option<Outcome>,
}

impl Shown {
    fn new() -> Self {
        Self {
            step: Step::Waiting,
            message: None,
            qr: None,
            app: None,
            redirect: None,
            methods: Vec::new(),
            missed: false,
            is_resumed: false,
            outcome: None,
        }
    }

    fn take(&mut self, event: ScaEvent) {
        match event {
            ScaEvent::Progress(step) => self.step = step,
            ScaEvent::Message(words) => self.message = Some(words),
            ScaEvent::ShowQr(frame) => self.qr = Some(frame),
            ScaEvent::OpenApp(link) => self.app = Some(link),
            ScaEvent::HideQr => (self.qr, self.app) = (None, None),
            ScaEvent::Redirect(link) => self.redirect = Some(link),
            ScaEvent::ChooseMethod(methods) => self.methods = methods,
            ScaEvent::StartWindowMissed => self.missed = true,
            ScaEvent::Notice(notice) => tracing::info!(?notice, "the bank's answer was odd"),
            _ => {}
        }
    }

    /// The same as Server-Sent Events, one for each thing to see.
    fn events(&self) -> Vec<String> {
        let mut events = vec![ScaEvent::Progress(self.step)];
        events.extend(self.message.clone().map(ScaEvent::Message));
        events.push(self.qr.clone().map_or(ScaEvent::HideQr, ScaEvent::ShowQr));
        events.extend(self.app.clone().map(ScaEvent::OpenApp));
        events.extend(self.redirect.clone().map(ScaEvent::Redirect));
        events.extend((!self.methods.is_empty()).then(|| ScaEvent::ChooseMethod(self.methods.clone())));
        events.extend(self.missed.then_some(ScaEvent::StartWindowMissed));
        let texts = events.iter().map(|event| event.to_sse(Lang::En));
        texts.chain(self.outcome.as_ref().map(|outcome| outcome.to_sse(Lang::En))).collect()
    }
}

/// The signatures that this process follows.
#[derive(Debug, Default)]
pub struct Signings(Mutex<HashMap<SessionId, Followed>>);

/// What there is to see, and the task that follows.
type Followed = (watch::Receiver<Shown>, JoinHandle<()>);

impl Signings {
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Followed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was created at the bank and waits to be signed.
pub struct Begun {
    pub purpose: Purpose,
    pub customer: Customer,
    pub subject: Subject,
    pub wanted: Wanted,
}

/// Begins what a form asks for, once: a form sent again leads to what it began. A browser that goes away in the middle
/// stops nothing, so that what was begun at the bank is never lost.
pub async fn once<F>(app: &App, purpose: Purpose, bic: &str, wanted: &Wanted, begin: F) -> Response
where
    F: Future<Output = Result<Response, Failure>> + Send + 'static,
{
    let (shop, bic, wanted) = (app.clone(), bic.to_owned(), wanted.clone());
    let task = tokio::spawn(async move {
        let _turn = shop.errands.turn(wanted.order).await;
        match shop.errands.begun(purpose, &wanted, &bic) {
            Some(cookie) => Ok(([(SET_COOKIE, cookie?)], Redirect::to(purpose.page())).into_response()),
            None => begin.await,
        }
    });
    match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => failure.page(app),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Starts a signature, remembers whose it is, and sends the customer to its page.
pub async fn begin(app: &App, visitor: &Visitor, bank: &Bank, begun: Begun) -> Result<Response, Failure> {
    let Begun { purpose, customer, subject, wanted } = begun;
    give_up_before(app, visitor, &customer, &wanted).await?;
    let callback = app.home.join("callback").unwrap_or_else(|_| app.home.clone());
    let session =
        bank.authorise(subject.clone()).redirect_to(callback).method(wanted.way.preference()).start().await?;
    keep(app, &session).await?;
    let session_id = session.id().to_string();
    let errand = Errand { purpose, customer, wanted, subject, session: session_id, outcome: None };
    let cookie = app.errands.begin(errand).await?;
    follow(app, session, Shown::new());
    Ok(([(SET_COOKIE, cookie)], Redirect::to(purpose.page())).into_response())
}

/// Who begins something new has given up what was open: the app shows one order at a time.
async fn give_up_before(
    app: &App,
    visitor: &Visitor,
    customer: &Customer,
    wanted: &Wanted,
) -> Result<(), Failure> {
    for before in Purpose::ALL.into_iter().filter_map(|purpose| app.errands.of(visitor, purpose)) {
        let is_given_up = before.customer == *customer || before.wanted.order == wanted.order;
        if before.outcome.is_none() && is_given_up {
            let mut session = taken(app, &before).await?;
            session.cancel();
            keep(app, &session).await?;
            let id = session.id().clone();
            app.errands.note(&id, Some(&session.into_outcome())).await?;
        }
    }
    Ok(())
}

/// Keeps a session as it stands, sealed.
fn keep<'a>(
    app: &'a App,
    session: &ScaSession,
) -> impl Future<Output = Result<(), Failure>> + Send + use<'a> {
    let record = session.export(Some(&app.key));
    async move { Ok(app.sessions.put(record?).await?) }
}

/// Follows a session in a task of its own.
fn follow(app: &App, session: ScaSession, shown: Shown) -> watch::Receiver<Shown> {
    let (sender, receiver) = watch::channel(shown);
    let id = session.id().clone();
    let mut signings = app.signings.lock();
    let task = tokio::spawn(to_its_end(app.clone(), session, sender));
    if let Some((_, before)) = signings.insert(id, (receiver.clone(), task)) {
        before.abort();
    }
    receiver
}

async fn to_its_end(app: App, mut session: ScaSession, shown: watch::Sender<Shown>) {
    loop {
        match session.next().await {
            Ok(Some(event)) => shown.send_modify(|shown| shown.take(event)),
            Ok(None) => break,
            // The bank is asked again; nothing is lost.
            Err(error) if matches!(error.kind(), ScaErrorKind::Call | ScaErrorKind::Unavailable) => {
                tracing::warn!(%error, "a poll failed");
            }
            Err(error) => {
                tracing::warn!(%error, "the signature cannot go on");
                break;
            }
        }
        if let Err(failure) = keep(&app, &session).await {
            tracing::warn!(%failure, "the signature could not be kept");
        }
        if !shown.borrow().methods.is_empty() {
            // The customer's choice takes the session from here.
            std::future::pending::<()>().await;
        }
    }
    let _ = keep(&app, &session).await;
    let id = session.id().clone();
    let outcome = session.into_outcome();
    if let Err(error) = app.errands.note(&id, Some(&outcome)).await {
        tracing::warn!(%error, "the outcome could not be kept");
    }
    shown.send_modify(|shown| shown.outcome = Some(outcome));
    app.signings.lock().remove(&id);
}

/// What there is to see of an errand's signature. A process that was started anew takes it up from where it is kept.
async fn look_on(app: &App, errand: &Errand) -> Result<watch::Receiver<Shown>, Failure> {
    if let Some((shown, _)) = app.signings.lock().get(&id_of(errand)?) {
        return Ok(shown.clone());
    }
    let shown = Shown { is_resumed: true, ..Shown::new() };
    Ok(follow(app, kept(app, errand).await?, shown))
}

fn id_of(errand: &Errand) -> Result<SessionId, Failure> {
    SessionId::parse(&errand.session).ok_or(Failure::NotFound)
}

async fn kept(app: &App, errand: &Errand) -> Result<ScaSession, Failure> {
    let record = app.sessions.get(&id_of(errand)?).await?.ok_or(Failure::NotFound)?;
    Ok(ScaSession::import(app.client.caller().clone(), &record, Some(&app.key))?)
}

/// Stops following and hands the session over, to do something with it.
async fn taken(app: &App, errand: &Errand) -> Result<ScaSession, Failure> {
    let followed = app.signings.lock().remove(&id_of(errand)?);
    if let Some((_, task)) = followed {
        task.abort();
        let _ = task.await;
    }
    kept(app, errand).await
}

/// The page of a signature: what to do now, or how it ended.
pub async fn page(State(app): State<App>, Path(purpose): Path<Purpose>, visitor: Visitor) -> Response {
    let Some(errand) = app.errands.of(&visitor, purpose) else {
        return pages::show(&app, &Away).into_response();
    };
    if errand.consent().is_some() {
        return Redirect::to("/accounts").into_response();
    }
    let page = async {
        if let Some(outcome) = &errand.outcome {
            // Signed is not settled: the bank's word counts, and it is asked each time the page is loaded.
            let status = match errand.payment() {
                Some(payment) if outcome.next_step() == openpayments::sca::NextStep::Proceed => {
                    let state = app.bank(&errand.customer, &visitor)?.payment_status(payment).await?;
                    Some(state.body.transaction_status)
                }
                _ => None,
            };
            return Ok(pages::show(&app, &Ended::new(&errand, outcome, status)).into_response());
        }
        let shown = look_on(&app, &errand).await?.borrow().clone();
        Ok(pages::show(&app, &SignPage::new(&errand, &shown)).into_response())
    };
    page.await.unwrap_or_else(|failure: Failure| failure.page(&app))
}

/// The same, as it happens.
pub async fn events(State(app): State<App>, Path(purpose): Path<Purpose>, visitor: Visitor) -> Response {
    let Some(errand) = app.errands.of(&visitor, purpose) else {
        // Tells the browser not to ask again.
        return StatusCode::NO_CONTENT.into_response();
    };
    if let Some(outcome) = errand.outcome {
        return ([(CONTENT_TYPE, "text/event-stream")], outcome.to_sse(Lang::En)).into_response();
    }
    let shown = match look_on(&app, &errand).await {
        Ok(shown) => shown,
        Err(failure) => return failure.page(&app),
    };
    let first = shown.borrow().events();
    let text = stream::unfold((shown, Vec::new(), Some(first)), |(mut shown, sent, first)| async move {
        let now = match first {
            Some(first) => first,
            None => match tokio::time::timeout(Duration::from_secs(15), shown.changed()).await {
                Ok(Ok(())) => shown.borrow_and_update().events(),
                Ok(Err(_)) => return None,
                Err(_) => return Some((sse::KEEP_ALIVE.to_owned(), (shown, sent, None))),
            },
        };
        let news: String = now.iter().filter(|text| !sent.contains(*text)).map(String::as_str).collect();
        Some((news, (shown, now, None)))
    });
    let body = Body::from_stream(futures_util::StreamExt::map(text, Ok::<_, Infallible>));
    ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
}

#[derive(serde::Deserialize)]
pub struct Choice {
    method: String,
}

/// The customer chose a way to sign.
pub async fn choose(
    State(app): State<App>,
    Path(purpose): Path<Purpose>,
    visitor: Visitor,
    Form(choice): Form<Choice>,
) -> Response {
    change(&app, purpose, &visitor, async |session, shown| {
        let method =
            shown.methods.iter().find(|method| method.authentication_method_id.as_str() == choice.method);
        session.choose(method.ok_or(Failure::NotFound)?).await?;
        Ok(())
    })
    .await
}

/// The customer wants to sign again, after the time was up or after a no.
pub async fn again(State(app): State<App>, Path(purpose): Path<Purpose>, visitor: Visitor) -> Response {
    change(&app, purpose, &visitor, async |session, _| Ok(session.restart().await?)).await
}

/// The customer gives up: a payment is cancelled at the bank, too. Where it was signed in the app all the same, its status
/// says so.
pub async fn cancel(State(app): State<App>, Path(purpose): Path<Purpose>, visitor: Visitor) -> Response {
    let given_up = app.errands.of(&visitor, purpose);
    let answer = change(&app, purpose, &visitor, async |session, _| {
        session.cancel();
        Ok(())
    })
    .await;
    if let Some(errand) = given_up
        && let Err(failure) = before::cancel(&app, &visitor, &errand).await
    {
        tracing::info!(%failure, "what was given up is not cancelled at the bank");
    }
    answer
}

async fn change(
    app: &App,
    purpose: Purpose,
    visitor: &Visitor,
    act: impl AsyncFnOnce(&mut ScaSession, &Shown) -> Result<(), Failure>,
) -> Response {
    let done = async {
        let errand = app.errands.of(visitor, purpose).ok_or(Failure::NotFound)?;
        let seen = app.signings.lock().get(&id_of(&errand)?).map(|(shown, _)| shown.borrow().clone());
        let mut session = taken(app, &errand).await?;
        let done = act(&mut session, &seen.unwrap_or_else(Shown::new)).await;
        // Followed on either way: a call that failed is no reason to lose sight of what the customer may still sign.
        app.errands.note(session.id(), None).await?;
        keep(app, &session).await?;
        follow(app, session, Shown::new());
        done
    };
    match done.await {
        Ok(()) => Redirect::to(purpose.page()).into_response(),
        Err(failure) => failure.page(app),
    }
}

/// The customer's browser comes back from the bank.
pub async fn callback(
    State(app): State<App>,
    method: Method,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(status) = check_callback_request(&method, &visitor.headers) {
        return status.into_response();
    }
    let query = query.unwrap_or_default();
    match handle_callback(&query, &app.sessions, app.client.caller(), Some(&app.key)).await {
        Ok(session) => {
            let id = session.id().clone();
            follow(&app, session, Shown::new());
            let purpose = app.errands.of_session(&id).map_or(Purpose::Pay, |errand| errand.purpose);
            // The page shows nothing to a browser without the cookie: the customer may have come back in another one.
            Redirect::to(purpose.page()).into_response()
        }
        // A reload of the callback, or somebody else's: the page behind the cookie tells how it stands.
        Err(error) if error.kind() == ScaErrorKind::CallbackRejected => {
            tracing::info!(%error, "a callback was turned away");
            let known = Purpose::ALL.into_iter().find(|purpose| app.errands.of(&visitor, *purpose).is_some());
            Redirect::to(known.map_or("/", Purpose::page)).into_response()
        }
        Err(error) => Failure::from(error).page(&app),
    }
}
