//! `openpayments payments cancel`.

use openpayments::api::payment::Cancellation;
use openpayments::model::status::TransactionStatus;
use openpayments::sca::Subject;

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
    arguments.money.allow(connection, payment.id.as_str(), true).await?;
    let memory = Memory::open(connection)?;
    let subject = Subject::Cancellation(payment.cancellation());
    let begun = memory.session_of(connection, &subject).await?;
    let (outcome, request_id) = if let Some((sca, is_at_bank)) = begun {
        // An earlier run has asked for it, and the bank wants it signed.
        (Some(arguments.signing.resume(connection, sca, is_at_bank).await?), None)
    } else {
        stop::remember_how_to_go_on("say the same again to go on");
        let call = stop::not_to_be_cut_off(bank.cancel_payment(&payment));
        let done = connection.output.waiting("Cancelling the payment", call).await?;
        let outcome = match done.body {
            Cancellation::MustBeSigned(_) => {
                connection.output.note("The bank wants the cancellation signed.");
                Some(arguments.signing.sign(connection, &bank, payment.cancellation(), None).await?)
            }
            _ => None,
        };
        (outcome, Some(done.request_id.to_string()))
    };
    let signed = outcome.is_some();
    if let Some(outcome) = outcome {
        connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
        outcome.into_result()?;
    }
    if let Some(kept) = arguments.named.kept(connection).await? {
        memory.note_payment(kept.key(), &TransactionStatus::Cancelled).await?;
    }
    connection.output.answer(&Cancelled { payment, cancelled: true, signed, request_id });
    Ok(())
}
