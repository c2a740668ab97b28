//! How consents look.

use openpayments::model::consent::Consent;
use openpayments::model::identifier::{ConsentId, RequestId};
use openpayments::model::status::ConsentStatus;
use openpayments::prelude::{BicFi, Response};
use openpayments::store::ConsentOnce;
use serde::Serialize;

use super::moment::Moment;
use crate::at_bank::Whom;
use crate::memory::KeptConsent;
use crate::output::Answer;
use crate::table::{facts, lines, table, trimmed, words};
use crate::terminal::harmless;

/// A consent that was created and signed.
#[derive(Serialize)]
pub(crate) struct Created {
    consent: ConsentId,
    bank: BicFi,
    status: ConsentStatus,
    created_before: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Created {
    pub(crate) fn of(once: &ConsentOnce, status: ConsentStatus) -> Self {
        Self {
            consent: once.consent.id.clone(),
            bank: once.consent.bank.clone(),
            status,
            created_before: once.answer.is_none(),
            request_id: once.answer.as_ref().map(|answer| answer.request_id.to_string()),
        }
    }
}

impl Answer for Created {
    fn text(&self) -> String {
        let Self { consent, status, .. } = self;
        format!(
            "Consent {} is {}.\nNow: openpayments accounts list",
            harmless(consent.as_str()),
            harmless(status.as_str())
        )
    }
}

/// The consents that are remembered.
#[derive(Serialize)]
pub(crate) struct Consents {
    consents: Vec<Remembered>,
}

#[derive(Serialize)]
struct Remembered {
    consent: ConsentId,
    bank: BicFi,
    status: ConsentStatus,
    created_at: Moment,
}

impl Consents {
    pub(crate) fn of(kept: &[KeptConsent]) -> Self {
        let remembered = kept.iter().map(|kept| Remembered {
            consent: kept.consent.id.clone(),
            bank: kept.consent.bank.clone(),
            status: kept.consent.status.clone(),
            created_at: Moment(kept.consent.created_at),
        });
        Self { consents: remembered.collect() }
    }
}

impl Answer for Consents {
    fn text(&self) -> String {
        if self.consents.is_empty() {
            return "There is no consent yet. Ask for one: openpayments consents create --bank BIC"
                .to_owned();
        }
        let mut shown = table(["Consent", "Bank", "Last seen as"], &[0, 1]);
        for kept in &self.consents {
            shown.add_row([
                lines([Some(kept.consent.as_str()), Some(&kept.created_at.to_string())]),
                words(Some(kept.bank.as_str())),
                words(Some(kept.status.as_str())),
            ]);
        }
        trimmed(&shown)
    }
}

/// A consent as the bank keeps it.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: ConsentId,
    bank: BicFi,
    consent: Consent,
    request_id: String,
}

impl Shown {
    pub(crate) fn of(id: ConsentId, whom: &Whom, consent: Response<Consent>) -> Self {
        let request_id = consent.request_id.to_string();
        Self { id, bank: whom.bank.clone(), request_id, consent: consent.body }
    }
}

impl Answer for Shown {
    fn text(&self) -> String {
        let consent = &self.consent;
        let accounts = consent.access.accounts.as_ref().map(|accounts| accounts.len().to_string());
        facts([
            ("Consent", Some(harmless(self.id.as_str()))),
            ("Bank", Some(self.bank.to_string())),
            ("Status", Some(harmless(consent.consent_status.as_str()))),
            ("Good until", Some(consent.valid_until.to_string())),
            ("Reads a day", Some(format!("{} without the person there", consent.frequency_per_day))),
            (
                "Again and again",
                Some(if consent.recurring_indicator { "yes" } else { "no, once" }.to_owned()),
            ),
            ("Accounts", accounts),
            ("Last used", consent.last_action_date.map(|day| day.to_string())),
        ])
    }
}

/// Where a consent stands.
#[derive(Serialize)]
pub(crate) struct Status {
    consent: ConsentId,
    status: ConsentStatus,
    request_id: String,
}

impl Status {
    pub(crate) fn of(consent: ConsentId, status: ConsentStatus, request_id: RequestId) -> Self {
        Self { consent, status, request_id: request_id.to_string() }
    }
}

impl Answer for Status {
    fn text(&self) -> String {
        harmless(self.status.as_str())
    }
}

/// A consent that was ended.
#[derive(Serialize)]
pub(crate) struct Revoked {
    consent: ConsentId,
    revoked: bool,
    request_id: String,
}

impl Revoked {
    pub(crate) fn of(consent: ConsentId, done: &Response<()>) -> Self {
        Self { consent, revoked: true, request_id: done.request_id.to_string() }
    }
}

impl Answer for Revoked {
    fn text(&self) -> String {
        format!("Consent {} is ended. Nothing can be read by it any more.", harmless(self.consent.as_str()))
    }
}
