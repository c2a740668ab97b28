//! Identifiers: of accounts, banks, people, companies, and of what the platform hands out.

mod bban;
mod bic;
mod handed_out;
mod iban;
mod person;

pub use self::bban::{Bban, ClearingNumber};
pub use self::bic::BicFi;
pub use self::handed_out::{
    AccountId, AffiliatedAspspId, AuthorisationId, CityId, ConsentId, PaymentId, RequestId, ScaMethodId,
    TransactionId,
};
pub use self::iban::Iban;
pub use self::person::{CorporateId, PsuId};
