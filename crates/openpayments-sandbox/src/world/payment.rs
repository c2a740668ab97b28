//! Payments: from their creation over the signature to the booking.

use jiff::Timestamp;
use jiff::civil::Date;
use openpayments_model::Amount;
use openpayments_model::status::TransactionStatus;
use rust_decimal::Decimal;
use serde_json::Value;

use super::account::accounts_of;
use super::agenda::Due;
use super::{Message, Owner, World};
use crate::clock::{day_of, later};

/// One payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) owner: Owner,
    pub(crate) product: &'static str,
    pub(crate) debtor: String,
    pub(crate) creditor: String,
    pub(crate) creditor_name: String,
    pub(crate) amount: Amount,
    pub(crate) text: String,
    pub(crate) execution: Option<Date>,
    /// What a read gives back.
    pub(crate) stored: Value,
    pub(crate) status: TransactionStatus,
    pub(crate) message: Option<Message>,
    pub(crate) signers: Vec<String>,
    /// Who has signed its cancellation, once that was asked for and is to be signed.
    pub(crate) cancellation: Option<Vec<String>>,
    /// The `X-Request-ID` that created it.
    pub(crate) request_id: String,
}

/// Money that has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Booking {
    /// The payment that was booked.
    pub payment_id: String,
    /// The `X-Request-ID` of the call that created the payment.
    pub request_id: String,
    /// The bank's BIC.
    pub bank: String,
    /// The debtor's account number, as the payment named it.
    pub debtor: String,
    /// The creditor's account or giro number.
    pub creditor: String,
    /// The creditor's name.
    pub creditor_name: String,
    /// What was paid.
    pub amount: Amount,
    /// What left the debtor's account, in its own currency.
    pub debited: Decimal,
    /// The text for the creditor.
    pub text: String,
    /// The day of booking.
    pub date: Date,
}

impl Payment {
    /// Whether signing it still makes a difference.
    pub(crate) fn awaits_signature(&self) -> bool {
        self.status.as_str() == self.owner.bank.created_status
            || self.status == TransactionStatus::PartiallyAcceptedTechnical
    }

    pub(crate) fn describe(&self) -> Vec<(&'static str, String)> {
        let mut rows = vec![
            ("Amount", self.amount.to_string()),
            ("To", self.creditor_name.clone()),
            ("Recipient's account", self.creditor.clone()),
            ("From account", self.debtor.clone()),
        ];
        if !self.text.is_empty() {
            rows.push(("Message", self.text.clone()));
        }
        if let Some(day) = self.execution {
            rows.push(("On", day.to_string()));
        }
        rows
    }

    fn holder(&self) -> String {
        super::holder(&self.owner, &self.signers)
    }
}

impl World {
    /// Who has signed the cancellation of the payment, while there is something to sign and to cancel.
    pub(super) fn cancellation_signers(&self, id: &str) -> Option<Vec<String>> {
        let payment = self.payments.get(id).filter(|payment| !payment.status.is_final())?;
        payment.cancellation.clone()
    }

    /// Somebody has signed the cancellation: with the last signature the payment is cancelled.
    pub(super) fn sign_cancellation(&mut self, id: &str, psu: &str, wants_second: bool) {
        let Some(payment) = self.payments.get_mut(id) else {
            return;
        };
        let signers = payment.cancellation.get_or_insert_default();
        if !signers.iter().any(|signer| signer == psu) {
            signers.push(psu.to_owned());
        }
        if !wants_second {
            payment.status = TransactionStatus::Cancelled;
        }
    }

    /// Somebody has signed: the bank accepts the payment and books it when its time comes.
    pub(crate) fn sign_payment(&mut self, id: &str, psu: &str, wants_second: bool, now: Timestamp) {
        let settle_after = self.rules.settle_after;
        let Some(payment) = self.payments.get_mut(id) else {
            return;
        };
        if !payment.signers.iter().any(|signer| signer == psu) {
            payment.signers.push(psu.to_owned());
        }
        if wants_second {
            payment.status = TransactionStatus::PartiallyAcceptedTechnical;
            return;
        }
        let delay = settle_after.unwrap_or(payment.owner.bank.settles_after);
        let start = payment.execution.and_then(start_of).filter(|start| *start > now);
        payment.status = match start {
            // Signed, for a later day.
            Some(_) => TransactionStatus::AcceptedCustomerProfile,
            None => TransactionStatus::AcceptedSettlementInProcess,
        };
        self.agenda.note(later(start.unwrap_or(now), delay), Due::Settles { payment: id.to_owned() });
    }

    /// Books a signed payment, or rejects it for lack of funds.
    pub(crate) fn settle(&mut self, id: &str, now: Timestamp) {
        let Some(payment) = self.payments.get(id) else {
            return;
        };
        let accepted = matches!(
            payment.status,
            TransactionStatus::AcceptedSettlementInProcess | TransactionStatus::AcceptedCustomerProfile
        );
        if !accepted {
            return;
        }
        let accounts = accounts_of(
            &self.mint,
            payment.owner.bank,
            payment.owner.context,
            &payment.holder(),
            self.rules.started,
        );
        // An account we do not hold (the samples of the vendor have such) pays without a limit.
        let debtor = accounts.iter().find(|account| account.is(&payment.debtor));
        let debited = match debtor {
            Some(account) => exchanged(&payment.amount, &account.currency),
            None => payment.amount.value(),
        };
        let short = debtor.is_some_and(|account| account.available(&self.bookings, day_of(now)) < debited);
        let booking = Booking {
            payment_id: id.to_owned(),
            request_id: payment.request_id.clone(),
            bank: payment.owner.bank.bic.to_owned(),
            debtor: payment.debtor.clone(),
            creditor: payment.creditor.clone(),
            creditor_name: payment.creditor_name.clone(),
            amount: payment.amount,
            debited,
            text: payment.text.clone(),
            date: day_of(now),
        };
        let Some(payment) = self.payments.get_mut(id) else {
            return;
        };
        if short {
            payment.status = TransactionStatus::Rejected;
            // No source names the code for missing funds; PAYMENT_FAILED is the standard's general one.
            let text = "not enough money on the account";
            payment.message = Some(Message { code: "PAYMENT_FAILED", text });
        } else {
            payment.status = TransactionStatus::AcceptedSettlementCompleted;
            self.bookings.push(booking);
        }
    }
}

fn start_of(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// The amount in another currency at rates that never change and are nobody's.
pub(crate) fn exchanged(amount: &Amount, into: &str) -> Decimal {
    let from = amount.currency();
    if from.as_str() == into {
        return amount.value();
    }
    let in_kronor = amount.value().checked_mul(kronor(from.as_str())).unwrap_or(Decimal::MAX);
    in_kronor.checked_div(kronor(into)).unwrap_or(Decimal::MAX).round_dp(2)
}

fn kronor(currency: &str) -> Decimal {
    match currency {
        "SEK" => Decimal::ONE,
        "NOK" => Decimal::new(98, 2),
        "DKK" => Decimal::new(152, 2),
        "EUR" => Decimal::new(1134, 2),
        "GBP" => Decimal::new(1312, 2),
        _ => Decimal::TEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_rounded_to_cents() {
        let euro = Amount::parse("EUR", "1.00").unwrap();
        assert_eq!(exchanged(&euro, "SEK").to_string(), "11.34");
        assert_eq!(exchanged(&euro, "EUR").to_string(), "1.00");
    }
}
