//! Creates a payment once, however often it is asked for, and whatever ends in between.

use openpayments_api::CallContext;
use openpayments_api::payment::{CreatePayment, PaymentCreated};
use openpayments_client::{Caller, Error, ErrorKind, Response};
use openpayments_model::payment::{PaymentOrder, PaymentRef};

use crate::{Begun, PaymentIntent, PaymentStage, Payments, StoreError, Unanswered};

/// A payment that exists at the bank.
#[derive(Debug)]
#[non_exhaustive]
pub struct Once {
    /// The payment.
    pub payment: PaymentRef,
    /// The bank's answer, if it was created just now; none when an earlier call did it.
    pub answer: Option<Response<PaymentCreated>>,
    /// Whether the store knows. If it does not, keep [`payment`](Self::payment) yourself: the store has the payment as
    /// one that may exist.
    pub recorded: bool,
}

/// Why there is no payment that can be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError {
    /// It could not be kept, so nothing was sent; or another payment has its key.
    #[error("nothing was sent: {0}")]
    Store(#[source] StoreError),
    /// An earlier call of this key got no answer, or its process ended: the payment may exist. Nothing was sent now. Look
    /// for it by its id, in the account's transactions or with the platform's support, and tell
    /// [`Payments::created`] or [`Payments::abandoned`] what you found.
    #[error("an earlier attempt got no answer, and the payment may exist; nothing was sent now")]
    MayExist(Box<PaymentIntent>),
    /// The call failed. With [`ErrorKind::OutcomeUnknown`] the payment may exist, and the store knows; with every other
    /// kind it does not exist, and its key may be used again.
    #[error("{0}")]
    Call(#[source] Box<Error>),
}

/// Keeps the payment under `key`, sends it, and keeps what came back before it is returned.
///
/// Asked again with the same key and the same payment it sends nothing: it gives the payment of the first time, or says
/// that it may exist. Call, answer and record are one task of their own: they come to their end although this future is
/// dropped.
///
/// # Errors
/// See [`OnceError`].
pub async fn create_payment_once<P>(
    payments: &Payments,
    caller: &Caller,
    context: &CallContext,
    key: &str,
    payment: P,
) -> Result<Once, OnceError>
where
    P: PaymentOrder + Send + Sync + 'static,
{
    let no_bank = || OnceError::Store(StoreError::failed("the context names no bank"));
    let bank = context.bic().cloned().ok_or_else(no_bank)?;
    let intent = PaymentIntent::new(key, bank, &payment, caller.clock().wall()).map_err(OnceError::Store)?;
    let (payments, caller, context) = (payments.clone(), caller.clone(), context.clone());
    let task = tokio::spawn(async move {
        match payments.begin(&intent).await.map_err(OnceError::Store)? {
            Begun::Now => send(&payments, &caller, &context, &intent.key, payment).await,
            Begun::Before(before) => match before.stage {
                PaymentStage::Created(payment) => Ok(Once { payment, answer: None, recorded: true }),
                _ => Err(OnceError::MayExist(before)),
            },
        }
    });
    task.await.unwrap_or_else(|stopped| Err(OnceError::Store(StoreError::failed(stopped))))
}

async fn send<P: PaymentOrder + Send + Sync>(
    payments: &Payments,
    caller: &Caller,
    context: &CallContext,
    key: &str,
    payment: P,
) -> Result<Once, OnceError> {
    match caller.call(&CreatePayment::new(payment), context).await {
        Ok(answer) => {
            let payment = answer.body.payment.clone();
            let mut recorded = payments.created(key, &payment).await;
            if recorded.is_ok() && !answer.body.recovered {
                recorded = payments.note_status(key, &answer.body.body.transaction_status).await;
            }
            Ok(Once { payment, answer: Some(answer), recorded: recorded.is_ok() })
        }
        Err(error) => {
            // If this cannot be kept, what is kept says that the payment may exist, which is never wrong.
            let _ = if error.kind() == ErrorKind::OutcomeUnknown {
                let request_id = error.request_id().map(|id| id.to_string());
                let status = error.http_status().map(|status| status.as_u16());
                payments.unanswered(key, &Unanswered::new(request_id, status, caller.clock().wall())).await
            } else {
                payments.refused(key).await
            };
            Err(OnceError::Call(Box::new(error)))
        }
    }
}
