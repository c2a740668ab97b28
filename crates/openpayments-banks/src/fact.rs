//! A statement about a bank: what it says, when it holds, and who said it.

use openpayments_model::Context;
use openpayments_model::payment::PaymentProduct;
use serde::{Deserialize, Serialize};

use crate::FactDate;

/// Which of the platform's two installations a bank is reached through. They differ in what banks offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// The one for tests.
    Sandbox,
    /// The one where money moves.
    Production,
}

impl Platform {
    /// Its word in profiles.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

/// What is asked for: by which statements it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    platform: Platform,
    context: Context,
    product: Option<PaymentProduct>,
}

impl Case {
    /// Accounts, consents and what has no product.
    pub fn new(platform: Platform, context: Context) -> Self {
        Self { platform, context, product: None }
    }

    /// A payment of this product.
    #[must_use]
    pub fn product(self, product: PaymentProduct) -> Self {
        Self { product: Some(product), ..self }
    }

    /// Sandbox or production.
    pub fn platform(self) -> Platform {
        self.platform
    }

    /// Private or corporate.
    pub fn context(self) -> Context {
        self.context
    }

    /// The payment product, if there is one.
    pub fn payment_product(self) -> Option<PaymentProduct> {
        self.product
    }
}

/// One statement: a value, when it holds, who said it and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Fact<T> {
    /// What is said.
    pub value: T,
    /// Where it holds; everywhere without it.
    pub platform: Option<Platform>,
    /// In which context; in both without it.
    pub context: Option<Context>,
    /// For which payment products; for all, and for what has no product, when empty.
    #[serde(default)]
    pub products: Vec<PaymentProduct>,
    /// Who said it.
    pub source: String,
    /// When it was said.
    pub date: FactDate,
}

impl<T> Fact<T> {
    /// Whether it holds in this case.
    pub fn holds(&self, case: Case) -> bool {
        self.platform.is_none_or(|platform| platform == case.platform)
            && self.context.is_none_or(|context| context == case.context)
            && (self.products.is_empty() || case.product.is_some_and(|it| self.products.contains(&it)))
    }

    /// When it holds, in words; empty for always.
    pub fn scope(&self) -> String {
        let platform = self.platform.map(Platform::as_str);
        let context = self.context.map(Context::as_str);
        let products = self.products.iter().map(|product| product.as_str());
        platform.into_iter().chain(context).chain(products).collect::<Vec<_>>().join(", ")
    }
}

/// All statements about one thing, in the order of the file. None means that nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Facts<T>(Vec<Fact<T>>);

impl<T> Default for Facts<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Facts<T> {
    /// The first that holds in this case.
    pub fn of(&self, case: Case) -> Option<&Fact<T>> {
        self.all_of(case).next()
    }

    /// Every one that holds in this case.
    pub fn all_of(&self, case: Case) -> impl Iterator<Item = &Fact<T>> {
        self.0.iter().filter(move |fact| fact.holds(case))
    }

    /// These, and those of another after them.
    pub(crate) fn append(&mut self, others: &Self)
    where
        T: Clone,
    {
        self.0.extend(others.0.iter().cloned());
    }

    /// Every one.
    #[expect(
        clippy::iter_without_into_iter,
        reason = "statements are looked up by case; a loop over all is rare"
    )]
    pub fn iter(&self) -> std::slice::Iter<'_, Fact<T>> {
        self.0.iter()
    }
}
