//! `openpayments payments forget`.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::problem::{OrProblem, Problem};
use crate::terminal;
use crate::views::payments::Forgotten;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let none = || Problem::usage("there is no such payment here").next("openpayments payments list");
    if arguments.named.text.is_none() {
        return Err(Problem::usage("name the payment that is to be forgotten")
            .next("openpayments payments list")
            .into());
    }
    let kept = arguments.named.kept(connection).await?.or_problem(none)?;
    if !arguments.yes {
        let question = format!(
            "If the payment of {} exists, the same words would pay it again. Forget it? [y/N]",
            kept.amount()
        );
        let confirmed = connection.output.is_interactive()
            && terminal::ask(question)
                .await
                .is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes"));
        if !confirmed {
            return Err(Problem::usage("it is not forgotten").next("give --yes").into());
        }
    }
    Memory::open(connection)?.forget_payment(kept.key()).await?;
    connection.output.answer(&Forgotten { key: kept.key().to_owned(), forgotten: true });
    Ok(())
}
