//! `openpayments doctor`: whether everything is in order, and what to do where it is not.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::DATE;
use openpayments::Client;
use openpayments::prelude::{Context, Error, Product, ScopeSet};
use openpayments::transport::{Effect, Request};
use url::Url;

use crate::arguments::Options;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::places;
use crate::plan::Plan;
use crate::settings::Target;
use crate::views::doctor::{Finding, Findings};

/// A certificate that ends sooner should be replaced.
const DAYS_TO_RENEW: i64 = 30;
/// Clocks further apart make tokens and signatures fail.
const CLOCKS_APART: Duration = Duration::from_secs(30);
/// What the SDK calls by.
const PRODUCTS: [Product; 3] =
    [Product::AspspInformation, Product::AccountInformation, Product::PaymentInitiation];

pub(crate) async fn run(options: &Options, output: Output) -> anyhow::Result<ExitCode> {
    let plan = Plan::of(options)?;
    let mut findings = Findings::default();
    findings.add(settings(&plan));
    findings.add(state_dir());
    findings.add(certificate(&plan));
    match plan.client() {
        Ok((client, redirect_uri)) => {
            findings.add(Finding::good("credentials", plan.credentials_in_words()));
            let checks = async {
                let environment = client.caller().environment();
                let (auth, api) = (environment.auth(), environment.api());
                findings.add(reach(&client, "auth host", auth).await.0);
                let (reached, date) = reach(&client, "api host", api).await;
                findings.add(reached);
                findings.add(clock(&client, date.as_deref()));
                for context in [Context::Private, Context::Corporate] {
                    findings.add(scopes(&client, context).await);
                }
                findings.add(way_back(redirect_uri.as_ref()));
            };
            output.waiting("Looking", checks).await;
        }
        Err(error) => findings.add(Finding::failed("credentials", &Failure::of(&error), Exit::of(&error))),
    }
    output.answer(&findings);
    Ok(findings.worst().map_or(ExitCode::SUCCESS, ExitCode::from))
}

fn settings(plan: &Plan) -> Finding {
    let profile =
        plan.chosen.name.as_deref().map_or("no profile".to_owned(), |name| format!("profile {name}"));
    let file =
        plan.chosen.file.as_ref().map_or("no config file".to_owned(), |path| path.display().to_string());
    Finding::good("settings", format!("{}, {profile}, {file}", plan.target.name()))
}

fn state_dir() -> Finding {
    match places::state_dir() {
        Ok(dir) => Finding::good("memory", dir.display().to_string()),
        Err(error) => Finding::failed("memory", &Failure::of(&error), Exit::Store),
    }
}

fn certificate(plan: &Plan) -> Finding {
    const NAME: &str = "certificate";
    match plan.identity() {
        Ok(Some(identity)) => {
            let days = identity.days_left(now_on_this_machine());
            let found = format!("{}, {days} days left", identity.subject());
            if days < DAYS_TO_RENEW {
                Finding::warning(NAME, found, "fetch a new one from the platform's portal")
            } else {
                Finding::good(NAME, found)
            }
        }
        Ok(None) if plan.target == Target::Production => Finding::bad(
            NAME,
            "there is none, and production demands one".to_owned(),
            "write certificate and certificate_key, or pfx, into a profile",
            Exit::Identity,
        ),
        Ok(None) => Finding::good(NAME, "there is none, and none is needed here".to_owned()),
        Err(error) => Finding::failed(NAME, &Failure::of(&error), Exit::Identity),
    }
}

fn now_on_this_machine() -> SystemTime {
    use openpayments::client::{Clock, SystemClock};
    SystemClock::new().wall().into()
}

/// Whether the host answers anything at all, and which time it says it is.
async fn reach(client: &Client, name: &'static str, host: &Url) -> (Finding, Option<String>) {
    let request = http::Request::get(host.as_str()).body(Bytes::new());
    let sent = match request {
        Ok(request) => client.caller().transport().send(Request::new(request, Effect::Read)).await,
        Err(error) => {
            let found = format!("{host}: {error}");
            return (Finding::bad(name, found, "correct the address", Exit::Usage), None);
        }
    };
    match sent {
        Ok(answer) => {
            let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
            (Finding::good(name, format!("{host} answers")), date)
        }
        Err(error) => {
            let next = "check the network, the proxy and the firewall; for production also the certificate";
            (Finding::bad(name, format!("{host}: {error}"), next, Exit::GaveUp), None)
        }
    }
}

fn clock(client: &Client, date: Option<&str>) -> Finding {
    const NAME: &str = "clock";
    let read = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let Some(theirs) = read else {
        return Finding::good(NAME, "the platform does not say its time".to_owned());
    };
    let apart = client.caller().clock().wall().duration_since(theirs.timestamp()).unsigned_abs();
    let found = format!("{} s from the platform's", apart.as_secs());
    if apart > CLOCKS_APART {
        Finding::warning(NAME, found, "set this machine's clock, and let it follow a time server")
    } else {
        Finding::good(NAME, found)
    }
}

async fn scopes(client: &Client, context: Context) -> Finding {
    let name = match context {
        Context::Private => "scopes, private",
        Context::Corporate => "scopes, corporate",
    };
    let mut granted = Vec::new();
    let mut refused: Vec<(Product, Error)> = Vec::new();
    for product in PRODUCTS {
        match client.ensure_token(ScopeSet::new(product, context)).await {
            Ok(()) => granted.push(product.as_str()),
            Err(error) => refused.push((product, error)),
        }
    }
    match refused.into_iter().next() {
        None => Finding::good(name, granted.join(", ")),
        Some((product, error)) if granted.is_empty() => {
            let error = anyhow::Error::from(error);
            let exit = Exit::of(&error);
            Finding::failed(name, &Failure::of(&error.context(format!("no token for {product}"))), exit)
        }
        Some((product, _)) => Finding::warning(
            name,
            format!("{}, but not {product}", granted.join(", ")),
            "add the product to the application in the platform's portal, if you need it",
        ),
    }
}

fn way_back(redirect_uri: Option<&Url>) -> Finding {
    const NAME: &str = "way back";
    match redirect_uri {
        Some(uri) => Finding::good(NAME, format!("browsers come back to {uri}")),
        None => Finding::warning(
            NAME,
            "no address for browsers to come back to".to_owned(),
            "write redirect_uri into the profile, as registered in the portal, to sign at banks with a page of their own",
        ),
    }
}
