//! `openpayments payments`: created, signed, followed, cancelled; never sent twice.

mod begin;
mod bulk;
mod cancel;
mod create;
mod forget;
mod list;
mod number;
mod order;
mod reconcile;
mod rows;
mod show;
mod sign;
mod status;
mod watch;

use openpayments::model::identifier::PaymentId;
use openpayments::model::payment::{PaymentPath, PaymentRef};

pub(crate) use self::begin::Begun;
pub(crate) use self::order::Product;
pub(crate) use self::rows::{BadCell, Checked};
use crate::arguments::Options;
use crate::at_bank::{AtBank, Whom};
use crate::connection::Connection;
use crate::memory::{KeptPayment, Memory};
use crate::output::Output;
use crate::problem::{OrProblem, Problem};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create a payment, or a standing order, and have it signed.
    Create(Box<create::Arguments>),
    /// Create many payments from a CSV file at once, and have them signed.
    Bulk(Box<bulk::Arguments>),
    /// List the payments that were begun here.
    List,
    /// Show a payment as the bank keeps it.
    Show(Named),
    /// Show where a payment stands.
    Status(Named),
    /// Follow a payment until the bank has settled or rejected it.
    Watch(Named),
    /// Have a payment signed that is not signed yet.
    Sign(sign::Arguments),
    /// Take back a payment that is not executed yet.
    Cancel(cancel::Arguments),
    /// Find out what became of a payment whose answer never came.
    Reconcile(Named),
    /// Forget a payment here, when you know what became of it. The bank is not told.
    Forget(forget::Arguments),
}

/// A payment that was begun before.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The payment, by its id or key, or how either begins; the last one, if it is not named.
    #[arg(value_name = "PAYMENT")]
    text: Option<String>,
    /// What kind of payment it is, if it was not created here: payments/domestic for example.
    #[arg(long, value_name = "SERVICE/PRODUCT")]
    kind: Option<PaymentPath>,
    #[command(flatten)]
    pub(crate) at: AtBank,
}

impl Named {
    /// The payment as it is remembered.
    async fn kept(&self, connection: &Connection) -> anyhow::Result<Option<KeptPayment>> {
        let kept = Memory::open(connection)?.kept_payments().await?;
        let Some(text) = &self.text else {
            return Ok(kept.into_iter().next());
        };
        let exact = kept.iter().find(|kept| kept.key() == text || kept.is_called(text));
        if let Some(kept) = exact {
            return Ok(Some(kept.clone()));
        }
        let begins = |kept: &&KeptPayment| {
            let id = kept.payment().map(|payment| payment.id.as_str());
            text.len() >= 4 && (kept.key().starts_with(text) || id.is_some_and(|id| id.starts_with(text)))
        };
        let mut alike = kept.iter().filter(begins);
        match (alike.next(), alike.next()) {
            (Some(one), None) => Ok(Some(one.clone())),
            (Some(_), Some(_)) => Err(Problem::usage("several payments begin like that")
                .next("write more of it; openpayments payments list shows them")
                .into()),
            _ => Ok(None),
        }
    }

    /// The payment at the bank, and for whom it is.
    async fn find(&self, connection: &Connection) -> anyhow::Result<(PaymentRef, Whom)> {
        if let Some(kept) = self.kept(connection).await? {
            let payment = kept.payment().or_problem(|| {
                Problem::new(
                    crate::exit::Exit::OutcomeUnknown,
                    "it is not known whether this payment was created",
                )
                .next(format!("openpayments payments reconcile {}", kept.key()))
            })?;
            return Ok((payment.clone(), self.at.same(connection, kept.whom().cloned())?));
        }
        let unknown = || {
            Problem::usage("there is no such payment here").next(
                "openpayments payments list shows those there are; for another one give --kind and --bank",
            )
        };
        let (text, kind) = (self.text.as_deref().or_problem(unknown)?, self.kind.or_problem(unknown)?);
        let payment = PaymentRef { path: kind, id: PaymentId::parse(text)? };
        Ok((payment, self.at.whom(connection)?))
    }
}

pub(crate) async fn run(command: Command, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    match command {
        Command::Create(arguments) => create::run(&arguments, &connection).await,
        Command::Bulk(arguments) => bulk::run(&arguments, &connection).await,
        Command::List => list::run(&connection).await,
        Command::Show(named) => show::run(&named, &connection).await,
        Command::Status(named) => status::run(&named, &connection).await,
        Command::Watch(named) => watch::run(&named, &connection).await,
        Command::Sign(arguments) => sign::run(&arguments, &connection).await,
        Command::Cancel(arguments) => cancel::run(&arguments, &connection).await,
        Command::Reconcile(named) => reconcile::run(&named, &connection).await,
        Command::Forget(arguments) => forget::run(&arguments, &connection).await,
    }
}
