//! The Open Payments platform on your machine: tokens, bank directory, consents, accounts, single, periodic and bulk
//! payments, signing baskets, cancellations, KYC, the banks' login pages and a BankID page, in one process, for tests and
//! for a first afternoon with no account anywhere.
//!
//! It is a reading of the protocol of its own: it shares value types with the rest of the workspace and none of its
//! requests or answers. State lives in memory. Ids, tokens and codes follow from the seed, so one seed, one clock and the
//! same requests give the same transcript; do not put it where a token must be hard to guess.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), openpayments_sandbox::Error> {
//! use openpayments_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! println!("{} {}", sandbox.api_url(), sandbox.client_id());
//! sandbox.clock().advance(std::time::Duration::from_secs(3600));
//! assert_eq!(sandbox.ledger().count("POST", "/connect/token"), 0);
//! sandbox.stop().await;
//! # Ok(()) }
//! ```
//!
//! # Who signs how
//!
//! | `PSU-ID` | what happens |
//! |---|---|
//! | any other, for example `99990101000` | signs |
//! | `99990101001` | refuses (this one is the sandbox's own) |
//! | `99990101002` | signs, and a second, different PSU has to authorise too |
//! | `99990101004` | lets the session run out: `AUTHENTICATION_SESSION_EXPIRED` |
//! | `99990101005` | has no BankID there: `BANKID_NOT_ACTIVATED` |
//!
//! A `PSU-Corporate-ID` with an odd last digit has no valid KYC: its payments are refused with `TPP_KYC_INVALID`.
//!
//! # What goes wrong
//!
//! Nothing, unless told: a [`Fault`] strikes at a named point in the life of a call, a [`Quirk`] changes the shape of
//! answers. Both come from a test, or over HTTP at [`Sandbox::control_url`].
//!
//! ```
//! # use openpayments_sandbox::{Fault, Sandbox};
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), openpayments_sandbox::Error> {
//! # let sandbox = Sandbox::start().await?;
//! // The second payment is created, and nobody is told.
//! sandbox.faults().script(Fault::lose_answer().operation("initiatePayment").nth(2))?;
//! # Ok(()) }
//! ```
//!
//! # Which bank does what
//!
//! Banks behave by the profiles of [`openpayments_banks`]; [`Builder::profile`] takes one of your own.
//!
//! | bank | for |
//! |---|---|
//! | SEB, `ESSESESS` | BankID in two rounds, signing baskets, all products, what is new on an account, transaction details |
//! | Handelsbanken, `HANDSESS` | approval at the start of an authorisation, payments that cannot be read or cancelled |
//! | Nordea, `NDEASESS` | redirect, money that moves minutes after the signature |
//! | Swedbank, `SWEDSESS` | redirect or BankID, new recipients, cancellations that are signed |
//! | Danske, Nordea Finland and OP | redirect in pounds and in euros |
//!
//! Some of it is the sandbox's own where no source tells what the real platform does: which minutes those are; that Swedbank has cancellations
//! signed and SEB tells what is new; that every bank takes periodic and bulk payments, giro excepted; that an instalment
//! without money is left out and no standing order goes on for more than 400 instalments or ten years; that a basket holds
//! single payments only; the answer of the KYC status.

mod authority;
mod banks;
mod clock;
mod error;
mod fault;
mod http;
mod ledger;
mod order;
mod platform;
mod quirk;
mod sandbox;
mod secret;
mod server;
mod settings;
mod world;

pub use crate::authority::{Authority, ClientCertificate};
pub use openpayments_banks::{Profile, ProfileError, Profiles};

pub use crate::clock::Clock;
pub use crate::error::{Error, ErrorKind};
pub use crate::fault::{ArmedFault, CannedAnswer, Fault, Faults};
pub use crate::ledger::{Ledger, SeenRequest};
pub use crate::order::{Order, OrderKind};
pub use crate::quirk::Quirk;
pub use crate::sandbox::{Builder, Sandbox};
pub use crate::secret::{ClientCredentials, Secret};
pub use crate::settings::Approve;
pub use crate::world::payment::Booking;
