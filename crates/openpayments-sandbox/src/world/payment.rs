//! Payments, single, periodic and bulk: from their creation over the signature to the booking.

use jiff::Timestamp;
use jiff::civil::Date;
use openpayments_model::Amount;
use openpayments_model::payment::PaymentProduct;
use openpayments_model::status::TransactionStatus;
use rust_decimal::Decimal;
use serde_json::Value;

use super::account::accounts_of;
use super::agenda::Due;
use super::scenario::{Behaviour, behaviour_of};
use super::schedule::Schedule;
use super::{Message, Owner, World};
use crate::clock::{day_of, later};

/// One payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) owner: Owner,
    pub(crate) service: Service,
    pub(crate) product: PaymentProduct,
    pub(crate) debtor: String,
    /// Who gets what: several in a bulk payment, else one.
    pub(crate) transfers: Vec<Transfer>,
    /// The days of a periodic payment.
    pub(crate) schedule: Option<Schedule>,
    /// The day of a payment that is not periodic.
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

/// How a payment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Single,
    /// Again and again.
    Periodic,
    /// Several from one account.
    Bulk,
}

impl Service {
    pub(crate) const ALL: [Self; 3] = [Self::Single, Self::Periodic, Self::Bulk];

    /// Its word in paths.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Single => "payments",
            Self::Periodic => "periodic-payments",
            Self::Bulk => "bulk-payments",
        }
    }
}

/// One creditor's part of a payment.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    pub(crate) creditor: String,
    /// What kind of number that is, as transactions name it.
    pub(crate) creditor_kind: &'static str,
    pub(crate) creditor_name: String,
    pub(crate) amount: Amount,
    pub(crate) text: String,
    /// The payer's reference.
    pub(crate) reference: Option<String>,
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
    /// What kind of number that is: `iban`, `bban`, `bankGiro` or `plusGiro`, as transactions name it.
    pub creditor_kind: &'static str,
    /// The creditor's name.
    pub creditor_name: String,
    /// What was paid.
    pub amount: Amount,
    /// What left the debtor's account, in its own currency.
    pub debited: Decimal,
    /// The text for the creditor.
    pub text: String,
    /// The payer's reference that travelled with it.
    pub reference: Option<String>,
    /// The day of booking.
    pub date: Date,
}

impl Payment {
    /// Whether signing it still makes a difference.
    pub(crate) fn awaits_signature(&self) -> bool {
        let is_unsigned = self.signers.is_empty() && !self.has_ended();
        is_unsigned || self.status == TransactionStatus::PartiallyAcceptedTechnical
    }

    /// Whether nothing more comes of it.
    pub(crate) fn has_ended(&self) -> bool {
        self.status.is_final() || self.status == TransactionStatus::PartiallyAccepted
    }

    /// The day of the next transfer, where one is set.
    fn next_day(&self) -> Option<Date> {
        match &self.schedule {
            Some(schedule) => schedule.next_day(),
            None => self.execution,
        }
    }

    fn holder(&self) -> String {
        super::holder(&self.owner, &self.signers)
    }
}

impl World {
    /// Who has signed the cancellation of the payment, while there is something to sign and to cancel.
    pub(super) fn cancellation_signers(&self, id: &str) -> Option<Vec<String>> {
        let payment = self.payments.get(id).filter(|payment| !payment.has_ended())?;
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
        if behaviour_of(psu) == Behaviour::OverLimit {
            payment.status = TransactionStatus::Rejected;
            let text = "more than may be paid in a day";
            payment.message = Some(Message { code: "DAILY_LIMIT", text });
            return;
        }
        let delay = settle_after.unwrap_or(payment.owner.bank.settles_after(payment.owner.context));
        if let Some(schedule) = &mut payment.schedule {
            schedule.skip_to(day_of(now));
            if schedule.next_day().is_none() {
                payment.status = TransactionStatus::Rejected;
                let text = "signed after its last day";
                payment.message = Some(Message { code: "EXECUTION_DATE_INVALID", text });
                return;
            }
        }
        let start = payment.next_day().and_then(start_of).filter(|start| *start > now);
        payment.status = match start {
            // Signed, for a later day.
            Some(_) => TransactionStatus::AcceptedCustomerProfile,
            None => payment.owner.bank.signed_status(payment.owner.context),
        };
        self.agenda.note(later(start.unwrap_or(now), delay), Due::Settles { payment: id.to_owned() });
    }

    /// Books what is due of a signed payment, as far as the money goes.
    pub(crate) fn settle(&mut self, id: &str, now: Timestamp) {
        let Some(payment) = self.payments.get(id) else {
            return;
        };
        if payment.has_ended() {
            return;
        }
        let due = self.bookings_due(id, payment, day_of(now));
        let missed = payment.transfers.len().saturating_sub(due.len());
        let delay =
            self.rules.settle_after.unwrap_or(payment.owner.bank.settles_after(payment.owner.context));
        let Some(payment) = self.payments.get_mut(id) else {
            return;
        };
        // No source names the code for missing funds; PAYMENT_FAILED is the standard's general one.
        let text = "not enough money on the account";
        payment.message = (missed > 0).then_some(Message { code: "PAYMENT_FAILED", text });
        payment.status = match (due.is_empty(), missed) {
            (true, _) => TransactionStatus::Rejected,
            (false, 0) => TransactionStatus::AcceptedSettlementCompleted,
            (false, _) => TransactionStatus::PartiallyAccepted,
        };
        if let Some(schedule) = &mut payment.schedule {
            // An instalment for which there was no money is left out; the next one comes all the same. Sources are
            // silent on this, and on the status of an order that goes on.
            schedule.paid = schedule.paid.saturating_add(u32::from(missed == 0));
            schedule.next += 1;
            if let Some(start) = schedule.next_day().and_then(start_of) {
                payment.status = TransactionStatus::AcceptedSettlementInProcess;
                self.agenda.note(later(start.max(now), delay), Due::Settles { payment: id.to_owned() });
            } else if schedule.paid > 0 {
                payment.status = TransactionStatus::AcceptedSettlementCompleted;
            }
        }
        self.bookings.extend(due);
    }

    /// One booking for each transfer that there is money for.
    fn bookings_due(&self, id: &str, payment: &Payment, today: Date) -> Vec<Booking> {
        let bank = &payment.owner.bank;
        let accounts =
            accounts_of(&self.mint, bank, payment.owner.context, &payment.holder(), self.rules.started);
        // An account we do not hold (the samples of the vendor have such) pays without a limit.
        let debtor = accounts.iter().find(|account| account.is(&payment.debtor));
        let mut left = debtor.map(|account| account.available(&self.bookings, today));
        let mut due = Vec::new();
        for transfer in &payment.transfers {
            let debited = match debtor {
                Some(account) => exchanged(&transfer.amount, &account.currency),
                None => transfer.amount.value(),
            };
            if let Some(left) = &mut left {
                if *left < debited {
                    continue;
                }
                *left -= debited;
            }
            due.push(Booking {
                payment_id: id.to_owned(),
                request_id: payment.request_id.clone(),
                bank: bank.bic().to_owned(),
                debtor: payment.debtor.clone(),
                creditor: transfer.creditor.clone(),
                creditor_kind: transfer.creditor_kind,
                creditor_name: transfer.creditor_name.clone(),
                amount: transfer.amount,
                debited,
                text: transfer.text.clone(),
                reference: transfer.reference.clone(),
                date: today,
            });
        }
        due
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
