//! A payment that was begun and not signed can still be signed in the bank's app. Before another one is begun it is
//! cancelled at the bank, so that nobody pays twice for what he wanted once.

use openpayments::api::payment::Cancellation;
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::*;
use openpayments::sca::ResourceStatus;
use uuid::Uuid;

use crate::app::{App, Visitor};
use crate::errand::Errand;
use crate::failure::Failure;

/// Sees to it that nothing is left of this order, or of what this browser paid for last, that could still be signed.
// ANCHOR: close
pub async fn close(app: &App, visitor: &Visitor, order: Uuid) -> Result<(), Failure> {
    for errand in app.errands.payments_before(visitor, order) {
        if let Some(paid) = cancel(app, visitor, &errand).await? {
            app.errands.note_paid(&errand, paid).await?;
            return Err(Failure::Paid);
        }
    }
    Ok(())
}

/// Cancels a payment at the bank; gives its status if it is paid instead.
pub async fn cancel(
    app: &App,
    visitor: &Visitor,
    errand: &Errand,
) -> Result<Option<TransactionStatus>, Failure> {
    let Some(payment) = errand.payment() else { return Ok(None) };
    let bank = app.bank(&errand.customer, visitor)?;
    let status = bank.payment_status(payment).await?.body.transaction_status;
    if status.is_refused() {
        return Ok(None);
    }
    if status.is_final() || status == TransactionStatus::AcceptedSettlementInProcess {
        return Ok(Some(status));
    }
    match bank.cancel_payment(payment).await {
        Ok(answer) if matches!(answer.body, Cancellation::Done) => Ok(None),
        // Whether it will be signed is not known: nothing else is begun before that is.
        _ => Err(Failure::StillOpen),
    }
}
// ANCHOR_END: close

/// How a payment ended of which the bank says that it is paid.
pub fn paid(status: TransactionStatus) -> Outcome {
    Outcome::Completed(ResourceStatus::Payment(status))
}
