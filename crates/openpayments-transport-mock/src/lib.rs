//! Transports for tests, none of which opens a socket:
//!
//! - [`ScriptedTransport`] answers an ordered script and tells what departed from it;
//! - [`FnTransport`] answers with a closure;
//! - `MockTransport` (feature `mockall`) is the double with expectations.
//!
//! They read their answers by the same rules as a real transport: limits are kept and gzip is decoded.
//!
//! Feature `conformance` adds the module of that name: the suite that every transport must pass, these included.
//!
//! ```
//! use bytes::Bytes;
//! use http::Method;
//! use openpayments_transport::{Effect, Request, Transport};
//! use openpayments_transport_mock::ScriptedTransport;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let script = ScriptedTransport::new()
//!     .expect(Method::GET, "/psd2/aspspinformation/v1/cities")
//!     .answer_json(200, r#"{"cities":[]}"#);
//!
//! let http = http::Request::get("https://api.example/psd2/aspspinformation/v1/cities").body(Bytes::new())?;
//! let answer = script.send(Request::new(http, Effect::Read)).await?;
//!
//! assert_eq!(answer.body(), r#"{"cities":[]}"#);
//! script.assert_done();
//! # Ok(())
//! # }
//! ```

mod closure;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "mockall")]
mod double;
mod scripted;

pub use crate::closure::FnTransport;
#[cfg(feature = "mockall")]
pub use crate::double::MockTransport;
pub use crate::scripted::{Departures, Expectation, ScriptedTransport};
