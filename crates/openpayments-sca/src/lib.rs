//! Strong customer authentication for the Open Payments platform.
//!
//! One [`Machine`](machine::Machine), plain data without IO, knows what comes next for a consent or a payment, whether
//! the PSU goes to the bank and comes back (redirect) or stays and signs in an app (decoupled). [`ScaSession`] drives it
//! over a [`Caller`](openpayments_client::Caller) and hands out [`ScaEvent`]s.
//!
//! ```no_run
//! # async fn example(caller: openpayments_client::Caller, context: openpayments_api::CallContext,
//! #     consent: openpayments_model::identifier::ConsentId) -> Result<(), Box<dyn std::error::Error>> {
//! use openpayments_sca::{Authorise, MethodPreference, ScaEvent};
//!
//! let mut sca = Authorise::new(caller, context, consent).method(MethodPreference::OtherDevice).start().await?;
//! while let Some(event) = sca.next().await? {
//!     match event {
//!         ScaEvent::ChooseMethod(methods) => sca.choose(&methods[0]).await?,
//!         ScaEvent::ShowQr(frame) => println!("{}", frame.to_unicode()),
//!         ScaEvent::OpenApp(link) => println!("open {}", link.expose()),
//!         ScaEvent::Redirect(link) => println!("go to {}", link.expose()), // later: sca.callback(query)
//!         ScaEvent::Progress(step) => println!("{}", step.psu_prompt()),
//!         _ => {}
//!     }
//! }
//! sca.into_outcome().into_result()?;
//! # Ok(()) }
//! ```

mod bankid;
mod callback;
mod error;
mod event;
mod method;
mod outcome;
mod qr;
mod redirect;
mod session;
mod subject;

pub mod machine;

pub use crate::bankid::AppLink;
pub use crate::callback::{Callback, CallbackRejected};
pub use crate::error::{ScaError, ScaErrorKind};
pub use crate::event::{ScaEvent, Step};
pub use crate::method::MethodPreference;
pub use crate::outcome::{Outcome, ResourceStatus};
pub use crate::qr::QrFrame;
pub use crate::redirect::RedirectLink;
pub use crate::session::{Authorise, ScaSession};
pub use crate::subject::Subject;
