//! How signatures look.

use openpayments::sca::{ResourceStatus, Subject};
use serde::Serialize;

use super::moment::Moment;
use crate::memory::KeptSession;
use crate::output::Answer;
use crate::table::{lines, table, trimmed};
use crate::terminal::harmless;

/// What is signed, in words: its kind and its id.
fn named(subject: &Subject) -> (&'static str, String) {
    match subject {
        Subject::Consent(id) => ("consent", id.to_string()),
        Subject::Payment(payment) => ("payment", payment.id.to_string()),
        Subject::Cancellation(cancellation) => ("cancellation", cancellation.payment.id.to_string()),
        Subject::Basket(id) => ("basket", id.to_string()),
        _ => ("other", String::new()),
    }
}

/// The status of what was signed.
fn word(status: &ResourceStatus) -> String {
    match status {
        ResourceStatus::Consent(status) => status.to_string(),
        ResourceStatus::Payment(status)
        | ResourceStatus::Cancellation(status)
        | ResourceStatus::Basket(status) => status.to_string(),
        _ => String::new(),
    }
}

/// Signatures that have not ended.
#[derive(Serialize)]
pub(crate) struct Signatures {
    signatures: Vec<Pending>,
}

#[derive(Serialize)]
struct Pending {
    signature: String,
    of: &'static str,
    id: String,
    until: Moment,
}

impl Signatures {
    pub(crate) fn of(sessions: &[KeptSession]) -> Self {
        let pending = sessions.iter().map(|kept| {
            let (of, id) = named(&kept.subject);
            Pending { signature: kept.id.clone(), of, id, until: Moment(kept.until) }
        });
        Self { signatures: pending.collect() }
    }
}

impl Answer for Signatures {
    fn text(&self) -> String {
        if self.signatures.is_empty() {
            return "No signature is waiting.".to_owned();
        }
        let mut shown = table(["Signature", "Of"], &[0, 1]);
        for pending in &self.signatures {
            shown.add_row([
                lines([Some(pending.signature.as_str()), Some(&format!("until {}", pending.until))]),
                lines([Some(pending.of), Some(&pending.id)]),
            ]);
        }
        format!("{}\nGo on with one: openpayments sca resume SIGNATURE", trimmed(&shown))
    }
}

/// What was signed, and where it stands.
#[derive(Serialize)]
pub(crate) struct Signed {
    of: &'static str,
    id: String,
    status: String,
}

impl Signed {
    pub(crate) fn of(subject: &Subject, status: &ResourceStatus) -> Self {
        let (of, id) = named(subject);
        Self { of, id, status: word(status) }
    }
}

impl Answer for Signed {
    fn text(&self) -> String {
        let Self { of, id, status } = self;
        format!("The {of} {} is signed: {}.", harmless(id), harmless(status))
    }
}
