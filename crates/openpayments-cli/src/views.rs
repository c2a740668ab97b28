//! How answers look: a table for people, an object for programs. Nothing is called from here.
#![expect(clippy::struct_field_names, reason = "fields are named as the members of the JSON are")]

pub(crate) mod accounts;
pub(crate) mod banks;
pub(crate) mod baskets;
pub(crate) mod bulk;
pub(crate) mod call;
pub(crate) mod consents;
pub(crate) mod doctor;
pub(crate) mod kyc;
mod moment;
pub(crate) mod payments;
pub(crate) mod sca;
pub(crate) mod token;
pub(crate) mod transactions;
