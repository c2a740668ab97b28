//! `openpayments baskets sign`.

use openpayments::Bank;
use openpayments::model::status::TransactionStatus;
use openpayments::sca::ResourceStatus;

use super::Named;
use crate::connection::Connection;
use crate::memory::{KeptBasket, Memory};
use crate::money::Money;
use crate::problem::{OrProblem, Problem};
use crate::signing::Signing;
use crate::views::baskets::Status;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    money: Money,
    #[command(flatten)]
    signing: Signing,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom, kept) = arguments.named.find(connection).await?;
    let bank = arguments.named.at.open(connection, &whom)?;
    arguments.money.allow(connection, id.as_str(), true).await?;
    let mut kept = kept.or_problem(|| {
        Problem::usage("this basket was not created here")
            .next("openpayments baskets list shows those that were")
    })?;
    let status = finish(connection, &bank, &mut kept, &arguments.signing).await?;
    connection.output.answer(&Status { basket: id, status, payments: Vec::new() });
    Ok(())
}

/// Has a basket signed, going on with a signature that was begun.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    kept: &mut KeptBasket,
    signing: &Signing,
) -> anyhow::Result<TransactionStatus> {
    let memory = Memory::open(connection)?;
    connection.output.note(format_args!(
        "Basket {} of {} payments is to be signed.",
        kept.id,
        kept.payments.len()
    ));
    let outcome = signing.sign(connection, bank, kept.id.clone(), None).await?;
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    if let ResourceStatus::Basket(status) = outcome.into_result()? {
        kept.status = status;
        memory.keep_basket(kept).await?;
    }
    Ok(kept.status.clone())
}
