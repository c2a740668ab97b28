//! Randomness as it comes in from outside.

use std::fmt::Debug;

/// Where random bytes come from.
pub trait Entropy: Send + Sync + Debug {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no request id and no state can be made; nothing is safe"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

/// A number below `bound`, evenly spread but for a bias far below what jitter needs.
pub(crate) fn below(entropy: &dyn Entropy, bound: u64) -> u64 {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or_default()
}
