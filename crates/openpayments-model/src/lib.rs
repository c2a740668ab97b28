//! The nouns of the Open Payments platform: values and messages of its protocol. No IO, no async, no HTTP.
//!
//! What we create is checked when it is made ([`Iban::parse`], [`Amount::new`]); what a bank sends is kept as it is,
//! values we have no name for included. Money is exact. Whatever is personal prints masked in `Debug`.
//!
//! ```
//! use openpayments_model::{Amount, Iban};
//!
//! let iban: Iban = "SE45 5000 0000 0583 9825 7466".parse()?;
//! assert_eq!(iban.as_str(), "SE4550000000058398257466");
//! assert_eq!(format!("{iban:?}"), "Iban(…7466)");
//!
//! let amount = Amount::parse("SEK", "123.50")?;
//! assert_eq!(amount.to_string(), "123.50 SEK");
//! # Ok::<(), openpayments_model::InvalidValue>(())
//! ```

#[macro_use]
mod open_enum;
mod invalid;
mod mask;
mod reading;

pub mod account;
pub mod aspsp;
pub mod authorisation;
pub mod basket;
pub mod consent;
pub mod identifier;
pub mod link;
pub mod message;
pub mod money;
pub mod payment;
pub mod psu;
pub mod scope;
pub mod status;
pub mod transaction;

pub use crate::identifier::{Bban, BicFi, Iban};
pub use crate::invalid::{InvalidValue, Rule, is_unprintable};
pub use crate::money::{Amount, CurrencyCode};
pub use crate::psu::Psu;
pub use crate::scope::{Context, Product, ScopeSet};
