//! All that changes while the sandbox runs, and the rules by which it changes. No HTTP in here: a request becomes a call on
//! the [`World`] with the present moment, and the same calls at the same moments give the same world.

pub(crate) mod account;
pub(crate) mod agenda;
pub(crate) mod authorisation;
pub(crate) mod basket;
pub(crate) mod consent;
pub(crate) mod grant;
pub(crate) mod history;
pub(crate) mod mint;
pub(crate) mod payment;
pub(crate) mod reset;
pub(crate) mod scenario;
pub(crate) mod schedule;
pub(crate) mod shown;
pub(crate) mod visit;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use openpayments_model::Context;

use self::agenda::{Agenda, Due};
use self::authorisation::Authorisation;
use self::basket::Basket;
use self::consent::Consent;
use self::grant::{Client, Code, Token};
use self::mint::Mint;
use self::payment::{Booking, Payment};
use self::visit::Visit;
use crate::banks::{Bank, Banks};
use crate::quirk::Quirk;
use crate::settings::Approve;

/// The most resources of one kind that are kept; over it, creating answers 429 rather than growing.
pub(crate) const MOST_RESOURCES: usize = 100_000;

/// The most orders that wait in BankID apps at one time; over it, choosing a method answers 429.
pub(crate) const MOST_LIVE: usize = 10_000;

/// What was fixed when the sandbox started.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) banks: Banks,
    pub(crate) approve: Approve,
    pub(crate) settle_after: Option<Duration>,
    /// The day the sandbox started; histories reach back from it.
    pub(crate) started: Date,
}

/// The state. `Debug` says nothing of it: it is full of tokens.
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) mint: Mint,
    pub(crate) agenda: Agenda,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) visits: BTreeMap<String, Visit>,
    pub(crate) consents: BTreeMap<String, Consent>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) baskets: BTreeMap<String, Basket>,
    pub(crate) authorisations: BTreeMap<String, Authorisation>,
    /// Authorisations by the tokens of their BankID orders.
    pub(crate) app_orders: HashMap<String, String>,
    pub(crate) bookings: Vec<Booking>,
    /// Those from before the last reset: they move no balance any more, and tests count them still.
    pub(crate) earlier_bookings: Vec<Booking>,
    /// How far the transactions of an account were read, by consent and IBAN.
    pub(crate) last_reads: HashMap<(String, String), LastRead>,
    /// Reads without a PSU: how many per consent, what was read, and day.
    pub(crate) unattended: HashMap<(String, String, Date), u32>,
    /// The shapes that answers take other than the usual ones.
    pub(crate) quirks: BTreeSet<Quirk>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new(rules: Rules, seed: u64) -> Self {
        Self {
            rules,
            mint: Mint::new(seed),
            agenda: Agenda::default(),
            clients: BTreeMap::new(),
            tokens: HashMap::new(),
            codes: HashMap::new(),
            visits: BTreeMap::new(),
            consents: BTreeMap::new(),
            payments: BTreeMap::new(),
            baskets: BTreeMap::new(),
            authorisations: BTreeMap::new(),
            app_orders: HashMap::new(),
            bookings: Vec::new(),
            earlier_bookings: Vec::new(),
            last_reads: HashMap::new(),
            unattended: HashMap::new(),
            quirks: BTreeSet::new(),
        }
    }

    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    pub(crate) fn set_quirk(&mut self, quirk: Quirk, on: bool) {
        if on {
            self.quirks.insert(quirk);
        } else {
            self.quirks.remove(&quirk);
        }
    }

    /// Lets happen what was due until `now`.
    pub(crate) fn catch_up(&mut self, now: Timestamp) {
        while let Some((at, due)) = self.agenda.take_due(now) {
            match due {
                Due::PsuActs { authorisation, round } => self.psu_acts(&authorisation, round, at),
                Due::WindowCloses { authorisation, round } => self.window_closes(&authorisation, round),
                Due::StepPasses { authorisation, round } => self.step_passes(&authorisation, round, at),
                Due::Settles { payment } => self.settle(&payment, at),
                Due::Resets => self.reset(at),
            }
        }
    }
}

/// How far an account's transactions were read: up to this day, and so many of its payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastRead {
    pub(crate) day: Date,
    pub(crate) movements: usize,
}

/// Whose resource it is: what every call about it must match.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) client: String,
    pub(crate) bank: Arc<Bank>,
    pub(crate) context: Context,
    pub(crate) psu: Option<String>,
    pub(crate) corporate_id: Option<String>,
    /// `TPP-Redirect-Preferred` at creation.
    pub(crate) redirect_preferred: Option<bool>,
}

/// Whose accounts are meant: the company's in corporate context, else those of whoever signed, was named, or logs in when
/// nobody is named.
fn holder(owner: &Owner, signers: &[String]) -> String {
    let person = signers.first().or(owner.psu.as_ref());
    owner.corporate_id.as_ref().or(person).cloned().unwrap_or_else(|| scenario::DEFAULT_PSU.to_owned())
}

/// A thing that is authorised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resource {
    Consent(String),
    Payment(String),
    /// The cancellation of a payment, by the payment's id.
    Cancellation(String),
    Basket(String),
}

impl Resource {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Consent(id) | Self::Payment(id) | Self::Cancellation(id) | Self::Basket(id) => id,
        }
    }

    /// The word that `acr_values` and callback scopes use for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Consent(_) => "consent",
            // No source shows a cancellation by redirect; it is named as its payment.
            Self::Payment(_) | Self::Cancellation(_) => "payment",
            Self::Basket(_) => "basket",
        }
    }

    /// The product a token must cover to work on it.
    pub(crate) fn product(&self) -> &'static str {
        match self {
            Self::Consent(_) => "accountinformation",
            Self::Payment(_) | Self::Cancellation(_) | Self::Basket(_) => "paymentinitiation",
        }
    }
}

/// A message of the bank beside a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
}

impl World {
    pub(crate) fn owner(&self, resource: &Resource) -> Option<&Owner> {
        match resource {
            Resource::Consent(id) => self.consents.get(id).map(|consent| &consent.owner),
            Resource::Payment(id) | Resource::Cancellation(id) => {
                self.payments.get(id).map(|payment| &payment.owner)
            }
            Resource::Basket(id) => self.baskets.get(id).map(|basket| &basket.owner),
        }
    }
}
