//! What a command works with: the client, the plan it was made of, and how to tell the person.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use openpayments::Client;
use openpayments::prelude::Context;
use url::Url;

use crate::arguments::Options;
use crate::output::Output;
use crate::plan::Plan;
use crate::problem::Problem;

/// A client that is set up.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) plan: Plan,
    pub(crate) output: Output,
    /// Where browsers come back to, if that is known.
    pub(crate) redirect_uri: Option<Url>,
}

impl Connection {
    /// Sets one up. Nothing is sent.
    pub(crate) fn open(options: &Options, output: Output) -> anyhow::Result<Self> {
        let plan = Plan::of(options)?;
        let (client, redirect_uri) = plan.client()?;
        let output = match (options.lang, plan.lang()) {
            (None, Some(lang)) => output.in_lang(lang),
            _ => output,
        };
        Ok(Self { client, plan, output, redirect_uri })
    }

    /// The time of day.
    pub(crate) fn now(&self) -> Timestamp {
        self.client.caller().clock().wall()
    }

    /// The day it is here.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::system()).date()
    }

    /// The context that was asked for, or else the profile's, or else private.
    pub(crate) fn context(&self, asked: Option<Context>) -> anyhow::Result<Context> {
        if let Some(context) = asked {
            return Ok(context);
        }
        match &self.plan.profile().context {
            None => Ok(Context::Private),
            Some(text) => text.parse().map_err(|_| {
                Problem::usage("context in the profile is neither private nor corporate").into()
            }),
        }
    }
}
