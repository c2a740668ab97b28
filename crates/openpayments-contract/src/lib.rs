//! The referee: somebody who is neither our client nor our sandbox, and who has only the vendor's OpenAPI file.
//!
//! Three things are proved, with no expectation written by hand in between:
//! 1. what the client sends is a valid request for the file ([`Walk`], through Prism as a validating proxy);
//! 2. what the sandbox answers is a valid response for the file (the same calls, on their way back);
//! 3. what Prism makes up from the file alone, the client reads ([`Walk`], against Prism's mock).
//!
//! Where the platform itself departs from its file, a [departure](Departures) says so by name.

mod call;
mod departures;
mod file;
mod finding;
mod prism;
mod referee;
pub mod table;
mod time;
mod verdict;
mod walk;

pub use crate::call::Call;
pub use crate::departures::Departures;
pub use crate::finding::{Check, Finding};
pub use crate::prism::Prism;
pub use crate::verdict::Verdict;
pub use crate::walk::{Seen, Walk};
