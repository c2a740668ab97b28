//! Follows a payment after it is signed. Signed is not settled: some banks take minutes.

use std::time::Duration;

use openpayments_api::CallContext;
use openpayments_api::payment::GetPaymentStatus;
use openpayments_model::payment::{PaymentRef, PaymentState};

use crate::{Caller, Error, Response};

/// Seconds between questions; the last goes on.
const PAUSES: [u64; 6] = [1, 2, 5, 10, 30, 60];

/// Asks for a payment's status, less and less often, until it is final or half an hour has passed.
#[derive(Debug)]
pub struct PaymentFollower {
    caller: Caller,
    context: CallContext,
    payment: PaymentRef,
    asked: usize,
    last: Option<PaymentState>,
    give_up_at: Duration,
}

impl PaymentFollower {
    /// Follows `payment` for 30 minutes at most.
    pub fn new(caller: Caller, context: CallContext, payment: PaymentRef) -> Self {
        let give_up_at = caller.clock().monotonic() + Duration::from_mins(30);
        Self { caller, context, payment, asked: 0, last: None, give_up_at }
    }

    /// Waits for the next answer: the first comes at once. `None` after a final status, and when time is up: then the
    /// payment is still pending, which is no failure.
    ///
    /// # Errors
    /// As [`Caller::call`]; calling again goes on.
    pub async fn next(&mut self) -> Result<Option<Response<PaymentState>>, Error> {
        if self.last.as_ref().is_some_and(|state| state.transaction_status.is_final()) {
            return Ok(None);
        }
        if self.asked > 0 {
            let seconds = PAUSES.get(self.asked - 1).or(PAUSES.last()).copied().unwrap_or(60);
            let clock = self.caller.clock();
            if clock.monotonic() + Duration::from_secs(seconds) > self.give_up_at {
                return Ok(None);
            }
            clock.sleep(Duration::from_secs(seconds)).await;
        }
        self.asked += 1;
        let state = self.caller.call(&GetPaymentStatus::new(self.payment.clone()), &self.context).await?;
        self.last = Some(state.body.clone());
        Ok(Some(state))
    }
}
