//! What to expect of a bank, told without asking it.

use std::fmt;

use openpayments_model::payment::PaymentProduct;
use openpayments_model::{BicFi, Context};
use serde::Serialize;

use crate::shown::Shown;
use crate::{Approach, Call, Cancellation, Case, Profile, Statement};

/// What to expect when accounts are read at a bank, or when a payment is made there: calls, headers, signing, limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The bank.
    pub bank: BicFi,
    /// Its name.
    pub name: String,
    /// Sandbox or production.
    pub platform: &'static str,
    /// Private or corporate.
    pub context: Context,
    /// The payment product; `None` for reading accounts.
    pub product: Option<PaymentProduct>,
    /// Whether the bank offers it; `None` where that is not known.
    pub is_offered: Option<bool>,
    /// The calls, in their usual order.
    pub calls: Vec<ExpectedCall>,
    /// How the PSU signs; the bank's own choice first. Empty where nothing is known.
    pub signing: Vec<ExpectedSigning>,
    /// The methods the PSU chooses from. Empty where nothing is known.
    pub methods: Vec<String>,
    /// Limits and habits.
    pub limits: Vec<Statement>,
    /// What else is known.
    pub notes: Vec<Statement>,
}

/// One call and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExpectedCall {
    /// The call.
    pub call: Call,
    /// Headers that say something of the PSU or the consent and that the platform or the bank insists on.
    pub headers: Vec<String>,
}

/// One way to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExpectedSigning {
    /// Redirect or decoupled.
    pub approach: Approach,
    /// What the PSU goes through, in words. Empty where it is not known.
    pub steps: Vec<String>,
}

/// The calls by which accounts are read.
const READING: &[Call] = &[
    Call::ConsentCreate,
    Call::ConsentAuthorisationStart,
    Call::ConsentAuthorisationSelectMethod,
    Call::ConsentAuthorisationStatus,
    Call::ConsentStatus,
    Call::AccountList,
    Call::AccountBalances,
    Call::TransactionList,
    Call::TransactionGet,
];

/// The calls by which a payment is made.
const PAYING: &[Call] = &[
    Call::PaymentCreate,
    Call::PaymentAuthorisationStart,
    Call::PaymentAuthorisationSelectMethod,
    Call::PaymentAuthorisationStatus,
    Call::PaymentStatus,
    Call::PaymentGet,
    Call::PaymentCancel,
];

/// What statements matter to the reading of accounts, and what to payments.
const READING_LIMITS: &[&str] = &[
    "affiliated",
    "preference-sticks",
    "approves-at-start",
    "start-window",
    "psu-id-required",
    "least-frequency",
    "history",
    "search",
    "ignored-filters",
];
const PAYING_LIMITS: &[&str] = &[
    "affiliated",
    "preference-sticks",
    "approves-at-start",
    "start-window",
    "psu-id-required",
    "debtor",
    "creditor",
    "currencies",
    "remittance",
    "address-abroad",
    "created-status",
    "signed-status",
    "settlement",
    "cancellation",
    "baskets",
];

impl Profile {
    /// What to expect in this case: of a payment when it names a product, else of reading accounts. Nothing is asked.
    pub fn explain(&self, case: Case) -> Explanation {
        let (usual, matter) = match case.payment_product() {
            None => (READING, READING_LIMITS),
            Some(_) => (PAYING, PAYING_LIMITS),
        };
        let in_context = self.contexts.of(case).map(|fact| fact.value.contains(&case.context()));
        let has_product = match case.payment_product() {
            None => Some(true),
            Some(product) => self.products.of(case).map(|fact| fact.value.contains(&product)),
        };
        let is_offered = match (in_context, has_product) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let steps = match case.payment_product() {
            None => self.consent_steps.of(case),
            Some(_) => self.payment_steps.of(case),
        };
        let steps: Vec<String> =
            steps.map(|fact| fact.value.iter().map(Shown::shown).collect()).unwrap_or_default();
        let approaches = self.approaches.of(case).map(|fact| fact.value.as_slice()).unwrap_or_default();
        let signing = approaches.iter().map(|approach| ExpectedSigning {
            approach: *approach,
            steps: match approach {
                Approach::Redirect => vec!["the PSU signs on the bank's page and comes back".to_owned()],
                Approach::Decoupled => steps.clone(),
            },
        });
        let statements = self.statements_in(Some(case));
        let pick = |wanted: &[&str]| -> Vec<Statement> {
            statements.iter().filter(|said| wanted.contains(&said.about)).cloned().collect()
        };
        Explanation {
            bank: self.bank.bic.clone(),
            name: self.bank.name.clone(),
            platform: case.platform().as_str(),
            context: case.context(),
            product: case.payment_product(),
            is_offered,
            calls: usual.iter().filter_map(|call| self.expected(*call, case)).collect(),
            signing: signing.collect(),
            methods: self
                .methods
                .of(case)
                .map(|fact| fact.value.iter().map(Shown::shown).collect())
                .unwrap_or_default(),
            limits: pick(matter),
            notes: pick(&["notes"]),
        }
    }

    /// A call with its headers, if the bank answers it.
    fn expected(&self, call: Call, case: Case) -> Option<ExpectedCall> {
        let unsupported = self.unsupported.all_of(case).any(|fact| fact.value.contains(&call));
        let never_cancels = call == Call::PaymentCancel
            && self.cancellation.of(case).is_some_and(|fact| fact.value == Cancellation::None);
        if unsupported || never_cancels {
            return None;
        }
        let mut headers = Vec::new();
        let reads_accounts = matches!(
            call,
            Call::AccountList
                | Call::AccountGet
                | Call::AccountBalances
                | Call::TransactionList
                | Call::TransactionGet
        );
        if case.context() == Context::Corporate
            && (reads_accounts || matches!(call, Call::ConsentCreate | Call::PaymentCreate))
        {
            headers.push("PSU-Corporate-ID".to_owned());
        }
        if reads_accounts {
            headers.push("Consent-ID".to_owned());
        }
        if call == Call::PaymentCreate {
            headers.push("PSU-IP-Address".to_owned());
        }
        for fact in self.headers.all_of(case).filter(|fact| fact.value.calls.contains(&call)) {
            if !headers.iter().any(|known| known.eq_ignore_ascii_case(&fact.value.name)) {
                headers.push(fact.value.name.clone());
            }
        }
        if self.preference_sticks.of(case).is_some_and(|fact| fact.value) {
            headers.push("TPP-Redirect-Preferred (unchanged)".to_owned());
        }
        Some(ExpectedCall { call, headers })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.product.map_or("reading accounts", PaymentProduct::as_str);
        writeln!(f, "{} ({}), {}, {}: {what}", self.name, self.bank, self.platform, self.context)?;
        match self.is_offered {
            Some(true) => {}
            Some(false) => writeln!(f, "The bank does not offer this.")?,
            None => writeln!(f, "Whether the bank offers this is not known.")?,
        }
        writeln!(f, "\nCalls")?;
        for ExpectedCall { call, headers } in &self.calls {
            let glue = if headers.is_empty() { "" } else { " with " };
            writeln!(f, "  {}{glue}{}", call.as_str(), headers.join(", "))?;
        }
        writeln!(f, "\nSigning")?;
        if self.signing.is_empty() {
            writeln!(f, "  not known")?;
        }
        for ExpectedSigning { approach, steps } in &self.signing {
            let steps =
                if steps.is_empty() { "steps are not known".to_owned() } else { steps.join(", then ") };
            writeln!(f, "  {}: {steps}", approach.shown())?;
        }
        if !self.methods.is_empty() {
            writeln!(f, "  methods: {}", self.methods.join(", "))?;
        }
        let of_both = [("Limits and habits", &self.limits), ("Notes", &self.notes)];
        for (title, statements) in of_both.into_iter().filter(|(_, statements)| !statements.is_empty()) {
            writeln!(f, "\n{title}")?;
            for Statement { about, says, source, date, .. } in statements {
                let about =
                    if *about == "notes" { String::new() } else { format!("{}: ", about.replace('-', " ")) };
                writeln!(f, "  {about}{says} ({source}, {date})")?;
            }
        }
        Ok(())
    }
}
