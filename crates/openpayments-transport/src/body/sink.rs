//! Where decoded bytes land: a buffer that refuses to outgrow its limits.

use std::io;

use bytes::Bytes;

use crate::Limits;

/// Small bodies of repeated text may shrink very well, and cost nothing: below this the ratio is not looked at.
const RATIO_FLOOR: usize = 64 * 1024;

pub(super) struct Sink {
    bytes: Vec<u8>,
    /// Largest number of bytes it takes, whatever was received.
    largest: usize,
    expansion: usize,
    /// Largest number of bytes it takes for what was received so far.
    allowed: usize,
    full: bool,
}

impl Sink {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            bytes: Vec::new(),
            largest: limits.body,
            expansion: limits.expansion,
            allowed: limits.body,
            full: false,
        }
    }

    /// Sets what `received` compressed bytes may grow to.
    pub(super) fn allow(&mut self, received: usize) {
        self.allowed = received.saturating_mul(self.expansion).max(RATIO_FLOOR).min(self.largest);
    }

    /// Whether bytes were refused.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.full || bytes.len() > self.allowed.saturating_sub(self.bytes.len()) {
            self.full = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
