//! What must outlive a process: payments that were begun, consents that were given, signatures that are under way.
//!
//! Intent before effect: what is about to be sent is kept first, what came back is kept before it is returned. A process
//! that is killed anywhere in between leaves enough behind for the next one to go on, and a payment is never sent twice.
//!
//! [`Store`] is the one trait to implement: entries of bytes, written on a condition. [`Payments`], [`Consents`] and
//! [`Sessions`] are the rules on top of it, the same for every database. [`MemoryStore`] is for tests and programs that keep
//! nothing, `SqliteStore` (feature `sqlite`) is one file for several processes, [`SealedStore`] encrypts what any other
//! keeps. [`conformance`] tells whether a store of one's own keeps the promises.
//!
//! ```
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use openpayments_model::identifier::ConsentId;
//! use openpayments_model::status::ConsentStatus;
//! use openpayments_store::{Consents, KeptConsent, MemoryStore};
//!
//! let consents = Consents::in_store(Arc::new(MemoryStore::new()));
//! let id = ConsentId::parse("made-up-consent")?;
//! let at = "2026-11-23T08:00:00Z".parse()?;
//! consents.keep(&KeptConsent::new(id.clone(), "ESSESESS".parse()?, at)).await?;
//! consents.note_status(&id, &ConsentStatus::Valid).await?;
//! assert_eq!(consents.get(&id).await?.map(|kept| kept.status), Some(ConsentStatus::Valid));
//! # Ok(()) }
//! ```

pub mod conformance;
mod consent_once;
mod consents;
mod error;
mod intent;
mod key;
mod memory;
mod once;
mod payments;
mod reconcile;
mod sealed;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod typed;

pub use crate::consent_once::{ConsentOnce, create_consent_once};
pub use crate::consents::{Consents, KeptConsent};
pub use crate::error::{CallError, StoreError};
pub use crate::intent::{PaymentIntent, PaymentStage, Unanswered};
pub use crate::key::Key;
pub use crate::memory::MemoryStore;
pub use crate::once::{Once, OnceError, create_payment_once, recreate_payment};
pub use crate::payments::{Attempt, Begun, Payments};
pub use crate::reconcile::{Reconciled, reconcile_payment};
pub use crate::sealed::SealedStore;
pub use crate::sessions::Sessions;
#[cfg(feature = "sqlite")]
pub use crate::sqlite::SqliteStore;
pub use crate::store::{Entry, Kind, Store};
