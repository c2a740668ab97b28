//! How each bank behaves: by the profiles that everybody shares, and by choices of the sandbox's own where they are
//! silent. It answers every "which" and "how long" of the handlers, so that no handler knows a bank by name.

mod seat;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use openpayments_banks::{
    AccountForm, Affiliated, Approach, Call, Cancellation, Case, Method, Platform, Profile, Profiles,
    Settlement, Step, TransactionFilter, WindowStart,
};
use openpayments_model::payment::PaymentProduct;
use openpayments_model::status::TransactionStatus;
use openpayments_model::{Context, CurrencyCode};

use self::seat::Seat;

/// The longest consent that is granted, in days. No source names one.
pub(crate) const CONSENT_DAYS: i64 = 180;

/// The banks of the directory, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Banks(Vec<Arc<Bank>>);

impl Banks {
    pub(crate) fn of(profiles: &Profiles) -> Self {
        Self(profiles.iter().map(|profile| Arc::new(Bank::of(profile))).collect())
    }

    /// The bank with this BIC.
    pub(crate) fn find(&self, bic: &str) -> Option<&Arc<Bank>> {
        self.0.iter().find(|bank| bank.bic() == bic)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Arc<Bank>> {
        self.0.iter()
    }
}

/// One bank.
#[derive(Debug)]
pub(crate) struct Bank {
    /// Its profile, and after it what the sandbox chose.
    profile: Profile,
    pub(crate) seat: Seat,
}

impl Bank {
    fn of(profile: &Profile) -> Self {
        // Both come with the sandbox, and a test reads them.
        static ANY: LazyLock<Option<Profile>> =
            LazyLock::new(|| Profile::parse("any.toml", include_str!("../banks/any.toml")).ok());
        let seat = Seat::of(profile.bank.bic.as_str(), profile.bank.country.as_str());
        let own = Profile::parse("own.toml", seat.own).ok();
        let silent = own.iter().chain(ANY.iter());
        Self { profile: silent.fold(profile.clone(), Profile::or), seat }
    }

    pub(crate) fn bic(&self) -> &str {
        self.profile.bank.bic.as_str()
    }

    pub(crate) fn name(&self) -> &str {
        &self.profile.bank.name
    }

    pub(crate) fn country(&self) -> &str {
        self.profile.bank.country.as_str()
    }

    /// Banks under its roof.
    pub(crate) fn affiliated(&self) -> impl Iterator<Item = &Affiliated> {
        self.profile.affiliated.iter().flat_map(|fact| &fact.value)
    }

    /// Whether accounts of this kind can be reached.
    pub(crate) fn offers(&self, context: Context) -> bool {
        self.profile.contexts.of(case(context)).is_some_and(|fact| fact.value.contains(&context))
    }

    /// Whether it answers a call.
    pub(crate) fn answers(&self, call: Call, context: Context) -> bool {
        !self.profile.unsupported.all_of(case(context)).any(|fact| fact.value.contains(&call))
    }

    /// Payment products offered.
    pub(crate) fn products(&self, context: Context) -> &[PaymentProduct] {
        self.profile.products.of(case(context)).map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// The ways to sign it offers; the first is taken when the client states no preference.
    pub(crate) fn approaches(&self, context: Context) -> &[Approach] {
        self.profile.approaches.of(case(context)).map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// How a PSU gets to it, where that is settled before anybody asks.
    pub(crate) fn only_approach(&self, context: Context) -> Option<Approach> {
        if let [only] = self.approaches(context) { Some(*only) } else { None }
    }

    /// The methods a PSU chooses from.
    pub(crate) fn methods(&self, context: Context) -> &[Method] {
        self.profile.methods.of(case(context)).map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// What a decoupled authorisation of a consent goes through.
    pub(crate) fn consent_steps(&self, context: Context) -> &[Step] {
        self.profile.consent_steps.of(case(context)).map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// What a decoupled authorisation of a payment goes through.
    pub(crate) fn payment_steps(&self, context: Context) -> &[Step] {
        self.profile.payment_steps.of(case(context)).map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// Whether its sandbox approves as soon as an authorisation is started.
    pub(crate) fn approves_at_start(&self, context: Context) -> bool {
        self.profile.approves_at_start.of(case(context)).is_some_and(|fact| fact.value)
    }

    /// The PSU must open the app within this time, and whether it runs from the start of the authorisation.
    pub(crate) fn start_window(&self, context: Context) -> (Duration, bool) {
        let window = self.profile.start_window.of(case(context)).map(|fact| fact.value);
        window.map_or((Duration::from_secs(30), false), |window| {
            (Duration::from_secs(window.seconds.into()), window.from == WindowStart::Authorisation)
        })
    }

    /// Whether `TPP-Redirect-Preferred` must stay what it was when the resource was created.
    pub(crate) fn preference_sticks(&self, context: Context) -> bool {
        self.profile.preference_sticks.of(case(context)).is_some_and(|fact| fact.value)
    }

    /// Whether a decoupled authorisation needs `PSU-ID`.
    pub(crate) fn psu_id_required(&self, context: Context) -> bool {
        self.profile.psu_id_required.of(case(context)).is_some_and(|fact| fact.value)
    }

    /// Headers that a call needs beyond what the platform demands.
    pub(crate) fn required_headers(&self, call: Call, context: Context) -> impl Iterator<Item = &str> {
        let facts = self.profile.headers.all_of(case(context));
        facts.filter(move |fact| fact.value.calls.contains(&call)).map(|fact| fact.value.name.as_str())
    }

    /// The least `frequencyPerDay`.
    pub(crate) fn least_frequency(&self, context: Context) -> u32 {
        self.profile.least_frequency.of(case(context)).map_or(0, |fact| fact.value)
    }

    /// How it wants the debtor's account, where that is known.
    pub(crate) fn debtor_forms(&self, context: Context, product: PaymentProduct) -> Option<&[AccountForm]> {
        self.profile.debtor.of(case(context).product(product)).map(|fact| fact.value.as_slice())
    }

    /// How it wants the creditor's account, where that is known.
    pub(crate) fn creditor_forms(&self, context: Context, product: PaymentProduct) -> Option<&[AccountForm]> {
        self.profile.creditor.of(case(context).product(product)).map(|fact| fact.value.as_slice())
    }

    /// The currencies it pays in, where they are known.
    pub(crate) fn currencies(&self, context: Context, product: PaymentProduct) -> Option<&[CurrencyCode]> {
        self.profile.currencies.of(case(context).product(product)).map(|fact| fact.value.as_slice())
    }

    /// The currency of its accounts: the one it pays in where that is one alone, else its country's.
    pub(crate) fn account_currency(&self) -> &str {
        let known = PaymentProduct::ALL.into_iter().find_map(|it| self.currencies(Context::Private, it));
        match (known, self.country()) {
            (Some([only]), _) => only.as_str(),
            (_, "FI" | "DE") => "EUR",
            (_, "NO") => "NOK",
            (_, "DK") => "DKK",
            (_, "UK" | "GB") => "GBP",
            _ => "SEK",
        }
    }

    /// The longest text for the creditor, in characters.
    pub(crate) fn longest_remittance(&self, context: Context, product: PaymentProduct, agent: &str) -> usize {
        let limit = self.profile.remittance.of(case(context).product(product)).map(|fact| fact.value);
        limit.map_or(140, |limit| limit.most_to(Some(agent), &self.profile.bank.bic))
    }

    /// Whether a creditor in another country needs `creditorAddress`.
    pub(crate) fn wants_address_abroad(&self, context: Context, product: PaymentProduct) -> bool {
        self.profile.address_abroad.of(case(context).product(product)).is_some_and(|fact| fact.value)
    }

    /// Status of a payment that was just created.
    pub(crate) fn created_status(&self, context: Context) -> TransactionStatus {
        let status = self.profile.created_status.of(case(context));
        status.map_or(TransactionStatus::Received, |fact| fact.value.clone())
    }

    /// Status of a payment that was just signed and is due.
    pub(crate) fn signed_status(&self, context: Context) -> TransactionStatus {
        let status = self.profile.signed_status.of(case(context));
        status.map_or(TransactionStatus::AcceptedSettlementInProcess, |fact| fact.value.clone())
    }

    /// Time between signature and booking. Sources say minutes, or nothing; which ones is the sandbox's own.
    pub(crate) fn settles_after(&self, context: Context) -> Duration {
        match self.profile.settlement.of(case(context)).map(|fact| fact.value) {
            Some(Settlement::Minutes) => Duration::from_mins(3),
            _ => Duration::from_secs(2),
        }
    }

    /// How a payment is cancelled.
    pub(crate) fn cancellation(&self, context: Context) -> Cancellation {
        self.profile.cancellation.of(case(context)).map_or(Cancellation::None, |fact| fact.value)
    }

    /// The most payments of one signing basket, where baskets are offered.
    pub(crate) fn basket_limit(&self, context: Context) -> Option<usize> {
        let limit = self.profile.baskets.of(case(context)).map(|fact| fact.value.limit);
        limit.filter(|limit| *limit > 0)
    }

    /// How far back transactions of accounts in this currency go, where that is known.
    pub(crate) fn history(&self, context: Context, currency: &str) -> Option<&openpayments_banks::History> {
        let mut facts = self.profile.history.all_of(case(context)).map(|fact| &fact.value);
        facts.find(|history| history.currency.is_none_or(|of| of.as_str() == currency))
    }

    /// How many transactions of a period of so many days one search gives, where that is known.
    pub(crate) fn most_rows(&self, context: Context, days: i64) -> Option<usize> {
        let mut facts = self.profile.search.all_of(case(context)).map(|fact| fact.value);
        facts
            .find(|search| search.days.is_none_or(|longest| days <= longest.into()))
            .map(|search| search.rows)
    }

    /// By what transactions are asked for in vain.
    pub(crate) fn ignored_filters(&self, context: Context) -> &[TransactionFilter] {
        let known = self.profile.ignored_filters.of(case(context));
        known.map(|fact| fact.value.as_slice()).unwrap_or_default()
    }

    /// The accounts that sources name, of this holder or of whoever is there when nobody is named.
    pub(crate) fn documented_accounts(&self, holder: &str, is_default: bool) -> &[String] {
        let of_holder = |known: Option<&str>| known.map_or(is_default, |known| known == holder);
        let mut facts = self.profile.test_accounts.iter().map(|fact| &fact.value);
        let found = facts.find(|known| of_holder(known.holder.as_deref()));
        found.map(|known| known.accounts.as_slice()).unwrap_or_default()
    }
}

/// The sandbox stands for the platform's own.
fn case(context: Context) -> Case {
    Case::new(Platform::Sandbox, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_of_the_sandbox_is_a_right_profile() {
        assert!(Profile::parse("any.toml", include_str!("../banks/any.toml")).is_ok());
        for bank in Banks::of(&Profiles::built_in()).iter() {
            let own = bank.seat.own;
            let bic = own.is_empty().then(|| bank.bic().to_owned());
            let bic = bic.unwrap_or_else(|| Profile::parse("own.toml", own).unwrap().bank.bic.to_string());
            assert_eq!(bic, bank.bic());
        }
    }

    #[test]
    fn every_bank_can_do_what_handlers_need() {
        for bank in Banks::of(&Profiles::built_in()).iter() {
            let context = Context::Private;
            assert!(bank.offers(context) && !bank.products(context).is_empty());
            assert!(!bank.approaches(context).is_empty() && !bank.methods(context).is_empty());
            assert!(!bank.consent_steps(context).is_empty() && !bank.payment_steps(context).is_empty());
        }
    }
}
