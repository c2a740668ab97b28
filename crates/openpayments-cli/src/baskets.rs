//! `openpayments baskets`: many payments that the person signs at once.

mod create;
mod delete;
mod list;
mod show;
mod sign;
mod status;

use openpayments::model::identifier::BasketId;

use crate::arguments::Options;
use crate::at_bank::{AtBank, Whom};
use crate::connection::Connection;
use crate::memory::{KeptBasket, Memory};
use crate::output::Output;
use crate::problem::{OrProblem, Problem};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Put payments that are not signed yet into a basket, and have it signed.
    Create(create::Arguments),
    /// List the baskets that were created here.
    List,
    /// Show a basket and what is in it.
    Show(Named),
    /// Show where a basket and each of its payments stand.
    Status(Named),
    /// Have a basket signed that is not signed yet.
    Sign(sign::Arguments),
    /// Take a basket apart that nobody has signed.
    Delete(Named),
}

/// A basket that was created before.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The basket; the last one, if it is not named.
    #[arg(value_name = "BASKET")]
    id: Option<BasketId>,
    #[command(flatten)]
    pub(crate) at: AtBank,
}

impl Named {
    /// The basket, for whom it is, and what is remembered of it.
    async fn find(&self, connection: &Connection) -> anyhow::Result<(BasketId, Whom, Option<KeptBasket>)> {
        let kept = Memory::open(connection)?.baskets().await?;
        let kept = kept.into_iter().find(|kept| self.id.as_ref().is_none_or(|id| *id == kept.id));
        let id = self.id.clone().or_else(|| kept.as_ref().map(|kept| kept.id.clone())).or_problem(|| {
            Problem::usage("there is no basket yet").next("openpayments baskets create PAYMENT PAYMENT …")
        })?;
        let whom = self.at.same(connection, kept.as_ref().map(|kept| kept.whom.clone()))?;
        Ok((id, whom, kept))
    }
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::Create(arguments) => create::run(&arguments, &connection).await,
        Command::List => list::run(&connection).await,
        Command::Show(named) => show::run(&named, &connection).await,
        Command::Status(named) => status::run(&named, &connection).await,
        Command::Sign(arguments) => sign::run(&arguments, &connection).await,
        Command::Delete(named) => delete::run(&named, &connection).await,
    }
}
