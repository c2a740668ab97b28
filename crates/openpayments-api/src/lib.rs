//! The verbs of the Open Payments platform: every call as a value that becomes a request and reads a response.
//! Sans-IO: whoever has an HTTP stack of his own stops here.
//!
//! ```
//! use bytes::Bytes;
//! use openpayments_api::directory::ListCountries;
//! use openpayments_api::{CallContext, Operation};
//! use openpayments_model::Context;
//!
//! let call = ListCountries::all();
//! let request = call.request(&CallContext::directory(Context::Private))?;
//! assert_eq!(request.uri(), "/psd2/aspspinformation/v1/countries");
//!
//! // Send it your own way, with `Authorization` and `X-Request-ID` added, and hand the answer back:
//! let answer = http::Response::builder()
//!     .header("content-type", "application/json")
//!     .body(Bytes::from(r#"{"countries":[{"isoCountryCode":"SE","name":"Sweden"}]}"#))?;
//! assert_eq!(ListCountries::response(&answer)?[0].name, "Sweden");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod context;
mod created;
mod error;
mod headers;
mod limits;
mod operation;
mod refusal;
mod request;

pub mod account;
pub mod authorisation;
pub mod basket;
pub mod consent;
pub mod directory;
pub mod kyc;
pub mod payment;
pub mod raw;
pub mod token;

pub use crate::answer::warnings;
pub use crate::context::CallContext;
pub use crate::error::{ApiError, ApiErrorKind, BuildError};
pub use crate::headers::AnswerHeaders;
pub use crate::operation::{Audience, Operation, Resend};
