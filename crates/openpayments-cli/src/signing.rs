//! The person signs, before this terminal: by scanning a code, in an app on this machine, or on the bank's page.

mod qr_file;
mod screen;
mod words;

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use openpayments::Bank;
use openpayments::model::authorisation::ScaMethod;
use openpayments::model::identifier::ScaMethodId;
use openpayments::model::payment::PaymentTerms;
use openpayments::prelude::{Lang, MethodPreference, Outcome, ScaError, ScaErrorKind, ScaEvent};
use openpayments::sca::{RedirectLink, ScaSession, Subject};
use url::Url;

use self::screen::Screen;
pub(crate) use self::words::Words;
use crate::callback::CallbackListener;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::Memory;
use crate::problem::{OrProblem, Problem};
use crate::stop;
use crate::terminal::{self, harmless};

/// How the person wants to sign.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Signing")]
pub(crate) struct Signing {
    /// The way to sign, by its id, where the bank has several.
    #[arg(long, value_name = "ID", conflicts_with = "this_device")]
    method: Option<ScaMethodId>,
    /// Sign in the app on this machine, by a link, instead of by a code on another one.
    #[arg(long)]
    this_device: bool,
    /// Also write the code to scan into this file, a PNG for its owner alone; it is erased at the end.
    #[arg(long, value_name = "FILE")]
    qr_file: Option<PathBuf>,
    /// Do not open a browser; print the link to the bank's page only.
    #[arg(long)]
    no_browser: bool,
}

/// How long a browser may stay at the bank.
const LONGEST_VISIT: Duration = Duration::from_mins(5);
/// How many times in a row the bank may not be reached while a signature is followed.
const MOST_FAILURES: u32 = 5;

impl Signing {
    fn preference(&self) -> MethodPreference {
        match &self.method {
            Some(id) => MethodPreference::Method(id.clone()),
            None if self.this_device => MethodPreference::ThisDevice,
            None => MethodPreference::OtherDevice,
        }
    }

    /// Has something signed, and follows that to its end: goes on with a signature of it that was begun, or starts one. Of a
    /// payment the terms are what the bank must have kept of it.
    pub(crate) async fn sign(
        &self,
        connection: &Connection,
        bank: &Bank,
        subject: impl Into<Subject>,
        terms: Option<PaymentTerms>,
    ) -> anyhow::Result<Outcome> {
        let (memory, subject) = (Memory::open(connection)?, subject.into());
        if let Some((sca, is_at_bank)) = memory.session_of(connection, &subject).await? {
            match self.resume(connection, sca, is_at_bank).await {
                // Nothing was started, or nothing that has an order running.
                Err(error) if is_start_unknown(&error) => {}
                followed => return followed,
            }
        }
        let mut authorise = bank.authorise(subject).method(self.preference());
        if let Some(terms) = terms {
            authorise = authorise.expecting(terms);
        }
        if let Some(uri) = &connection.redirect_uri {
            authorise = authorise.redirect_to(uri.clone());
        }
        let mut sca = authorise.prepare().await?;
        if !memory.begin_session(&sca).await? {
            let what = "another run has this payment signed just now, or it is signed already";
            return Err(Problem::new(Exit::Refused, what).next("openpayments payments status").into());
        }
        let start = stop::not_to_be_cut_off(sca.begin_now());
        if let Err(error) = connection.output.waiting("Starting the signature", start).await {
            memory.end_session(&sca, false).await;
            return Err(error.into());
        }
        self.follow(connection, sca).await
    }

    /// Goes on with a signature that another run began, and follows it to its end.
    pub(crate) async fn resume(
        &self,
        connection: &Connection,
        mut sca: ScaSession,
        is_at_bank: bool,
    ) -> anyhow::Result<Outcome> {
        if is_at_bank {
            let way_back = WayBack::open(connection).await?;
            terminal::note(Words::IsAtBank.text(connection.output.lang()));
            way_back.wait(connection, &mut sca).await?;
        }
        self.follow(connection, sca).await
    }

    /// Follows a signature to its end.
    async fn follow(&self, connection: &Connection, mut sca: ScaSession) -> anyhow::Result<Outcome> {
        let memory = Memory::open(connection)?;
        let id = sca.id().to_string();
        memory.keep_session(&sca).await?;
        stop::remember_how_to_go_on(format!("go on with: openpayments sca resume {id}"));
        let mut screen = Screen::new(connection, self.qr_file.as_deref());
        let followed = self.events(connection, &memory, &mut sca, &mut screen).await;
        drop(screen);
        match (&followed, sca.outcome()) {
            (Ok(()), Some(Outcome::StillPending) | None) => {}
            (Ok(()), Some(outcome)) => {
                memory.end_session(&sca, matches!(outcome, Outcome::Completed(_))).await;
            }
            (Err(error), _) if is_start_unknown(error) => memory.end_session(&sca, false).await,
            (Err(_), _) => {}
        }
        stop::forget_how_to_go_on();
        followed.map(|()| sca.into_outcome())
    }

    async fn events(
        &self,
        connection: &Connection,
        memory: &Memory,
        sca: &mut ScaSession,
        screen: &mut Screen,
    ) -> anyhow::Result<()> {
        let clock = connection.client.caller().clock();
        let lang = connection.output.lang();
        let mut failures = 0;
        let mut question = Question::None;
        loop {
            let event = tokio::select! {
                biased;
                event = sca.next() => event,
                answer = question.answer() => {
                    question = Question::None;
                    if answer.is_some_and(|answer| words::is_yes(&answer)) {
                        stop::not_to_be_cut_off(sca.restart()).await?;
                    }
                    continue;
                }
                () = clock.sleep(Duration::from_secs(1)), if screen.counts_down() => {
                    screen.tick();
                    continue;
                }
            };
            match event {
                Ok(None) => return Ok(()),
                Ok(Some(event)) => {
                    failures = 0;
                    if matches!(event, ScaEvent::Redirect(_)) {
                        memory.keep_session(sca).await?;
                    }
                    if matches!(event, ScaEvent::StartWindowMissed) {
                        screen.hide();
                        // The bank goes on being asked meanwhile: the person may be in the app.
                        if connection.output.is_interactive() {
                            screen.leave();
                            question.ask(Words::OnceMore.text(lang));
                        }
                    }
                    self.event(connection, sca, screen, event).await?;
                }
                Err(error) if may_go_on(&error) && failures < MOST_FAILURES => {
                    failures += 1;
                    screen.say(&format!("{} {error}", Words::TryingAgain.text(lang)));
                }
                Err(error) => return Err(error.into()),
            }
            memory.keep_session(sca).await?;
        }
    }

    async fn event(
        &self,
        connection: &Connection,
        sca: &mut ScaSession,
        screen: &mut Screen,
        event: ScaEvent,
    ) -> anyhow::Result<()> {
        match event {
            ScaEvent::ChooseMethod(methods) => {
                // It is kept before the bank is told.
                sca.decide(choose(connection, &methods).await?)?;
            }
            ScaEvent::ShowQr(frame) => screen.code(&frame),
            ScaEvent::HideQr => screen.hide(),
            ScaEvent::OpenApp(link) => {
                screen.link(link.expose());
                if self.this_device && !self.no_browser && link.may_open_by_itself() {
                    // Where nothing opens it, the printed link can be.
                    let _ = open::that_detached(link.expose());
                }
            }
            ScaEvent::Redirect(link) => {
                screen.hide();
                self.visit(connection, sca, &link).await?;
            }
            ScaEvent::Progress(step) => screen.prompt(step.psu_prompt(connection.output.lang())),
            ScaEvent::Message(words) => screen.words(&harmless(&words)),
            ScaEvent::Notice(notice) => tracing::warn!(?notice, "the bank's answer is odd"),
            _ => {}
        }
        Ok(())
    }

    /// Sends the browser to the bank's page, and waits until it is back.
    async fn visit(
        &self,
        connection: &Connection,
        sca: &mut ScaSession,
        link: &RedirectLink,
    ) -> anyhow::Result<()> {
        let way_back = WayBack::open(connection).await?;
        if !self.no_browser && connection.output.is_interactive() {
            let _ = open::that_detached(link.expose().as_str());
        }
        let words = Words::OnItsPage.text(connection.output.lang());
        terminal::note(format_args!("{words}\n  {}", link.expose()));
        way_back.wait(connection, sca).await
    }
}

/// Whether nobody knows that a signature was started, and the bank has none to go on with.
fn is_start_unknown(error: &anyhow::Error) -> bool {
    error.downcast_ref::<ScaError>().is_some_and(|error| error.kind() == ScaErrorKind::StartUnknown)
}

/// Where the browser comes back to.
struct WayBack<'a> {
    uri: &'a Url,
    /// None where the address is not on this machine.
    listener: Option<CallbackListener>,
}

impl<'a> WayBack<'a> {
    /// Opens it, before anybody is sent to the bank.
    async fn open(connection: &'a Connection) -> anyhow::Result<Self> {
        let uri = connection.redirect_uri.as_ref().or_problem(no_way_back)?;
        Ok(Self { uri, listener: CallbackListener::at(uri).await? })
    }

    /// Waits until the browser is back.
    async fn wait(self, connection: &Connection, sca: &mut ScaSession) -> anyhow::Result<()> {
        let Some(listener) = &self.listener else {
            return pasted(connection, sca, self.uri).await;
        };
        let clock = connection.client.caller().clock();
        tokio::select! {
            came_back = come_back(listener, sca, connection.output.lang()) => came_back,
            () = clock.sleep(LONGEST_VISIT) => {
                let what = format!("no browser came back to {} in five minutes", self.uri);
                Err(Problem::new(Exit::SignatureNeeded, what).next("sign again").into())
            }
        }
    }
}

/// Waits for the callback that belongs to the session; others are turned away.
async fn come_back(listener: &CallbackListener, sca: &mut ScaSession, lang: Lang) -> anyhow::Result<()> {
    loop {
        let visit = listener.visit().await?;
        match stop::not_to_be_cut_off(sca.callback(&visit.query)).await {
            Ok(()) => {
                visit.welcome(Words::Close.text(lang)).await;
                return Ok(());
            }
            Err(error) if error.kind() == ScaErrorKind::CallbackRejected => visit.turn_away().await,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The registered address is not on this machine: the person brings what the browser ended at.
async fn pasted(connection: &Connection, sca: &mut ScaSession, uri: &Url) -> anyhow::Result<()> {
    if !connection.output.is_interactive() {
        return Err(no_way_back().into());
    }
    let lang = connection.output.lang();
    loop {
        let question = format!("{}\n  {uri}\n>", Words::PasteAddress.text(lang));
        let text = terminal::ask(question).await.or_problem(no_way_back)?;
        let query =
            text.parse::<Url>().ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default();
        match stop::not_to_be_cut_off(sca.callback(&query)).await {
            Err(error) if error.kind() == ScaErrorKind::CallbackRejected => {
                terminal::note(format_args!("  {}", Words::OtherAddress.text(lang)));
            }
            done => return Ok(done?),
        }
    }
}

fn no_way_back() -> Problem {
    Problem::usage("the bank signs on its own page, and there is no way back from it").next(
        "write redirect_uri into the profile: an address that is registered for the application, best one such as \
         http://127.0.0.1:8790/callback",
    )
}

/// Whether the signature goes on although a call failed.
fn may_go_on(error: &ScaError) -> bool {
    matches!(error.kind(), ScaErrorKind::Call | ScaErrorKind::Unavailable)
        && std::error::Error::source(error)
            .and_then(|cause| cause.downcast_ref::<openpayments::prelude::Error>())
            .is_none_or(openpayments::prelude::Error::is_retryable)
}

/// Asks which way to sign.
async fn choose<'a>(connection: &Connection, methods: &'a [ScaMethod]) -> anyhow::Result<&'a ScaMethod> {
    let names: Vec<String> = methods
        .iter()
        .map(|method| {
            let id = method.authentication_method_id.as_str();
            let name = method.name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
            harmless(&format!("{id}{name}"))
        })
        .collect();
    if !connection.output.is_interactive() {
        return Err(Problem::usage("the bank has several ways to sign")
            .next(format!("give --method with one of: {}", names.join("; ")))
            .into());
    }
    let mut question = Words::WhichWay.text(connection.output.lang()).to_owned();
    for (number, name) in (1..).zip(&names) {
        question = format!("{question}\n  {number}  {name}");
    }
    let question = format!("{question}\n[1–{}]", names.len());
    loop {
        let unanswered = || Problem::new(Exit::SignatureNeeded, "no way to sign was chosen");
        let answer = terminal::ask(question.clone()).await.or_problem(unanswered)?;
        let place = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(method) = place.and_then(|place| methods.get(place)) {
            return Ok(method);
        }
    }
}

/// A question that may be open while the bank goes on being asked.
enum Question {
    None,
    Open(Pin<Box<dyn Future<Output = Option<String>> + Send>>),
}

impl Question {
    fn ask(&mut self, words: &str) {
        // Two at once would read each other's answers.
        if matches!(self, Self::None) {
            *self = Self::Open(Box::pin(terminal::ask(words.to_owned())));
        }
    }

    /// The answer, when there is one.
    async fn answer(&mut self) -> Option<String> {
        match self {
            Self::None => std::future::pending().await,
            Self::Open(answer) => answer.await,
        }
    }
}
