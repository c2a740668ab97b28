//! Runs the calls of the Open Payments platform over a [`Transport`](openpayments_transport::Transport): environments,
//! credentials, tokens, request ids, resends, tracing, errors.
//!
//! ```no_run
//! # async fn example(transport: std::sync::Arc<dyn openpayments_transport::Transport>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use openpayments_api::CallContext;
//! use openpayments_api::directory::ListCountries;
//! use openpayments_client::{Caller, Credentials, Environment};
//! use openpayments_model::Context;
//!
//! let caller = Caller::builder(Environment::sandbox(), Credentials::new("client id", "client secret"))
//!     .transport(transport)
//!     .build()?;
//! let countries = caller.call(&ListCountries::all(), &CallContext::directory(Context::Private)).await?;
//! println!("{} countries, request {}", countries.body.len(), countries.request_id);
//! # Ok(()) }
//! ```

mod caller;
mod clock;
mod entropy;
mod environment;
mod error;
mod failure;
mod follow;
mod host;
mod pages;
mod quota;
mod remains;
mod resend;
mod response;
mod token;

pub use openpayments_api::token::Credentials;

pub use crate::caller::{Caller, CallerBuilder};
pub use crate::clock::{Clock, ManualClock, SystemClock};
pub use crate::entropy::{Entropy, SystemEntropy};
pub use crate::environment::Environment;
pub use crate::error::{Error, ErrorKind};
pub use crate::follow::PaymentFollower;
pub use crate::pages::TransactionPages;
pub use crate::remains::Remains;
pub use crate::response::Response;
