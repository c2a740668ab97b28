//! Finds out what became of a payment whose answer never came.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use openpayments_api::CallContext;
use openpayments_api::account::{ListAccounts, ListTransactions};
use openpayments_api::payment::{GetPaymentStatus, payment_at};
use openpayments_client::{Caller, Error, ErrorKind, TransactionPages};
use openpayments_model::account::Account;
use openpayments_model::identifier::ConsentId;
use openpayments_model::payment::{Likeness, PaymentRef, PaymentState, PaymentTerms};
use openpayments_model::transaction::{BookingStatus, Transaction};

use crate::{CallError, PaymentIntent, Payments, StoreError};

/// What is known of a payment after looking for it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reconciled {
    /// It exists, by this id, and stands so. The store knows.
    Found {
        /// The payment.
        payment: PaymentRef,
        /// Where it stands.
        state: PaymentState,
    },
    /// The account shows money that left like this payment's. By which id the payment goes is not known; whether it is
    /// this one a person decides, unless [by reference](Self::Seen::by_reference).
    Seen {
        /// The entries, booked and pending.
        entries: Vec<Transaction>,
        /// Whether they carry the payment's own reference, so that it is this one if you give each payment another.
        by_reference: bool,
    },
    /// Nothing was found yet. **That does not say that it does not exist**: a bank may be slow, and a payment that nobody
    /// has signed shows in no account. The platform has no list of payments and finds none by a request's id: only its
    /// support can tell, by the id of the request.
    NotFoundYet {
        /// Whether there was a consent to look at the account by.
        looked_at_account: bool,
    },
}

/// Finds out what became of the payment of this key. It only reads, and what it finds by id is kept in the store.
///
/// In this order: by its id, where it is known; by the `Location` of an answer that broke off; with a `consent`, by the
/// entries of the debtor's account since two days before: those with the payment's own reference, or else those of its
/// amount within two days after it was begun to which nothing else speaks against. Give each payment a reference of its own
/// (`endToEndIdentification`) and the account tells for certain. The context must be the one it was begun in.
///
/// # Errors
/// [`CallError::Store`] when the store fails; [`StoreError::NotThere`] behind it when nothing was begun under the key.
/// [`CallError::Call`] when a reading fails; nothing is lost by that.
pub async fn reconcile_payment(
    payments: &Payments,
    caller: &Caller,
    context: &CallContext,
    key: &str,
    consent: Option<&ConsentId>,
) -> Result<Reconciled, CallError> {
    let intent = payments.get(key).await?.ok_or(StoreError::NotThere)?;
    if let Some(payment) = intent.payment() {
        let state = status(caller, context, payment).await?;
        return found(payments, key, payment.clone(), state).await;
    }
    if let Some(payment) = located(&intent) {
        match status(caller, context, &payment).await {
            Ok(state) => {
                payments.found(key, &payment).await?;
                return found(payments, key, payment, state).await;
            }
            // The bank knows no such payment; the account may tell more.
            Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::Unsupported) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let (Some(consent), Some(terms)) = (consent, &intent.terms) else {
        return Ok(Reconciled::NotFoundYet { looked_at_account: false });
    };
    let look = Look { caller, context, consent, terms, begun_at: intent.begun_at };
    look.at_accounts().await
}

async fn status(caller: &Caller, context: &CallContext, payment: &PaymentRef) -> Result<PaymentState, Error> {
    Ok(caller.call(&GetPaymentStatus::new(payment.clone()), context).await?.body)
}

/// Where its answer said that it is; a redirect says where else to ask, and nobody follows that.
fn located(intent: &PaymentIntent) -> Option<PaymentRef> {
    let request = intent.unanswered()?;
    let is_redirect = request.http_status.is_some_and(|status| (300..400).contains(&status));
    payment_at(intent.path, request.location.as_deref().filter(|_| !is_redirect)?)
}

async fn found(
    payments: &Payments,
    key: &str,
    payment: PaymentRef,
    state: PaymentState,
) -> Result<Reconciled, CallError> {
    match payments.note_status(key, &state.transaction_status).await {
        // A final status stays in the store; the caller sees what the bank says now.
        Ok(()) | Err(StoreError::Illegal { .. }) => Ok(Reconciled::Found { payment, state }),
        Err(error) => Err(error.into()),
    }
}

/// A look at the debtor's accounts.
struct Look<'a> {
    caller: &'a Caller,
    context: &'a CallContext,
    consent: &'a ConsentId,
    terms: &'a PaymentTerms,
    begun_at: Timestamp,
}

impl Look<'_> {
    async fn at_accounts(&self) -> Result<Reconciled, CallError> {
        let accounts = self.caller.call(&ListAccounts::new(self.consent.clone()), self.context).await?.body;
        let (mut by_reference, mut by_amount) = (Vec::new(), Vec::new());
        for account in accounts.into_iter().filter(|account| self.terms.may_be_paid_from(account)) {
            for entry in self.entries_of(account).await? {
                match self.terms.likeness(&entry) {
                    Some(Likeness::Reference) => by_reference.push(entry),
                    Some(_) if self.is_of_these_days(&entry) => by_amount.push(entry),
                    _ => {}
                }
            }
        }
        Ok(match (by_reference.is_empty(), by_amount.is_empty()) {
            (false, _) => Reconciled::Seen { entries: by_reference, by_reference: true },
            (true, false) => Reconciled::Seen { entries: by_amount, by_reference: false },
            (true, true) => Reconciled::NotFoundYet { looked_at_account: true },
        })
    }

    async fn entries_of(&self, account: Account) -> Result<Vec<Transaction>, CallError> {
        let first = self.day().saturating_sub(Span::new().days(2));
        let list = ListTransactions::new(self.consent.clone(), account.resource_id, first);
        let list = list.booking_status(BookingStatus::Both);
        let mut pages = TransactionPages::new(self.caller.clone(), self.context.clone(), list);
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await? {
            let report = page.body.transactions;
            entries.extend(report.booked.into_iter().chain(report.pending));
        }
        Ok(entries)
    }

    /// The day it was begun; banks count by their own clock, so a day more or less is no difference.
    fn day(&self) -> jiff::civil::Date {
        self.begun_at.to_zoned(TimeZone::UTC).date()
    }

    fn is_of_these_days(&self, entry: &Transaction) -> bool {
        let last = self.day().saturating_add(Span::new().days(2));
        entry.booking_date.or(entry.value_date).is_none_or(|day| day <= last)
    }
}
