//! How a bank wants accounts written, and which ones sources name.

use serde::{Deserialize, Serialize};

/// How an account is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccountForm {
    /// As an IBAN.
    Iban,
    /// As the bank's own number.
    Bban,
    /// As the bank's own number, and nothing in the clearing number's member.
    BbanWithoutClearing,
    /// As the bank's own number, with the clearing number in its own member.
    BbanAndClearing,
    /// As a plusgiro number.
    Plusgiro,
    /// As a bankgiro number.
    Bankgiro,
}

impl AccountForm {
    /// In words, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Iban => "iban",
            Self::Bban => "bban",
            Self::BbanWithoutClearing => "bban without clearingNumber",
            Self::BbanAndClearing => "bban with clearingNumber",
            Self::Plusgiro => "plusgiroNumber",
            Self::Bankgiro => "bankgiroNumber",
        }
    }

    /// Whether an account is written so: by the member that holds its number, and whether it has a clearing number.
    pub fn is(self, member: &str, has_clearing: bool) -> bool {
        match self {
            Self::Iban => member == "iban",
            Self::Bban => member == "bban",
            Self::BbanWithoutClearing => member == "bban" && !has_clearing,
            Self::BbanAndClearing => member == "bban" && has_clearing,
            Self::Plusgiro => member == "plusgiroNumber",
            Self::Bankgiro => member == "bankgiroNumber",
        }
    }
}

/// A bank under the bank's roof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Affiliated {
    /// What `X-AffiliatedASPSP-ID` carries.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Accounts that can be used in tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct TestAccounts {
    /// PSU or company that they belong to, where a source says.
    pub holder: Option<String>,
    /// IBANs or the bank's own numbers; the one to pay from first.
    pub accounts: Vec<String>,
}
