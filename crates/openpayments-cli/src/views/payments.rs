//! How payments look.

use comfy_table::CellAlignment;
use openpayments::model::message::TppMessage;
use openpayments::model::payment::{PaymentRef, PaymentState, StoredPayment};
use openpayments::model::status::TransactionStatus;
use openpayments::model::transaction::Transaction;
use openpayments::prelude::{Amount, Response};
use serde::Serialize;

use super::moment::Moment;
use crate::memory::KeptPayment;
use crate::output::Answer;
use crate::payments::Begun;
use crate::table::{facts, lines, table, trimmed, words};
use crate::terminal::harmless;

/// A status in words, behind its code.
pub(crate) fn status_words(status: &TransactionStatus) -> String {
    let meaning = match status {
        TransactionStatus::Received => "received, not signed yet",
        TransactionStatus::Pending => "pending",
        TransactionStatus::PartiallyAcceptedTechnical => "another signer is needed",
        TransactionStatus::AcceptedTechnical
        | TransactionStatus::AcceptedCustomerProfile
        | TransactionStatus::AcceptedFundsChecked => "accepted, checks go on",
        TransactionStatus::AcceptedWithChange => "accepted with a change",
        TransactionStatus::AcceptedWithoutPosting => "accepted, not posted yet",
        TransactionStatus::AcceptedSettlementInProcess => "accepted, being executed",
        TransactionStatus::AcceptedSettlementCompleted => "settled",
        TransactionStatus::AcceptedCreditSettlementCompleted => "settled at the creditor's bank",
        TransactionStatus::PartiallyAccepted => "some accepted, some rejected",
        TransactionStatus::Rejected => "rejected",
        TransactionStatus::Cancelled => "cancelled",
        _ => "unknown to this version",
    };
    format!("{} ({meaning})", harmless(status.as_str()))
}

/// A payment that was created.
#[derive(Serialize)]
pub(crate) struct Created {
    key: String,
    payment: PaymentRef,
    amount: Amount,
    pub(crate) status: TransactionStatus,
    pub(crate) signed: bool,
    created_before: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<TppMessage>,
}

impl Created {
    pub(crate) fn of(begun: &Begun, amount: Amount) -> Self {
        Self {
            key: begun.key.clone(),
            payment: begun.payment.clone(),
            amount,
            status: begun.status.clone().unwrap_or_else(|| TransactionStatus::from("")),
            signed: false,
            created_before: begun.before,
            warnings: begun.warnings.clone(),
        }
    }
}

impl Answer for Created {
    fn text(&self) -> String {
        let id = harmless(self.payment.id.as_str());
        let told = format!("Payment {id} of {}: {}.", self.amount, status_words(&self.status));
        match (self.status.is_final(), self.signed) {
            (true, _) => told,
            (false, true) => format!("{told}\nNow: openpayments payments watch {id}"),
            (false, false) => format!("{told}\nNow: openpayments payments sign {id}"),
        }
    }
}

/// A payment that was signed.
#[derive(Serialize)]
pub(crate) struct Signed {
    pub(crate) payment: PaymentRef,
    pub(crate) status: TransactionStatus,
}

impl Answer for Signed {
    fn text(&self) -> String {
        let id = harmless(self.payment.id.as_str());
        let told = format!("Payment {id}: {}.", status_words(&self.status));
        if self.status.is_final() { told } else { format!("{told}\nNow: openpayments payments watch {id}") }
    }
}

/// The payments that are remembered.
#[derive(Serialize)]
pub(crate) struct Payments {
    payments: Vec<Remembered>,
}

#[derive(Serialize)]
struct Remembered {
    key: String,
    payment: Option<PaymentRef>,
    bank: String,
    amount: String,
    creditor: String,
    status: Option<TransactionStatus>,
    outcome_unknown: bool,
    begun_at: Moment,
}

impl Payments {
    pub(crate) fn of(kept: &[KeptPayment]) -> Self {
        let remembered = kept.iter().map(|kept| Remembered {
            key: kept.key().to_owned(),
            payment: kept.payment().cloned(),
            bank: kept.intent.bank.to_string(),
            amount: kept.amount().to_owned(),
            creditor: kept.creditor().to_owned(),
            status: kept.intent.status.clone(),
            outcome_unknown: kept.payment().is_none(),
            begun_at: Moment(kept.intent.begun_at),
        });
        Self { payments: remembered.collect() }
    }
}

impl Answer for Payments {
    fn text(&self) -> String {
        if self.payments.is_empty() {
            return "There is no payment yet. Create one: openpayments payments create --help".to_owned();
        }
        let mut shown = table(["Payment", "Amount", "To, and last seen as"], &[0, 1]);
        for kept in &self.payments {
            let id = kept.payment.as_ref().map(|payment| payment.id.as_str());
            let status = match (&kept.status, kept.outcome_unknown) {
                (_, true) => "OUTCOME UNKNOWN".to_owned(),
                (Some(status), false) => status_words(status),
                (None, false) => String::new(),
            };
            shown.add_row([
                lines([Some(id.unwrap_or(&kept.key)), Some(&format!("{}, {}", kept.bank, kept.begun_at))]),
                words(Some(&kept.amount)).set_alignment(CellAlignment::Right),
                lines([Some(kept.creditor.as_str()), Some(&status)]),
            ]);
        }
        let mut lines = vec![trimmed(&shown)];
        for Remembered { key, .. } in self.payments.iter().filter(|kept| kept.outcome_unknown) {
            lines.push(format!("Find out about {key}: openpayments payments reconcile {key}"));
        }
        lines.join("\n")
    }
}

/// A payment as the bank keeps it.
#[derive(Serialize)]
pub(crate) struct Shown {
    payment: PaymentRef,
    stored: StoredPayment,
    request_id: String,
}

impl Shown {
    pub(crate) fn of(payment: PaymentRef, stored: Response<StoredPayment>) -> Self {
        Self { payment, request_id: stored.request_id.to_string(), stored: stored.body }
    }
}

impl Answer for Shown {
    fn text(&self) -> String {
        let stored = &self.stored;
        let said = |text: &Option<String>| text.as_deref().map(harmless);
        let creditor = stored.creditor_account.as_ref();
        let number = creditor.and_then(|account| account.iban.as_ref().or(account.bban.as_ref()));
        facts([
            ("Payment", Some(harmless(self.payment.id.as_str()))),
            ("Kind", Some(self.payment.path.to_string())),
            ("Status", stored.transaction_status.as_ref().map(status_words)),
            ("Amount", stored.instructed_amount.map(|amount| amount.to_string())),
            ("To", said(&stored.creditor_name)),
            ("Account", number.map(|number| harmless(&format!("{number:?}")))),
            ("Text", said(&stored.remittance_information_unstructured)),
            ("Reference", said(&stored.end_to_end_identification)),
            ("On", stored.requested_execution_date.map(|day| day.to_string())),
            ("From day", stored.start_date.map(|day| day.to_string())),
            ("To day", stored.end_date.map(|day| day.to_string())),
            ("How often", stored.frequency.as_ref().map(|often| harmless(often.as_str()))),
            ("Payments in it", (!stored.payments.is_empty()).then(|| stored.payments.len().to_string())),
        ])
    }
}

/// Where a payment stands.
#[derive(Serialize)]
pub(crate) struct Status {
    payment: PaymentRef,
    status: TransactionStatus,
    #[serde(rename = "final")]
    is_final: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bank_messages: Vec<TppMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Status {
    pub(crate) fn of(payment: PaymentRef, state: Response<PaymentState>) -> Self {
        Self { request_id: Some(state.request_id.to_string()), ..Self::found(payment, state.body) }
    }

    /// Of a payment that was looked for.
    pub(crate) fn found(payment: PaymentRef, state: PaymentState) -> Self {
        Self {
            payment,
            request_id: None,
            is_final: state.transaction_status.is_final(),
            status: state.transaction_status,
            bank_messages: state.tpp_messages,
        }
    }

    pub(crate) fn word(&self) -> &TransactionStatus {
        &self.status
    }

    pub(crate) fn in_words(&self) -> String {
        status_words(&self.status)
    }
}

impl Answer for Status {
    fn text(&self) -> String {
        let mut lines = vec![self.in_words()];
        for message in &self.bank_messages {
            let words = message.text.as_deref().map(|words| format!(", {}", harmless(words)));
            lines.push(format!("  the bank says: {}{}", message.printable_code(), words.unwrap_or_default()));
        }
        lines.join("\n")
    }
}

/// A payment that was cancelled.
#[derive(Serialize)]
pub(crate) struct Cancelled {
    pub(crate) payment: PaymentRef,
    pub(crate) cancelled: bool,
    pub(crate) signed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
}

impl Answer for Cancelled {
    fn text(&self) -> String {
        format!("Payment {} is cancelled.", harmless(self.payment.id.as_str()))
    }
}

/// What was found about a payment whose answer never came.
#[derive(Serialize)]
pub(crate) struct Looked<'a> {
    key: &'a str,
    bank: String,
    amount: &'a str,
    begun_at: Moment,
    request_id: Option<&'a str>,
    /// Attempts before this one whose outcome is not known either.
    given_up: usize,
    looked_at_account: bool,
    alike: &'a [Transaction],
}

impl<'a> Looked<'a> {
    pub(crate) fn of(kept: &'a KeptPayment, looked_at_account: bool, alike: &'a [Transaction]) -> Self {
        Self {
            key: kept.key(),
            bank: kept.intent.bank.to_string(),
            amount: kept.amount(),
            begun_at: Moment(kept.intent.begun_at),
            request_id: kept.lost_request(),
            given_up: kept.intent.given_up.len(),
            looked_at_account,
            alike,
        }
    }
}

impl Answer for Looked<'_> {
    fn text(&self) -> String {
        let known = facts([
            ("Key", Some(self.key.to_owned())),
            ("Bank", Some(self.bank.clone())),
            ("Amount", Some(self.amount.to_owned())),
            ("Sent", Some(self.begun_at.to_string())),
            ("Request", self.request_id.map(str::to_owned)),
        ]);
        if self.alike.is_empty() {
            return known;
        }
        let mut shown = table(["Booked", "Amount", "With"], &[0, 1]);
        for row in self.alike {
            let day = row.booking_date.map(|day| day.to_string());
            shown.add_row([
                words(day.as_deref()),
                words(Some(&row.transaction_amount.to_string())),
                words(row.creditor_name.as_deref()),
            ]);
        }
        format!("{known}\n{}", trimmed(&shown))
    }
}

/// A payment that is no longer remembered.
#[derive(Serialize)]
pub(crate) struct Forgotten {
    pub(crate) key: String,
    pub(crate) forgotten: bool,
}

impl Answer for Forgotten {
    fn text(&self) -> String {
        format!("The payment {} is forgotten here. The bank was not told.", self.key)
    }
}
