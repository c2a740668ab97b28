//! The production [`Transport`](openpayments_transport::Transport): reqwest for HTTP, rustls for TLS, and a client
//! certificate from PEM or PFX.
//!
//! What cannot be switched off: certificates and host names are checked, TLS is 1.2 or later, no redirect is
//! followed, nothing is sent twice, there is no cookie store, and plain `http` goes to the loopback interface only.
//!
//! ```no_run
//! use openpayments_transport_reqwest::{ClientIdentity, ReqwestTransport};
//! use secrecy::SecretString;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SecretString::from(std::fs::read_to_string("client.key")?);
//! let identity = ClientIdentity::from_pem(std::fs::read("client.pem")?, &key)?;
//! let transport = ReqwestTransport::builder().identity(identity).build()?;
//! # let _ = transport;
//! # Ok(())
//! # }
//! ```

mod builder;
mod clock;
mod failure;
mod identity;
mod patience;
mod pools;
mod target;
mod tls;
mod transport;

pub use crate::builder::{BuildError, BuildErrorKind, ReqwestTransportBuilder};
pub use crate::identity::{ClientIdentity, IdentityError, IdentityErrorKind, IdentityLoader};
pub use crate::tls::Trust;
pub use crate::transport::ReqwestTransport;
