//! Rust SDK for the Open Payments platform (Open Payments Europe AB): one API in front of Nordic and European banks.
//!
//! [`Client`] puts the layers together, [`Bank`] is the handle for one bank, [`Directory`] finds banks. The layers
//! themselves are modules here and crates of their own: take this crate, or only those you need.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use openpayments::prelude::*;
//!
//! let client = Client::builder(Environment::sandbox(), Credentials::new("client id", "client secret")).build()?;
//! for bank in client.directory(Context::Private).banks(Filter::default().country("SE")).await?.body {
//!     println!("{} {}", bank.bic_fi, bank.name.trim_end());
//! }
//! # Ok(()) }
//! ```

mod bank;
mod builder;
mod directory;
mod rules;

pub use openpayments_api as api;
pub use openpayments_banks as banks;
pub use openpayments_client as client;
pub use openpayments_model as model;
pub use openpayments_sca as sca;
#[cfg(feature = "store")]
pub use openpayments_store as store;
pub use openpayments_transport as transport;
pub use openpayments_transport_reqwest as transport_reqwest;

pub use crate::bank::Bank;
pub use crate::builder::{Client, ClientBuilder};
pub use crate::directory::Directory;
pub use crate::rules::BankRules;

/// What most programs need.
pub mod prelude {
    pub use openpayments_api::account::ListTransactions;
    pub use openpayments_api::directory::Filter;
    pub use openpayments_client::{Credentials, Environment, Error, ErrorKind, Response};
    pub use openpayments_model::account::AccountReference;
    pub use openpayments_model::consent::ConsentRequest;
    pub use openpayments_model::payment::{DebtorAccount, DomesticPayment, PaymentOrder};
    pub use openpayments_model::psu::{CorporateId, PsuId};
    pub use openpayments_model::{Amount, Bban, BicFi, Context, Iban, InvalidValue, Product, Psu, ScopeSet};
    pub use openpayments_sca::{Lang, MethodPreference, Outcome, ScaError, ScaErrorKind, ScaEvent};

    pub use crate::{Bank, BankRules, Client, Directory};
}
