//! The transport over real sockets of the loopback interface, and the certificates it takes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod certificates;
mod ends;
mod raw_server;
mod tls_server;

mod conformance;
mod delivery;
mod framing;
mod identity_loading;
mod mutual_tls;
mod pooling;
mod proxy;
mod secrecy;
mod server_trust;
mod tls_versions;
