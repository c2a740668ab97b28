//! `openpayments payments sign`.

use openpayments::Bank;
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::sca::{ResourceStatus, Subject};

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptPayment, Memory};
use crate::money::Money;
use crate::problem::Problem;
use crate::signing::Signing;
use crate::views::payments::{Signed, status_words};

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
    let status = match arguments.named.kept(connection).await? {
        Some(kept) => finish(connection, &bank, kept, &payment, &arguments.signing).await?,
        None => {
            status_of(arguments.signing.sign(connection, &bank, payment.clone(), None).await?.into_result()?)
        }
    };
    connection.output.answer(&Signed { payment, status });
    Ok(())
}

/// Has a payment signed that is remembered: goes on with a signature that was begun, starts none where none is needed.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    mut kept: KeptPayment,
    payment: &PaymentRef,
    signing: &Signing,
) -> anyhow::Result<TransactionStatus> {
    let memory = Memory::open(connection)?;
    let read = bank.payment_status(payment);
    let now = connection.output.waiting("Asking for the status", read).await?.body.transaction_status;
    kept.status = Some(now.clone());
    memory.keep_payment(&kept).await?;
    if now.is_refused() {
        return Err(over(&now).into());
    }
    if now.is_final() || now == TransactionStatus::AcceptedSettlementInProcess {
        return Ok(now);
    }
    connection.output.note(format_args!("Payment {} is to be signed: {}.", payment.id, kept.amount));
    let subject = Subject::Payment(payment.clone());
    let begun = memory.sessions().await?.into_iter().find(|session| session.subject == subject);
    let outcome = match begun {
        Some(session) => {
            let (sca, is_at_bank) = memory.session(connection, &session)?;
            signing.resume(connection, sca, is_at_bank).await?
        }
        None => signing.sign(connection, bank, payment.clone(), Some(kept.terms.clone())).await?,
    };
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let signed = outcome.into_result().map(status_of);
    // Also where it was not signed: the bank may have ended the payment with the signature.
    kept.status = match &signed {
        Ok(status) => Some(status.clone()),
        Err(_) => bank.payment_status(payment).await.ok().map(|state| state.body.transaction_status),
    };
    memory.keep_payment(&kept).await?;
    Ok(signed?)
}

/// A payment that will never be executed.
pub(super) fn over(status: &TransactionStatus) -> Problem {
    Problem::new(Exit::Refused, format!("the payment is over: {}", status_words(status)))
        .next("create it anew, with another --key")
}

fn status_of(status: ResourceStatus) -> TransactionStatus {
    match status {
        ResourceStatus::Payment(status)
        | ResourceStatus::Cancellation(status)
        | ResourceStatus::Basket(status) => status,
        _ => TransactionStatus::from(""),
    }
}
