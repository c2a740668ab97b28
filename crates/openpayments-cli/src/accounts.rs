//! `openpayments accounts`: what a consent lets us see.

mod balances;
mod list;
mod show;

use openpayments::Bank;
use openpayments::model::identifier::{AccountId, ConsentId};

use crate::arguments::Options;
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::consents;
use crate::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the accounts, with their balances.
    List(ByConsent),
    /// Show one account.
    Show(One),
    /// Show the balances of one account.
    Balances(One),
}

/// By which consent it is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ByConsent {
    /// The consent to read by; the last one at the bank, if it is not named.
    #[arg(long, value_name = "CONSENT")]
    pub(crate) consent: Option<ConsentId>,
    /// Show the numbers of accounts in full.
    #[arg(long)]
    pub(crate) full_numbers: bool,
    #[command(flatten)]
    at: AtBank,
}

/// One account.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The account, by the id that `openpayments accounts list` shows.
    account: AccountId,
    #[command(flatten)]
    by: ByConsent,
}

impl ByConsent {
    /// The consent, and the bank it is at.
    pub(crate) async fn open(&self, connection: &Connection) -> anyhow::Result<(ConsentId, Bank)> {
        let (consent, whom) = consents::find(connection, self.consent.as_ref(), &self.at).await?;
        let bank = self.at.open(connection, &whom)?;
        Ok((consent, bank))
    }
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::List(by) => list::run(&by, &connection).await,
        Command::Show(one) => show::run(&one, &connection).await,
        Command::Balances(one) => balances::run(&one, &connection).await,
    }
    .map_err(consents::advise)
}
