//! All that is known of one bank.

use std::path::Path;

use openpayments_model::identifier::CountryCode;
use openpayments_model::payment::PaymentProduct;
use openpayments_model::status::TransactionStatus;
use openpayments_model::{BicFi, Context, CurrencyCode};
use serde::{Deserialize, Serialize};

use crate::shown::Shown;
use crate::{
    AccountForm, Affiliated, Approach, Baskets, Call, Cancellation, Case, FactDate, Facts, History, Method,
    ProfileError, Remittance, RequiredHeader, Search, Settlement, StartWindow, Step, TestAccounts,
    TransactionFilter, sense,
};

/// What is known of one bank: statements by what they are about. What there is no statement for is not known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Profile {
    /// Which bank.
    pub bank: Identity,
    /// Banks under its roof; there may be more.
    #[serde(default)]
    pub affiliated: Facts<Vec<Affiliated>>,
    /// In which contexts it is reached.
    #[serde(default)]
    pub contexts: Facts<Vec<Context>>,
    /// The payment products it takes.
    #[serde(default)]
    pub products: Facts<Vec<PaymentProduct>>,
    /// The ways to the bank it offers; its own choice first.
    #[serde(default)]
    pub approaches: Facts<Vec<Approach>>,
    /// Whether `TPP-Redirect-Preferred` must stay, on every later call, what it was when a consent or payment was
    /// created.
    #[serde(default)]
    pub preference_sticks: Facts<bool>,
    /// The methods a PSU chooses from.
    #[serde(default)]
    pub methods: Facts<Vec<Method>>,
    /// What a decoupled authorisation of a consent goes through.
    #[serde(default)]
    pub consent_steps: Facts<Vec<Step>>,
    /// What a decoupled authorisation of a payment goes through.
    #[serde(default)]
    pub payment_steps: Facts<Vec<Step>>,
    /// Whether an authorisation is approved as soon as it is started.
    #[serde(default)]
    pub approves_at_start: Facts<bool>,
    /// How long the PSU has to open the app.
    #[serde(default)]
    pub start_window: Facts<StartWindow>,
    /// Whether a PSU who signs decoupled has to be named by `PSU-ID`.
    #[serde(default)]
    pub psu_id_required: Facts<bool>,
    /// Headers it insists on.
    #[serde(default)]
    pub headers: Facts<RequiredHeader>,
    /// The least `frequencyPerDay` of a consent.
    #[serde(default)]
    pub least_frequency: Facts<u32>,
    /// How it wants the debtor's account.
    #[serde(default)]
    pub debtor: Facts<Vec<AccountForm>>,
    /// How it wants the creditor's account.
    #[serde(default)]
    pub creditor: Facts<Vec<AccountForm>>,
    /// The currencies it pays in.
    #[serde(default)]
    pub currencies: Facts<Vec<CurrencyCode>>,
    /// How long the text for the creditor may be.
    #[serde(default)]
    pub remittance: Facts<Remittance>,
    /// Whether a creditor in another country needs `creditorAddress`.
    #[serde(default)]
    pub address_abroad: Facts<bool>,
    /// The status of a payment that was just created.
    #[serde(default)]
    pub created_status: Facts<TransactionStatus>,
    /// The status of a payment that was just signed.
    #[serde(default)]
    pub signed_status: Facts<TransactionStatus>,
    /// How long settling takes.
    #[serde(default)]
    pub settlement: Facts<Settlement>,
    /// How a payment is cancelled.
    #[serde(default)]
    pub cancellation: Facts<Cancellation>,
    /// Signing baskets.
    #[serde(default)]
    pub baskets: Facts<Baskets>,
    /// Calls it does not answer.
    #[serde(default)]
    pub unsupported: Facts<Vec<Call>>,
    /// How far back transactions can be read.
    #[serde(default)]
    pub history: Facts<History>,
    /// How many transactions one search gives.
    #[serde(default)]
    pub search: Facts<Search>,
    /// What transactions are asked for by, and all of them come all the same.
    #[serde(default)]
    pub ignored_filters: Facts<Vec<TransactionFilter>>,
    /// Accounts for tests.
    #[serde(default)]
    pub test_accounts: Facts<TestAccounts>,
    /// What else is known, in words.
    #[serde(default)]
    pub notes: Facts<String>,
}

/// Which bank a profile is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Identity {
    /// By what the platform selects it.
    pub bic: BicFi,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub country: CountryCode,
    /// Who said so.
    pub source: String,
    /// When.
    pub date: FactDate,
}

/// A statement in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statement {
    /// What it is about: the key in the file.
    pub about: &'static str,
    /// What it says.
    pub says: String,
    /// When it holds, in words; empty for always.
    pub scope: String,
    /// Who said it.
    pub source: String,
    /// When it was said.
    pub date: FactDate,
}

impl Profile {
    /// Reads a profile from the text of a file; `name` stands for it in errors.
    ///
    /// # Errors
    /// [`ProfileError`] with the line and the key, and what is wrong or allowed there.
    pub fn parse(name: impl AsRef<Path>, text: &str) -> Result<Self, ProfileError> {
        let file = name.as_ref();
        let line_of = |error: &toml::de::Error| {
            let before = text.get(..error.span()?.start)?;
            Some(before.matches('\n').count() + 1)
        };
        let refused = |key: String, error: &toml::de::Error| {
            ProfileError::wrong(file, line_of(error), key, error.message().to_owned())
        };
        let document = toml::Deserializer::parse(text).map_err(|error| refused(String::new(), &error))?;
        let profile: Self = serde_path_to_error::deserialize(document).map_err(|error| {
            let key = error.path().to_string();
            refused(if key == "." { String::new() } else { key }, error.inner())
        })?;
        match sense::first_fault(&profile) {
            None => Ok(profile),
            Some(fault) => {
                let line = fault.line(text);
                Err(ProfileError::wrong(file, line, fault.key(), fault.why.to_owned()))
            }
        }
    }

    /// Where this one says nothing, `other` counts: its statements come after the ones here. The bank stays this one.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.affiliated.append(&other.affiliated);
        self.contexts.append(&other.contexts);
        self.products.append(&other.products);
        self.approaches.append(&other.approaches);
        self.preference_sticks.append(&other.preference_sticks);
        self.methods.append(&other.methods);
        self.consent_steps.append(&other.consent_steps);
        self.payment_steps.append(&other.payment_steps);
        self.approves_at_start.append(&other.approves_at_start);
        self.start_window.append(&other.start_window);
        self.psu_id_required.append(&other.psu_id_required);
        self.headers.append(&other.headers);
        self.least_frequency.append(&other.least_frequency);
        self.debtor.append(&other.debtor);
        self.creditor.append(&other.creditor);
        self.currencies.append(&other.currencies);
        self.remittance.append(&other.remittance);
        self.address_abroad.append(&other.address_abroad);
        self.created_status.append(&other.created_status);
        self.signed_status.append(&other.signed_status);
        self.settlement.append(&other.settlement);
        self.cancellation.append(&other.cancellation);
        self.baskets.append(&other.baskets);
        self.unsupported.append(&other.unsupported);
        self.history.append(&other.history);
        self.search.append(&other.search);
        self.ignored_filters.append(&other.ignored_filters);
        self.test_accounts.append(&other.test_accounts);
        self.notes.append(&other.notes);
        self
    }

    /// Every statement, in words, in a fixed order.
    pub fn statements(&self) -> Vec<Statement> {
        self.statements_in(None)
    }

    /// The statements that hold in a case, or all of them.
    pub(crate) fn statements_in(&self, case: Option<Case>) -> Vec<Statement> {
        let mut said = Said { case, statements: Vec::new() };
        said.add("contexts", &self.contexts);
        said.add("affiliated", &self.affiliated);
        said.add("products", &self.products);
        said.add("approaches", &self.approaches);
        said.add("preference-sticks", &self.preference_sticks);
        said.add("methods", &self.methods);
        said.add("consent-steps", &self.consent_steps);
        said.add("payment-steps", &self.payment_steps);
        said.add("approves-at-start", &self.approves_at_start);
        said.add("start-window", &self.start_window);
        said.add("psu-id-required", &self.psu_id_required);
        said.add("headers", &self.headers);
        said.add("least-frequency", &self.least_frequency);
        said.add("debtor", &self.debtor);
        said.add("creditor", &self.creditor);
        said.add("currencies", &self.currencies);
        said.add("remittance", &self.remittance);
        said.add("address-abroad", &self.address_abroad);
        said.add("created-status", &self.created_status);
        said.add("signed-status", &self.signed_status);
        said.add("settlement", &self.settlement);
        said.add("cancellation", &self.cancellation);
        said.add("baskets", &self.baskets);
        said.add("unsupported", &self.unsupported);
        said.add("history", &self.history);
        said.add("search", &self.search);
        said.add("ignored-filters", &self.ignored_filters);
        said.add("test-accounts", &self.test_accounts);
        said.add("notes", &self.notes);
        said.statements
    }
}

struct Said {
    case: Option<Case>,
    statements: Vec<Statement>,
}

impl Said {
    fn add<T: Shown>(&mut self, about: &'static str, facts: &Facts<T>) {
        let held = facts.iter().filter(|fact| self.case.is_none_or(|case| fact.holds(case)));
        self.statements.extend(held.map(|fact| Statement {
            about,
            says: fact.value.shown(),
            scope: fact.scope(),
            source: fact.source.clone(),
            date: fact.date.clone(),
        }));
    }
}
