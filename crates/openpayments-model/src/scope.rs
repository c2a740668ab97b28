//! What a token may do: products of the platform and the context, private or corporate.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{InvalidValue, Rule};

/// Whose accounts a call is about. Every token is for exactly one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Personal accounts, scope `private`.
    Private,
    /// Business accounts, scope `corporate`; calls carry `PSU-Corporate-ID`.
    Corporate,
}

impl Context {
    /// The scope word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Corporate => "corporate",
        }
    }
}

impl FromStr for Context {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "private" => Ok(Self::Private),
            "corporate" => Ok(Self::Corporate),
            _ => Err(InvalidValue::new("context", Rule::Form("private or corporate"))),
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::reading::str(deserializer)?.parse().map_err(|e| crate::reading::refused(&e))
    }
}

/// A product of the platform that a token can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Product {
    /// The bank directory.
    AspspInformation,
    /// Consents and account information.
    AccountInformation,
    /// Payments and signing baskets.
    PaymentInitiation,
    /// Extra transactions from the Swedish Bankgirot system.
    BankgiroInformation,
}

impl Product {
    const ALL: [Self; 4] = [
        Self::AspspInformation,
        Self::AccountInformation,
        Self::PaymentInitiation,
        Self::BankgiroInformation,
    ];

    fn bit(self) -> u8 {
        match self {
            Self::AspspInformation => 1,
            Self::AccountInformation => 2,
            Self::PaymentInitiation => 4,
            Self::BankgiroInformation => 8,
        }
    }

    /// The scope word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AspspInformation => "aspspinformation",
            Self::AccountInformation => "accountinformation",
            Self::PaymentInitiation => "paymentinitiation",
            Self::BankgiroInformation => "bankgiroinformation",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The scopes of one token: at least one product and exactly one context.
///
/// ```
/// use openpayments_model::{Context, Product, ScopeSet};
///
/// let scopes = ScopeSet::new(Product::AccountInformation, Context::Private);
/// assert_eq!(scopes.to_string(), "accountinformation private");
/// assert!("accountinformation".parse::<ScopeSet>().is_err(), "a context is required");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeSet {
    /// One bit for each of [`Product::ALL`].
    products: u8,
    context: Context,
}

impl ScopeSet {
    /// One product in one context.
    pub fn new(product: Product, context: Context) -> Self {
        Self { products: product.bit(), context }
    }

    /// Adds a product.
    #[must_use]
    pub fn and(mut self, product: Product) -> Self {
        self.products |= product.bit();
        self
    }

    /// The products.
    pub fn products(self) -> impl Iterator<Item = Product> {
        Product::ALL.into_iter().filter(move |product| self.products & product.bit() != 0)
    }

    /// The context.
    pub fn context(self) -> Context {
        self.context
    }

    /// The scope words that `granted`, a token answer's `scope`, lacks.
    pub fn missing_from(self, granted: &str) -> Vec<&'static str> {
        let granted: BTreeSet<&str> = granted.split_ascii_whitespace().collect();
        let asked = self.products().map(Product::as_str).chain([self.context.as_str()]);
        asked.filter(|word| !granted.contains(word)).collect()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for product in self.products() {
            write!(f, "{product} ")?;
        }
        write!(f, "{}", self.context)
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeSet({self})")
    }
}

impl FromStr for ScopeSet {
    type Err = InvalidValue;

    /// Reads space-separated scope words in any order.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let refused = |why| InvalidValue::new("scope", why);
        let mut products = 0;
        let mut context = None;
        for word in text.split_ascii_whitespace() {
            if let Some(product) = Product::ALL.into_iter().find(|product| product.as_str() == word) {
                products |= product.bit();
            } else if let Ok(found) = word.parse::<Context>() {
                if context.is_some_and(|earlier| earlier != found) {
                    return Err(refused(Rule::Conflict(
                        "a token is for private or for corporate, never both",
                    )));
                }
                context = Some(found);
            } else {
                return Err(refused(Rule::Form("accountinformation private")));
            }
        }
        let context =
            context.ok_or(refused(Rule::Conflict("a context is missing: add private or corporate")))?;
        if products == 0 {
            return Err(refused(Rule::Conflict("a product is missing, for example accountinformation")));
        }
        Ok(Self { products, context })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_but_exactly_one_context_does() {
        let scopes: ScopeSet = "private paymentinitiation accountinformation".parse().unwrap();
        assert_eq!(scopes.to_string(), "accountinformation paymentinitiation private");
        for text in
            ["", "private", "accountinformation", "accountinformation private corporate", "accounts private"]
        {
            assert!(text.parse::<ScopeSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_narrower_grant_is_named() {
        let asked = ScopeSet::new(Product::AccountInformation, Context::Private);
        assert_eq!(asked.missing_from("accountinformation corporate"), ["private"]);
        assert!(asked.missing_from("aspspinformation private accountinformation").is_empty());
    }
}
