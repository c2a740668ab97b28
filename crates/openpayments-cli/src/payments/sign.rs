//! `openpayments payments sign`.

use openpayments::Bank;
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::TransactionStatus;
use openpayments::sca::{ResourceStatus, ScaErrorKind};

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
    let kept = arguments.named.kept(connection).await?;
    let status = finish(connection, &bank, kept.as_ref(), &payment, &arguments.signing).await?;
    connection.output.answer(&Signed { payment, status });
    Ok(())
}

/// Has a payment signed: goes on with a signature that was begun, starts none where none is needed.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    kept: Option<&KeptPayment>,
    payment: &PaymentRef,
    signing: &Signing,
) -> anyhow::Result<TransactionStatus> {
    let memory = Memory::open(connection)?;
    let note = async |status: &TransactionStatus| match kept {
        Some(kept) => memory.note_payment(kept.key(), status).await,
        None => Ok(()),
    };
    let read = bank.payment_status(payment);
    let now = connection.output.waiting("Asking for the status", read).await?.body.transaction_status;
    note(&now).await?;
    let is_signed = now.is_final() || now == TransactionStatus::AcceptedSettlementInProcess;
    if now.is_refused() || is_signed {
        // A run that was killed may have left it.
        memory.forget_session_of(connection, &payment.clone().into()).await?;
    }
    if now.is_refused() {
        return Err(over(&now).into());
    }
    if is_signed {
        return Ok(now);
    }
    let amount = kept.map(KeptPayment::amount).unwrap_or_default();
    connection.output.note(format_args!("Payment {} is to be signed: {amount}.", payment.id));
    let terms = kept.and_then(|kept| kept.intent.terms.clone());
    let outcome = signing.sign(connection, bank, payment.clone(), terms).await?;
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let signed = outcome.into_result().map(status_of);
    // Also where it was not signed: the bank may have ended the payment with the signature.
    let status = match &signed {
        Ok(status) => Some(status.clone()),
        Err(_) => bank.payment_status(payment).await.ok().map(|state| state.body.transaction_status),
    };
    if let Some(status) = status {
        note(&status).await?;
    }
    signed.map_err(|error| match error.kind() {
        ScaErrorKind::NeedsAnotherSigner => Problem::new(Exit::SignatureNeeded, error.to_string())
            .next(format!("the other signer: openpayments payments sign {} --psu NUMBER", payment.id))
            .into(),
        _ => error.into(),
    })
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
