//! `openpayments payments cancel`.

use openpayments::api::payment::Cancellation;
use openpayments::model::status::TransactionStatus;

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::money::Money;
use crate::signing::Signing;
use crate::stop;
use crate::views::payments::Cancelled;

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
    let (payment, whom) = arguments.named.find(connection).await?;
    let bank = arguments.named.at.open(connection, &whom)?;
    arguments.money.allow(connection, payment.id.as_str(), true)?;
    let call = stop::not_to_be_cut_off(bank.cancel_payment(&payment));
    let done = connection.output.waiting("Cancelling the payment", call).await?;
    let signed = matches!(done.body, Cancellation::MustBeSigned(_));
    if signed {
        connection.output.note("The bank wants the cancellation signed.");
        let outcome = arguments.signing.sign(connection, &bank, payment.cancellation(), None).await?;
        connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
        outcome.into_result()?;
    }
    if let Some(mut kept) = arguments.named.kept(connection).await? {
        kept.status = Some(TransactionStatus::Cancelled);
        Memory::open(connection)?.keep_payment(&kept).await?;
    }
    connection.output.answer(&Cancelled {
        payment,
        cancelled: true,
        signed,
        request_id: done.request_id.to_string(),
    });
    Ok(())
}
