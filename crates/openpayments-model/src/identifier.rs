//! Identifiers: of accounts, banks, people, companies, and of what the platform hands out.

mod bban;
mod bic;
mod check_digit;
mod country;
mod giro;
mod handed_out;
mod iban;
mod ocr;
mod person;
mod swedish;

pub use self::bban::{Bban, ClearingNumber};
pub use self::bic::BicFi;
pub use self::country::CountryCode;
pub use self::giro::{Bankgiro, Plusgiro};
pub use self::handed_out::{
    AccountId, AffiliatedAspspId, AuthorisationId, BasketId, CityId, ConsentId, PaymentId, RequestId,
    ScaMethodId, TransactionId,
};
pub use self::iban::Iban;
pub use self::ocr::OcrReference;
pub use self::person::{CorporateId, PsuId};
pub use self::swedish::{OrganisationNumber, PersonalNumber};
