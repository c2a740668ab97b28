//! The calls, one after the other: each goes to the sandbox past the referee, and to Prism's mock.

mod accounts;
mod banks;
mod browser;
mod consents;
mod directory;
mod kyc;
mod payments;
mod refusals;
mod signing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use openpayments::Client;
use openpayments::api::{CallContext, Operation};
use openpayments::client::Response;
use openpayments::client::{Credentials, Environment, Error, ErrorKind};
use openpayments::model::identifier::PsuId;
use openpayments::model::link::RedirectUri;
use openpayments::model::{Context, Psu};
use openpayments::transport::Transport;
use openpayments_sandbox::Sandbox;
use serde::Serialize;
use url::Url;

use crate::call;
use crate::file::File;
use crate::finding::{Check, Finding};
use crate::prism::{Prism, Running};
use crate::referee::Referee;
use crate::time::SandboxTime;

/// Whether a call carries what it must, or all it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    Minimal,
    Full,
}

/// What came of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Requests judged, of either form.
    pub requests: usize,
    /// The sandbox's answers by status.
    pub statuses: BTreeSet<u16>,
    /// Answers made up by Prism that the client was given to read.
    pub read: usize,
    /// Whether the file describes the path.
    pub described: bool,
}

/// What was seen on the way.
#[derive(Debug, Default)]
pub struct Seen {
    pub(crate) tallies: BTreeMap<&'static str, Tally>,
    pub(crate) findings: BTreeSet<Finding>,
    pub(crate) cut_short: Option<String>,
}

/// Everything that is needed for the calls.
#[derive(Debug)]
pub struct Walk {
    sandbox: Sandbox,
    _prisms: [Running; 2],
    past_proxy: Side,
    to_mock: Side,
    seeds: u32,
    file: File,
    mocked: BTreeSet<(&'static str, Form)>,
    seen: Seen,
}

/// A client and the referee in its way.
#[derive(Debug)]
struct Side {
    client: Client,
    referee: Arc<Referee>,
}

impl Walk {
    /// Starts the sandbox and two Prisms.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start(prism: &Prism, seeds: u32) -> Result<Self> {
        let back: Url = BACK.parse()?;
        let sandbox = Sandbox::builder().redirect_uri(&back).frozen_at(MORNING.parse()?).start().await?;
        let proxy = prism.proxy(&sandbox.api_url().join("/psd2")?).await?;
        let mock = prism.mock().await?;
        let file = File::read(prism.document())?;
        let past_proxy = Side::new(&sandbox, &proxy, &file)?;
        let to_mock = Side::new(&sandbox, &mock, &file)?;
        Ok(Self {
            sandbox,
            _prisms: [proxy, mock],
            past_proxy,
            to_mock,
            seeds,
            file,
            mocked: BTreeSet::new(),
            seen: Seen::default(),
        })
    }

    /// Makes every call. One that does not come to what the rest needs cuts the walk short, and what was seen until then
    /// stands.
    pub async fn walk(mut self) -> Seen {
        if let Err(error) = self.every_call().await {
            self.note();
            self.seen.cut_short = Some(format!("{error:#}"));
        }
        self.seen
    }

    async fn every_call(&mut self) -> Result<()> {
        self.directory().await.context("the directory")?;
        self.consents_and_accounts().await.context("consents and accounts")?;
        self.know_your_customer().await.context("KYC")?;
        self.payments().await.context("payments")?;
        self.refusals().await.context("refusals")?;
        self.every_bank().await.context("every bank")
    }

    /// Makes one call. The first of each form is put to the mock as well.
    async fn ask<O>(&mut self, form: Form, call: &O, context: &CallContext) -> Result<Response<O::Output>>
    where
        O: Operation + Sync,
        O::Output: Send,
    {
        self.ask_for_rows(form, call, context, |_| 0).await
    }

    /// The same for a list that keeps rows it cannot read: `left_out` counts them.
    async fn ask_for_rows<O>(
        &mut self,
        form: Form,
        call: &O,
        context: &CallContext,
        left_out: fn(&O::Output) -> usize,
    ) -> Result<Response<O::Output>>
    where
        O: Operation + Sync,
        O::Output: Send,
    {
        let answer = self.judged(call, context).await;
        if self.file.describes(O::PATH) && self.mocked.insert((O::NAME, form)) {
            self.read_made_up_answers(call, context, left_out).await?;
        }
        answer.with_context(|| format!("{} ({form:?})", O::NAME))
    }

    /// Makes one call that the sandbox refuses.
    async fn ask_in_vain<O>(&mut self, call: &O, context: &CallContext) -> Result<ErrorKind>
    where
        O: Operation + Sync,
        O::Output: Send,
    {
        match self.judged(call, context).await {
            Err(error) => Ok(error.kind()),
            Ok(_) => anyhow::bail!("{} was not refused", O::NAME),
        }
    }

    async fn judged<O>(&mut self, call: &O, context: &CallContext) -> Result<Response<O::Output>, Error>
    where
        O: Operation + Sync,
        O::Output: Send,
    {
        let answer = self.past_proxy.client.caller().call(call, context).await;
        self.note();
        answer
    }

    /// Writes down what the referee observed.
    fn note(&mut self) {
        for observed in self.past_proxy.referee.observed() {
            let Some(operation) = observed.operation else { continue };
            let tally = self.seen.tallies.entry(operation).or_default();
            tally.requests += 1;
            tally.statuses.insert(observed.status.as_u16());
            tally.described = observed.violations.is_some();
            for violation in observed.violations.into_iter().flatten() {
                self.seen.findings.insert(violation.into_finding(operation, observed.product.clone()));
            }
        }
    }

    /// The file's own examples, then as many generated answers as there are seeds.
    async fn read_made_up_answers<O>(
        &mut self,
        call: &O,
        context: &CallContext,
        left_out: fn(&O::Output) -> usize,
    ) -> Result<()>
    where
        O: Operation + Sync,
        O::Output: Send,
    {
        self.to_mock.referee.replace_body(call::body_without_ambiguity(O::NAME));
        for seed in 0..=self.seeds {
            let preference =
                if seed == 0 { "dynamic=false".to_owned() } else { format!("dynamic=true, seed={seed}") };
            let context = context.clone().header("Prefer", &preference)?;
            let answer = self.to_mock.client.caller().call(call, &context).await;
            self.to_mock.referee.observed();
            self.seen.tallies.entry(O::NAME).or_default().read += 1;
            let trouble = match answer {
                Ok(answer) => Some(left_out(&answer.body))
                    .filter(|rows| *rows > 0)
                    .map(|_| "rows are left out".to_owned()),
                Err(error) => trouble(&error),
            };
            if let Some(trouble) = trouble {
                let place = if seed == 0 { "example" } else { "generated" };
                self.seen.findings.insert(Finding {
                    operation: O::NAME,
                    check: Check::Reading,
                    product: None,
                    place: place.to_owned(),
                    message: trouble,
                });
            }
        }
        self.to_mock.referee.replace_body(None);
        Ok(())
    }

    /// Lets time go by at the sandbox.
    fn wait(&self, seconds: u64) {
        self.sandbox.clock().advance(Duration::from_secs(seconds));
    }
}

impl Side {
    fn new(sandbox: &Sandbox, prism: &Running, file: &File) -> Result<Self> {
        let environment = Environment::custom(sandbox.auth_url(), prism.url())?;
        let credentials = || Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
        let plain = Client::builder(environment.clone(), credentials()).build()?;
        let inner = Arc::clone(plain.caller().transport());
        let referee = Arc::new(Referee::new(inner, prism, sandbox.api_url(), file));
        let transport: Arc<dyn Transport> = referee.clone();
        let client = Client::builder(environment, credentials())
            .transport(transport)
            .clock(Arc::new(SandboxTime::of(sandbox)))
            .build()?;
        Ok(Self { client, referee })
    }
}

const MORNING: &str = "2026-11-23T08:00:00Z";
const BACK: &str = "http://127.0.0.1:9/back";
const SEB: &str = "ESSESESS";
/// Swedbank has a cancellation signed.
const SWEDBANK: &str = "SWEDSESS";
/// Signs whatever is put before him.
const WILLING: &str = "99990101000";

/// A bank, and the PSU who must be named there.
fn minimal(bank: &str) -> Result<CallContext> {
    let psu = Psu::new().id(PsuId::parse(WILLING)?).ip_address("192.0.2.7".parse()?);
    let context = CallContext::bank(bank.parse()?, Context::Private);
    Ok(context.psu(psu.user_agent("made-up/1.0")?).redirect_preferred(false))
}

/// The same with everything a context can carry.
fn full(bank: &str) -> Result<CallContext> {
    let home = RedirectUri::parse(BACK)?;
    let context = minimal(bank)?.redirect_uri(home.clone()).nok_redirect_uri(home);
    Ok(context.header("X-Feature-Flags", "made-up")?)
}

/// Why an answer could not be read, without its request id: the same trouble twice is one finding.
fn trouble(error: &Error) -> Option<String> {
    // An `ERROR` among the messages of a good status is a refusal, and was read as one.
    let is_refusal =
        error.http_status().is_some_and(|status| status.is_success()) && !error.messages().is_empty();
    if is_refusal {
        return None;
    }
    let mut text = format!("{:?}", error.kind());
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    Some(text)
}
