//! What a check has found.

use std::fmt;

use openpayments_model::BicFi;
use serde::Serialize;

use crate::FactDate;

/// What of a call goes against what is known of the bank. It names the field and the rule and never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The bank.
    pub bank: BicFi,
    /// Which rule.
    pub rule: BankRule,
    /// The header or the member of the body, such as `payments[2].remittanceInformationUnstructured`.
    pub field: String,
    /// What the bank takes.
    pub limit: String,
    /// Who said so.
    pub source: String,
    /// When it was said.
    pub date: FactDate,
}

/// A rule that a call to a bank can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BankRule {
    /// The bank is not reached in this context.
    ContextNotOffered,
    /// The bank does not take this payment product.
    ProductNotOffered,
    /// A header is missing that the bank insists on, on this call or on one that has to follow.
    HeaderMissing,
    /// The consent asks for fewer reads a day than the bank takes.
    FrequencyTooLow,
    /// The bank wants the debtor's account written otherwise.
    DebtorForm,
    /// The bank wants the creditor's account written otherwise.
    CreditorForm,
    /// The bank does not pay in this currency.
    Currency,
    /// The text for the creditor is longer than the bank passes on.
    RemittanceTooLong,
    /// The creditor is in another country, and the bank wants the address.
    AddressMissing,
    /// More payments in a basket than the bank signs at once, or any where it has no baskets.
    BasketTooLarge,
}

impl BankRule {
    /// Its name, such as `remittance-too-long`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContextNotOffered => "context-not-offered",
            Self::ProductNotOffered => "product-not-offered",
            Self::HeaderMissing => "header-missing",
            Self::FrequencyTooLow => "frequency-too-low",
            Self::DebtorForm => "debtor-form",
            Self::CreditorForm => "creditor-form",
            Self::Currency => "currency",
            Self::RemittanceTooLong => "remittance-too-long",
            Self::AddressMissing => "address-missing",
            Self::BasketTooLarge => "basket-too-large",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bank, field, limit, source, date, .. } = self;
        write!(f, "{field}: {bank} takes {limit} ({source}, {date})")
    }
}

/// Findings, as the reason why a call was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Those of a check, if it found anything.
    pub fn new(found: Vec<Finding>) -> Option<Self> {
        if found.is_empty() { None } else { Some(Self(found)) }
    }

    /// One or more.
    pub fn as_slice(&self) -> &[Finding] {
        &self.0
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, finding) in self.0.iter().enumerate() {
            let glue = if nth == 0 { "" } else { "; " };
            write!(f, "{glue}{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
