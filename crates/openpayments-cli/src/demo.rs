//! `openpayments demo`: the whole journey on a local platform, as a real client walks it.

mod browser;
mod journey;
mod report;

use std::sync::Arc;
use std::time::Duration;

use openpayments::prelude::*;
use openpayments_sandbox::{Approve, Sandbox};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::journey::Journey;
use self::report::Report;
use crate::callback::CallbackListener;
use crate::calls::{Call, CallLines};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Sign yourself: open the printed links and press the buttons there.
    #[arg(long)]
    manual: bool,
}

/// Starts the platform and walks.
///
/// As JSON it is one object a line: every call, then a summary.
pub(crate) async fn run(arguments: Arguments, output: Output) -> anyhow::Result<()> {
    let report = Arc::new(Report::new(output.is_json()));
    let shown = Arc::clone(&report);
    tracing_subscriber::registry().with(CallLines(move |call: &Call| shown.call(call))).init();

    let listener = CallbackListener::bind().await?;
    let approve = if arguments.manual { Approve::Manual } else { Approve::Auto };
    // Nordea would take minutes, as in reality.
    let sandbox = Sandbox::builder().settle_after(Duration::from_secs(1));
    let sandbox = sandbox.approve(approve).redirect_uri(listener.uri()).start().await?;
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url())?
        .with_bankid(sandbox.bankid_url().clone())
        .with_pkce();
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let client = Client::builder(environment, credentials).build()?;
    report.text(format_args!("The platform runs at {}", sandbox.api_url()));

    let journey = Journey { client, report: &report, listener, manual: arguments.manual };
    let done = journey.walk().await;
    sandbox.stop().await;
    done
}
