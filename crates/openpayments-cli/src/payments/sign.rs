//! `openpayments payments sign`.

use openpayments::Bank;
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::ErrorKind;
use openpayments::sca::{ResourceStatus, Subject};

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptPayment, Memory};
use crate::money::Money;
use crate::problem::Problem;
use crate::signing::Signing;
use crate::views::payments::Signed;

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
    let (payment, whom) = arguments.named.find(connection)?;
    let bank = arguments.named.at.open(connection, &whom)?;
    arguments.money.allow(connection, payment.id.as_str(), true)?;
    let status = match arguments.named.kept(connection)? {
        Some(kept) => finish(connection, &bank, kept, &payment, &arguments.signing).await?,
        None => status_of(arguments.signing.sign(connection, &bank, payment.clone()).await?.into_result()?),
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
    memory.keep_payment(&kept)?;
    if now.is_final() || now == TransactionStatus::AcceptedSettlementInProcess {
        return Ok(now);
    }
    check_amount(connection, bank, &kept, payment).await?;
    let subject = Subject::Payment(payment.clone());
    let begun = memory.sessions()?.into_iter().find(|session| session.subject == subject);
    let outcome = match begun {
        Some(session) => {
            let (sca, is_at_bank) = memory.session(connection, &session)?;
            signing.resume(connection, sca, is_at_bank).await?
        }
        None => signing.sign(connection, bank, payment.clone()).await?,
    };
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let status = status_of(outcome.into_result()?);
    kept.status = Some(status.clone());
    memory.keep_payment(&kept)?;
    Ok(status)
}

/// What the bank keeps must be what was meant, before anybody signs it. Some banks do not tell.
async fn check_amount(
    connection: &Connection,
    bank: &Bank,
    kept: &KeptPayment,
    payment: &PaymentRef,
) -> anyhow::Result<()> {
    let stored = match connection.output.waiting("Reading the payment", bank.payment(payment)).await {
        Ok(stored) => stored.body,
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match stored.instructed_amount {
        Some(amount) if !kept.is_of(amount) => {
            let what =
                format!("the bank keeps this payment with {amount}, and it was created with {}", kept.amount);
            Err(Problem::new(Exit::Refused, what).next("do not sign it; cancel it and ask the bank").into())
        }
        _ => Ok(()),
    }
}

fn status_of(status: ResourceStatus) -> TransactionStatus {
    match status {
        ResourceStatus::Payment(status)
        | ResourceStatus::Cancellation(status)
        | ResourceStatus::Basket(status) => status,
        _ => TransactionStatus::from(""),
    }
}
