//! Consents: what they grant, when they are usable, how one replaces another, and how often they are read without a PSU.

use jiff::Timestamp;
use jiff::civil::Date;
use openpayments_model::status::ConsentStatus;
use serde_json::Value;

use super::account::Account;
use super::{Owner, World};
use crate::clock::day_of;

/// One consent.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) owner: Owner,
    pub(crate) access: Access,
    /// `access` as the client sent it.
    pub(crate) access_as_sent: Value,
    pub(crate) recurring: bool,
    pub(crate) valid_until: Date,
    pub(crate) frequency_per_day: u32,
    pub(crate) last_action: Date,
    pub(crate) status: ConsentStatus,
    /// Who has signed it.
    pub(crate) signers: Vec<String>,
    /// When the last signature it needs was given.
    pub(crate) signed: Option<Timestamp>,
}

/// What a consent grants.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// Everything the PSU has.
    All,
    /// The list of accounts and nothing in them.
    ListOnly { balances: bool },
    /// Named accounts, by right.
    Chosen { accounts: Vec<String>, balances: Vec<String>, transactions: Vec<String> },
}

/// What can be read of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Details,
    Balances,
    Transactions,
}

impl Access {
    pub(crate) fn allows(&self, right: Right, account: &Account) -> bool {
        let named = |numbers: &[String]| numbers.iter().any(|number| account.is(number));
        match (self, right) {
            (Self::All, _) | (Self::ListOnly { .. }, Right::Details) => true,
            (Self::ListOnly { balances }, Right::Balances) => *balances,
            (Self::ListOnly { .. }, Right::Transactions) => false,
            (Self::Chosen { accounts, balances, transactions }, Right::Details) => {
                named(accounts) || named(balances) || named(transactions)
            }
            (Self::Chosen { balances, .. }, Right::Balances) => named(balances),
            (Self::Chosen { transactions, .. }, Right::Transactions) => named(transactions),
        }
    }
}

impl Consent {
    /// The status on a day: a consent whose last day has passed is expired without anybody doing anything.
    pub(crate) fn status_on(&self, today: Date) -> ConsentStatus {
        match &self.status {
            ConsentStatus::Valid | ConsentStatus::PartiallyAuthorised | ConsentStatus::Received
                if today > self.valid_until =>
            {
                ConsentStatus::Expired
            }
            status => status.clone(),
        }
    }

    /// Whose accounts it opens: the company's in corporate context, else those of whoever signed.
    pub(crate) fn holder(&self) -> String {
        super::holder(&self.owner, &self.signers)
    }
}

impl World {
    /// Somebody has signed: the consent becomes valid, and an older recurring one of the same client, bank and PSU ends.
    pub(crate) fn sign_consent(&mut self, id: &str, psu: &str, wants_second: bool, now: Timestamp) {
        let Some(consent) = self.consents.get_mut(id) else {
            return;
        };
        if !consent.signers.iter().any(|signer| signer == psu) {
            consent.signers.push(psu.to_owned());
        }
        consent.last_action = day_of(now);
        if wants_second {
            consent.status = ConsentStatus::PartiallyAuthorised;
            return;
        }
        consent.status = ConsentStatus::Valid;
        consent.signed = Some(now);
        if consent.recurring {
            let new = consent.clone();
            for (other_id, other) in &mut self.consents {
                if other_id != id && other.recurring && other.is_replaced_by(&new) {
                    other.status = ConsentStatus::Expired;
                }
            }
        }
    }

    /// Counts a read without a PSU; `false` when the day's reads of this `what` are used up.
    pub(crate) fn count_unattended(&mut self, consent_id: &str, what: &str, most: u32, today: Date) -> bool {
        if self.unattended.len() > super::MOST_RESOURCES {
            self.unattended.retain(|(_, _, day), _| *day == today);
        }
        if self.unattended.len() > super::MOST_RESOURCES {
            return false;
        }
        let key = (consent_id.to_owned(), what.to_owned(), today);
        let used = self.unattended.entry(key).or_default();
        *used = used.saturating_add(1);
        *used <= most
    }
}

impl Consent {
    fn is_replaced_by(&self, new: &Self) -> bool {
        self.status == ConsentStatus::Valid
            && self.owner.client == new.owner.client
            && self.owner.bank.bic() == new.owner.bank.bic()
            && self.owner.context == new.owner.context
            && self.holder() == new.holder()
            && self.signers.first() == new.signers.first()
    }
}
