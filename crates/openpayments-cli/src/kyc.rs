//! `openpayments kyc`: a company makes itself known to the platform, which it must before it pays in production.

mod start;
mod status;

use openpayments::prelude::CorporateId;

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::Output;
use crate::problem::{OrProblem, Problem};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Fetch the form that makes a company known.
    Start(start::Arguments),
    /// Show how far the form has come.
    Status(Company),
}

/// The company that is asked about.
#[derive(Debug, clap::Args)]
pub(crate) struct Company {
    /// The company's number; the profile's psu_corporate_id, if it is not given.
    #[arg(value_name = "COMPANY", value_parser = CorporateId::parse)]
    id: Option<CorporateId>,
}

impl Company {
    fn of(&self, connection: &Connection) -> anyhow::Result<CorporateId> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let kept = connection.plan.profile().psu_corporate_id.as_deref().or_problem(|| {
            Problem::usage("no company is named")
                .next("give its number, or write psu_corporate_id into the profile")
        })?;
        Ok(CorporateId::parse(kept)?)
    }
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::Start(arguments) => start::run(&arguments, &connection).await,
        Command::Status(company) => status::run(&company, &connection).await,
    }
}
