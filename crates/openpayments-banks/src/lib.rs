//! What each bank of the Open Payments platform demands, as data, and a check of a call against it before it is sent.
//!
//! A [`Profile`] is one file of statements about one bank, each with its source and date. What no statement tells is not
//! known: it is never guessed, and nothing is found against it. No IO but reading such files, no async, no HTTP.
//!
//! ```
//! use openpayments_banks::{Case, Platform, Profiles};
//! use openpayments_model::{BicFi, Context};
//!
//! let swedbank = Profiles::built_in().find(&BicFi::parse("SWEDSESS")?).expect("one of those it comes with");
//! let case = Case::new(Platform::Production, Context::Private);
//! let fact = swedbank.preference_sticks.of(case).expect("a statement");
//! assert!(fact.value, "by {}, {}", fact.source, fact.date);
//! # Ok::<(), openpayments_model::InvalidValue>(())
//! ```

mod account;
mod call;
mod check;
mod date;
mod error;
mod explain;
mod fact;
mod finding;
mod limit;
mod profile;
mod profiles;
mod sense;
mod shown;
mod signing;

pub use crate::account::{AccountForm, Affiliated, TestAccounts};
pub use crate::call::{Call, RequiredHeader};
pub use crate::check::Sender;
pub use crate::date::FactDate;
pub use crate::error::ProfileError;
pub use crate::explain::{ExpectedCall, ExpectedSigning, Explanation};
pub use crate::fact::{Case, Fact, Facts, Platform};
pub use crate::finding::{BankRule, Finding, Findings};
pub use crate::limit::{
    Baskets, Cancellation, Fresh, History, Remittance, Search, Settlement, TransactionFilter,
};
pub use crate::profile::{Identity, Profile, Statement};
pub use crate::profiles::Profiles;
pub use crate::signing::{Approach, Challenge, Method, StartWindow, Step, WaitsFor, WindowStart};
