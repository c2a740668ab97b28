//! `openpayments consents`: what the person lets us read.

mod create;
mod list;
mod revoke;
mod show;
mod sign;
mod status;

use openpayments::model::identifier::ConsentId;
use openpayments::model::status::ConsentStatus;
use openpayments::prelude::Error;

use crate::arguments::Options;
use crate::at_bank::{AtBank, Whom};
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptConsent, Memory};
use crate::output::Output;
use crate::problem::{OrProblem, Problem};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Ask for a consent, and have it signed.
    Create(create::Arguments),
    /// List the consents that were asked for here.
    List,
    /// Show a consent as the bank keeps it.
    Show(Named),
    /// Show where a consent stands.
    Status(Named),
    /// Have a consent signed that is not signed yet, or by another person too.
    Sign(sign::Arguments),
    /// End a consent.
    Revoke(Named),
}

/// A consent that was created before.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The consent; the last one that was asked for at the bank, if it is not named.
    #[arg(value_name = "CONSENT")]
    id: Option<ConsentId>,
    #[command(flatten)]
    pub(crate) at: AtBank,
}

impl Named {
    async fn find(&self, connection: &Connection) -> anyhow::Result<(ConsentId, Whom)> {
        find(connection, self.id.as_ref(), &self.at).await
    }

    /// The consent that waits for a signature.
    async fn waiting(&self, connection: &Connection) -> anyhow::Result<KeptConsent> {
        let is_meant = |kept: &KeptConsent| match &self.id {
            Some(id) => kept.consent.id == *id,
            None => !kept.consent.status.is_over() && kept.consent.status != ConsentStatus::Valid,
        };
        let here = |kept: &KeptConsent| self.at.bank.as_ref().is_none_or(|bank| *bank == kept.consent.bank);
        let kept = Memory::open(connection)?.kept_consents().await?;
        kept.into_iter().find(|kept| is_meant(kept) && here(kept)).or_problem(|| {
            Problem::usage("no consent waits for a signature here")
                .next("openpayments consents list shows those there are")
        })
    }
}

/// The consent that is meant, and for whom it is.
pub(crate) async fn find(
    connection: &Connection,
    id: Option<&ConsentId>,
    at: &AtBank,
) -> anyhow::Result<(ConsentId, Whom)> {
    let memory = Memory::open(connection)?;
    if let Some(id) = id {
        let kept = memory.consent(id).await?.and_then(|kept| kept.whom);
        return Ok((id.clone(), at.same(connection, kept)?));
    }
    let here = |bank: &_| at.bank.as_ref().is_none_or(|asked| asked == bank);
    let usable = |kept: &KeptConsent| here(&kept.consent.bank) && !kept.consent.status.is_over();
    let mut kept: Vec<KeptConsent> = memory.kept_consents().await?.into_iter().filter(usable).collect();
    // The last one that is signed, or else the last one: the order in time stays within both.
    kept.sort_by_key(|kept| kept.consent.status != ConsentStatus::Valid);
    let kept = kept.into_iter().next().or_problem(|| {
        Problem::new(Exit::SignatureNeeded, "there is no consent yet")
            .next("ask for one: openpayments consents create --bank BIC")
    })?;
    Ok((kept.consent.id, at.same(connection, kept.whom)?))
}

/// An error of reading by a consent, with the command that helps where the consent is what is wrong.
pub(crate) fn advise(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Error>() {
        Ok(error) if Exit::of_kind(error.kind()) == Exit::SignatureNeeded => {
            Problem::new(Exit::SignatureNeeded, "the consent cannot be used any more")
                .next("ask for a new one: openpayments consents create --bank BIC")
                .because(error)
                .into()
        }
        Ok(error) => error.into(),
        Err(error) => error,
    }
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::Create(arguments) => create::run(arguments, &connection).await,
        Command::List => list::run(&connection).await,
        Command::Show(named) => show::run(&named, &connection).await,
        Command::Status(named) => status::run(&named, &connection).await,
        Command::Sign(arguments) => sign::run(&arguments, &connection).await,
        Command::Revoke(named) => revoke::run(&named, &connection).await,
    }
}
