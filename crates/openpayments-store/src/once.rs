//! Creates a payment once, however often it is asked for, and whatever ends in between.

use openpayments_api::CallContext;
use openpayments_api::payment::{CreatePayment, PaymentCreated};
use openpayments_client::{Caller, Error, ErrorKind, Response};
use openpayments_model::payment::{PaymentOrder, PaymentRef};
use openpayments_model::{Context, Product, ScopeSet};

use crate::{Attempt, Begun, Key, PaymentIntent, PaymentStage, Payments, StoreError, Unanswered};

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
    /// for it with [`reconcile_payment`](crate::reconcile_payment), and tell [`Payments::found`] or
    /// [`Payments::abandoned`] what came of it; a person may also have it made anew with
    /// [`recreate_payment`](crate::recreate_payment).
    #[error("an earlier attempt got no answer, and the payment may exist; nothing was sent now")]
    MayExist(Box<PaymentIntent>),
    /// It may not be created anew. Nothing was sent.
    #[error("it may not be created anew: {0}; nothing was sent")]
    NotAnew(&'static str),
    /// It was created, and meanwhile another attempt took its place. **Do not have this payment signed**; cancel it.
    #[error("meanwhile another attempt took its place; this payment must not be signed")]
    Superseded(Box<PaymentRef>),
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
    key: impl Into<Key>,
    payment: P,
) -> Result<Once, OnceError>
where
    P: PaymentOrder + Send + Sync + 'static,
{
    let intent = intent(caller, context, key.into(), &payment)?;
    let (payments, caller, context) = (payments.clone(), caller.clone(), context.clone());
    let task = tokio::spawn(async move {
        if payments.get(&intent.key).await.map_err(OnceError::Store)?.is_none() {
            // What ends while it waits for a token was not begun: nobody has to wonder whether it exists.
            let scopes = ScopeSet::new(Product::PaymentInitiation, context.context());
            caller.ensure_token(scopes).await.map_err(|error| OnceError::Call(Box::new(error)))?;
        }
        match payments.begin(&intent).await.map_err(OnceError::Store)? {
            Begun::Now(attempt) => send(&payments, &caller, &context, &attempt, &intent.key, payment).await,
            Begun::Before(before) => match before.stage {
                PaymentStage::Created(payment) => Ok(Once { payment, answer: None, recorded: true }),
                _ => Err(OnceError::MayExist(before)),
            },
        }
    });
    task.await.unwrap_or_else(|stopped| Err(OnceError::Store(StoreError::failed(stopped))))
}

/// Sends a payment anew whose first attempt got no answer: never by itself, but when a person has looked for it and wants
/// so. The attempt before may exist at the bank, unsigned, and stays so: it is kept in [`PaymentIntent::given_up`], and if
/// its answer comes late after all, its payment is not handed out.
///
/// Not for business accounts, whose other signers may find both payments in the bank's own channel. At a bank that lets a
/// payment go without a signature (by exemption) the first may be paid already: look at the account before.
///
/// # Errors
/// See [`OnceError`]; [`NotAnew`](OnceError::NotAnew) for business accounts, for one that exists, and for one that was not
/// begun.
pub async fn recreate_payment<P>(
    payments: &Payments,
    caller: &Caller,
    context: &CallContext,
    key: impl Into<Key>,
    payment: P,
) -> Result<Once, OnceError>
where
    P: PaymentOrder + Send + Sync + 'static,
{
    if context.context() == Context::Corporate {
        let why = "both payments could be signed in the bank's own channel";
        return Err(OnceError::NotAnew(why));
    }
    let intent = intent(caller, context, key.into(), &payment)?;
    let (payments, caller, context) = (payments.clone(), caller.clone(), context.clone());
    let task = tokio::spawn(async move {
        let attempt = payments.begin_anew(&intent).await.map_err(|error| match error {
            StoreError::Illegal { .. } => OnceError::NotAnew("it exists"),
            StoreError::NotThere => OnceError::NotAnew("it was not begun"),
            error => OnceError::Store(error),
        })?;
        send(&payments, &caller, &context, &attempt, &intent.key, payment).await
    });
    task.await.unwrap_or_else(|stopped| Err(OnceError::Store(StoreError::failed(stopped))))
}

fn intent<P: PaymentOrder>(
    caller: &Caller,
    context: &CallContext,
    key: Key,
    payment: &P,
) -> Result<PaymentIntent, OnceError> {
    let no_bank = || OnceError::Store(StoreError::failed("the context names no bank"));
    let bank = context.bic().cloned().ok_or_else(no_bank)?;
    PaymentIntent::new(key, bank, payment, caller.clock().wall()).map_err(OnceError::Store)
}

async fn send<P: PaymentOrder + Send + Sync>(
    payments: &Payments,
    caller: &Caller,
    context: &CallContext,
    attempt: &Attempt,
    key: &str,
    payment: P,
) -> Result<Once, OnceError> {
    match caller.call(&CreatePayment::new(payment), context).await {
        Ok(answer) => {
            let payment = answer.body.payment.clone();
            let mut recorded = payments.created(attempt, &payment).await;
            if let Err(StoreError::Superseded | StoreError::Illegal { .. }) = recorded {
                return Err(OnceError::Superseded(Box::new(payment)));
            }
            if recorded.is_ok() && !answer.body.recovered {
                recorded = payments.note_status(key, &answer.body.body.transaction_status).await;
            }
            Ok(Once { payment, answer: Some(answer), recorded: recorded.is_ok() })
        }
        Err(error) => {
            // If this cannot be kept, what is kept says that the payment may exist, which is never wrong.
            let _ = if error.kind() == ErrorKind::OutcomeUnknown {
                payments.unanswered(attempt, &of_error(&error, caller)).await
            } else {
                payments.refused(attempt).await
            };
            Err(OnceError::Call(Box::new(error)))
        }
    }
}

fn of_error(error: &Error, caller: &Caller) -> Unanswered {
    let request_id = error.request_id().map(|id| id.to_string());
    let status = error.http_status().map(|status| status.as_u16());
    let mut unanswered = Unanswered::new(request_id, status, caller.clock().wall());
    if let Some(remains) = error.remains() {
        unanswered.location = remains.location().map(str::to_owned);
        unanswered.body = Some(remains.body().to_owned()).filter(|body| !body.is_empty());
    }
    unanswered
}
