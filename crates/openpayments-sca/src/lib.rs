//! Strong customer authentication for the Open Payments platform.
//!
//! One [`Machine`](machine::Machine), plain data without IO, knows what comes next for a consent or a payment, whether
//! the PSU goes to the bank and comes back (redirect) or stays and signs in an app (decoupled). [`ScaSession`] drives it
//! over a [`Caller`](openpayments_client::Caller) and hands out [`ScaEvent`]s.
//!
//! ```no_run
//! # async fn example(caller: openpayments_client::Caller, context: openpayments_api::CallContext,
//! #     consent: openpayments_model::identifier::ConsentId) -> Result<(), Box<dyn std::error::Error>> {
//! use openpayments_sca::{Authorise, Lang, MethodPreference, ScaEvent};
//!
//! let mut sca = Authorise::new(caller, context, consent).method(MethodPreference::OtherDevice).start().await?;
//! while let Some(event) = sca.next().await? {
//!     match event {
//!         ScaEvent::ChooseMethod(methods) => sca.choose(&methods[0]).await?,
//!         ScaEvent::ShowQr(frame) => println!("{}", frame.to_unicode()),
//!         ScaEvent::OpenApp(link) => println!("open {}", link.expose()),
//!         ScaEvent::Redirect(link) => println!("go to {}", link.expose()), // later: sca.callback(query)
//!         ScaEvent::Progress(step) => println!("{}", step.psu_prompt(Lang::Sv)),
//!         _ => {}
//!     }
//! }
//! sca.into_outcome().into_result()?;
//! # Ok(()) }
//! ```
//!
//! A web server keeps the session where its next request finds it. [`ScaSession::export`] makes bytes of it,
//! [`SessionStore`] is where they are kept, [`handle_callback`] takes the PSU's return in whichever process it arrives,
//! and [`ScaEvent::to_sse`] is what the page is told. One process follows many sessions: polls start at times of their
//! own, and those of one caller share a [`PollGate`].

mod authorise;
mod bankid;
mod callback;
mod error;
mod event;
mod gate;
mod method;
mod outcome;
mod qr;
mod record;
mod redirect;
mod seal;
mod session;
mod store;
mod subject;

pub mod machine;
pub mod sse;
pub mod text;

pub use crate::authorise::Authorise;
pub use crate::bankid::{AppLink, Platform};
pub use crate::callback::{Callback, CallbackRejected, check_callback_request};
pub use crate::error::{ScaError, ScaErrorKind};
pub use crate::event::{Notice, ScaEvent, Step};
pub use crate::gate::PollGate;
pub use crate::machine::Timing;
pub use crate::method::MethodPreference;
pub use crate::outcome::{NextStep, Outcome, ResourceStatus};
pub use crate::qr::QrFrame;
pub use crate::record::{SessionId, SessionRecord};
pub use crate::redirect::{RedirectLink, StateHash};
pub use crate::seal::SealKey;
pub use crate::session::ScaSession;
pub use crate::store::{MemorySessions, SessionStore, StoreError, Taken, handle_callback};
pub use crate::subject::Subject;
pub use crate::text::Lang;
