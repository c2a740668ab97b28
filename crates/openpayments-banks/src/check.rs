//! Checking a call against a profile before it is sent.

use openpayments_model::Psu;
use openpayments_model::consent::ConsentRequest;
use openpayments_model::payment::{PaymentOrder, PaymentProduct};
use serde_json::Value;

use crate::shown::Shown;
use crate::{AccountForm, Approach, BankRule, Call, Case, Fact, Finding, Profile};

/// Who calls, and with which headers: what the same consent or payment may be right or wrong by.
#[derive(Clone, Debug)]
pub struct Sender {
    case: Case,
    redirect_preferred: Option<bool>,
    headers: Vec<String>,
}

impl Sender {
    /// For this PSU.
    pub fn new(case: Case, psu: &Psu) -> Self {
        let headers = psu.headers().map(|(name, _)| name.to_owned()).collect();
        Self { case, redirect_preferred: None, headers }
    }

    /// With `TPP-Redirect-Preferred`.
    #[must_use]
    pub fn redirect_preferred(mut self, preferred: bool) -> Self {
        self.redirect_preferred = Some(preferred);
        self.header("TPP-Redirect-Preferred")
    }

    /// With one more header, by its name.
    #[must_use]
    pub fn header(mut self, name: &str) -> Self {
        self.headers.push(name.to_ascii_lowercase());
        self
    }

    fn sends(&self, name: &str) -> bool {
        // These go with every call.
        const ALWAYS: [&str; 4] = ["authorization", "x-request-id", "x-bicfi", "content-type"];
        let name = name.to_ascii_lowercase();
        ALWAYS.contains(&name.as_str()) || self.headers.contains(&name)
    }
}

impl Profile {
    /// What of asking for this consent goes against what is known of the bank. A consent that nobody can sign is of no
    /// use, so the headers of the calls by which it is signed count too.
    pub fn check_consent(&self, consent: &ConsentRequest, sender: &Sender) -> Vec<Finding> {
        const FLOW: &[Call] = &[
            Call::ConsentCreate,
            Call::ConsentAuthorisationStart,
            Call::ConsentAuthorisationSelectMethod,
            Call::ConsentAuthorisationStatus,
        ];
        let mut found = Found::by(self, sender.case);
        self.check_sender(sender, FLOW, &mut found);
        let body = serde_json::to_value(consent).unwrap_or_default();
        let frequency = body.get("frequencyPerDay").and_then(Value::as_u64);
        if let (Some(fact), Some(times)) = (self.least_frequency.of(sender.case), frequency)
            && times < u64::from(fact.value)
        {
            found.add(BankRule::FrequencyTooLow, "frequencyPerDay", format!("{} or more", fact.value), fact);
        }
        found.all
    }

    /// What of this payment goes against what is known of the bank; of a bulk payment, each of its payments. The headers of
    /// the calls by which it is signed count too.
    pub fn check_payment<P: PaymentOrder>(&self, payment: &P, sender: &Sender) -> Vec<Finding> {
        const FLOW: &[Call] = &[
            Call::PaymentCreate,
            Call::PaymentStatus,
            Call::PaymentAuthorisationStart,
            Call::PaymentAuthorisationSelectMethod,
            Call::PaymentAuthorisationStatus,
        ];
        let product = P::PATH.payment_product();
        let mut found = Found::by(self, sender.case.product(product));
        self.check_sender(sender, FLOW, &mut found);
        if let Some(fact) = self.products.of(found.case)
            && !fact.value.contains(&product)
        {
            found.add(BankRule::ProductNotOffered, "payment-product", fact.value.shown(), fact);
        }
        let body = serde_json::to_value(payment).unwrap_or_default();
        let debtor = body.get("debtorAccount");
        found.account(debtor, "debtorAccount", self.debtor.of(found.case), BankRule::DebtorForm);
        match body.get("payments").and_then(Value::as_array) {
            None => self.check_transfer(&body, product, "", &mut found),
            Some(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    self.check_transfer(entry, product, &format!("payments[{at}]."), &mut found);
                }
            }
        }
        found.all
    }

    /// What of a basket of so many payments goes against what is known of the bank.
    pub fn check_basket(&self, payments: usize, sender: &Sender) -> Vec<Finding> {
        let mut found = Found::by(self, sender.case);
        self.check_sender(sender, &[Call::BasketCreate], &mut found);
        if let Some(fact) = self.baskets.of(sender.case)
            && payments > fact.value.limit
        {
            found.add(BankRule::BasketTooLarge, "paymentIds", fact.value.shown(), fact);
        }
        found.all
    }

    fn check_sender(&self, sender: &Sender, calls: &[Call], found: &mut Found<'_>) {
        let context = sender.case.context();
        if let Some(fact) = self.contexts.of(sender.case)
            && !fact.value.contains(&context)
        {
            found.add(BankRule::ContextNotOffered, "context", fact.value.shown(), fact);
        }
        for fact in self.headers.all_of(sender.case) {
            let insists = fact.value.calls.iter().find(|call| calls.contains(call));
            if let Some(call) = insists
                && !sender.sends(&fact.value.name)
            {
                let limit = format!("{} only with it", call.as_str());
                found.add(BankRule::HeaderMissing, &fact.value.name, limit, fact);
            }
        }
        if let Some(fact) = self.psu_id_required.of(sender.case).filter(|fact| fact.value)
            && self.goes_decoupled(sender)
            && !sender.sends("PSU-ID")
        {
            let limit = "decoupled signatures only with it".to_owned();
            found.add(BankRule::HeaderMissing, "PSU-ID", limit, fact);
        }
    }

    /// Whether the PSU signs in an app, as far as that is known before the bank is asked.
    fn goes_decoupled(&self, sender: &Sender) -> bool {
        let preferred = sender.redirect_preferred;
        let preferred =
            preferred.map(|redirect| if redirect { Approach::Redirect } else { Approach::Decoupled });
        let chosen = match self.approaches.of(sender.case).map(|fact| &fact.value) {
            None => preferred,
            Some(offered) => preferred.filter(|it| offered.contains(it)).or(offered.first().copied()),
        };
        chosen == Some(Approach::Decoupled)
    }

    /// What one creditor gets.
    fn check_transfer(&self, body: &Value, product: PaymentProduct, at: &str, found: &mut Found<'_>) {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let creditor = self.creditor.of(found.case);
        let field = format!("{at}creditorAccount");
        found.account(body.get("creditorAccount"), &field, creditor, BankRule::CreditorForm);
        if let (Some(fact), Some(currency)) =
            (self.currencies.of(found.case), text("/instructedAmount/currency"))
            && !fact.value.iter().any(|known| known.as_str() == currency)
        {
            let field = format!("{at}instructedAmount.currency");
            found.add(BankRule::Currency, &field, fact.value.shown(), fact);
        }
        if let (Some(fact), Some(words)) =
            (self.remittance.of(found.case), text("/remittanceInformationUnstructured"))
        {
            let most = fact.value.most_to(text("/creditorAgent"), &self.bank.bic);
            if words.chars().count() > most {
                let field = format!("{at}remittanceInformationUnstructured");
                let limit = format!("at most {most} characters here");
                found.add(BankRule::RemittanceTooLong, &field, limit, fact);
            }
        }
        let is_abroad = text("/creditorAccount/iban")
            .and_then(|iban| iban.get(..2))
            .is_some_and(|country| country != self.bank.country.as_str());
        if let Some(fact) = self.address_abroad.of(found.case).filter(|fact| fact.value)
            && is_abroad
            && body.get("creditorAddress").is_none()
        {
            let limit = format!("{product} to another country only with it");
            found.add(BankRule::AddressMissing, &format!("{at}creditorAddress"), limit, fact);
        }
    }
}

struct Found<'a> {
    profile: &'a Profile,
    case: Case,
    all: Vec<Finding>,
}

impl<'a> Found<'a> {
    fn by(profile: &'a Profile, case: Case) -> Self {
        Self { profile, case, all: Vec::new() }
    }

    /// An account, against the forms that the bank takes.
    fn account(
        &mut self,
        account: Option<&Value>,
        field: &str,
        forms: Option<&Fact<Vec<AccountForm>>>,
        rule: BankRule,
    ) {
        let (Some(fact), Some(account)) = (forms, account.and_then(Value::as_object)) else {
            return;
        };
        let has_clearing = account.contains_key("clearingNumber");
        let written = |form: &AccountForm| account.keys().any(|member| form.is(member, has_clearing));
        if !fact.value.iter().any(written) {
            self.add(rule, field, fact.value.shown(), fact);
        }
    }

    fn add<T>(&mut self, rule: BankRule, field: &str, limit: String, fact: &Fact<T>) {
        self.all.push(Finding {
            bank: self.profile.bank.bic.clone(),
            rule,
            field: field.to_owned(),
            limit,
            source: fact.source.clone(),
            date: fact.date.clone(),
        });
    }
}
