//! The bounds of one request.

use std::time::Duration;

/// How long one request may take and how large its answer may be.
///
/// Connect and idle time belong to a transport, not to one request: they are set where it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// From the call to the last byte of the body. Default 30 s.
    pub total: Duration,
    /// Largest body in bytes, counted after decoding. Default 1 MiB.
    pub body: usize,
    /// Largest ratio of decoded to received bytes of a compressed body. Default 200.
    pub expansion: usize,
    /// Most header fields of an answer. Default 128.
    pub header_fields: usize,
    /// Largest sum of header names and values in bytes. Default 64 KiB.
    pub header_bytes: usize,
}

impl Limits {
    /// Room for a page of account data: 8 MiB.
    pub const ACCOUNT_DATA: usize = 8 * 1024 * 1024;

    /// Replaces the total time.
    #[must_use]
    pub fn with_total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Replaces the largest body.
    #[must_use]
    pub fn with_body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            body: 1024 * 1024,
            expansion: 200,
            header_fields: 128,
            header_bytes: 64 * 1024,
        }
    }
}
