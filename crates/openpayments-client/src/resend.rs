//! When an attempt that failed is followed by another, and after how long. Pure: no IO, no clock.

use std::time::Duration;

use openpayments_api::Resend;

use crate::entropy::{Entropy, below};

/// What a failed attempt allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// No byte left: any call may be sent again.
    NotSent,
    /// It may have arrived.
    Unclear,
    /// An answer said that it was not taken, for now.
    Throttled,
    /// Another attempt would end the same way, or do harm.
    Final,
}

/// How many attempts more, at most, after a failure of this kind.
pub(crate) fn more_attempts(resend: Resend, after: After) -> u32 {
    match (after, resend) {
        (After::Final, _) | (After::Unclear | After::Throttled, Resend::Never) => 0,
        (After::Unclear, Resend::SafeWrite) => 1,
        (After::NotSent, _)
        | (After::Unclear, Resend::Read)
        | (After::Throttled, Resend::Read | Resend::SafeWrite) => 2,
    }
}

/// How long to wait before attempt `attempt + 1`: anywhere up to 250 ms, doubling, 5 s at most; from 1 s when throttled.
/// Never earlier than the platform asked.
pub(crate) fn wait(attempt: u32, after: After, asked: Option<Duration>, entropy: &dyn Entropy) -> Duration {
    let first = if after == After::Throttled { 1000 } else { 250 };
    let most = (first << attempt.min(8)).min(5000);
    let jittered = Duration::from_millis(below(entropy, most + 1));
    asked.map_or(jittered, |asked| asked.max(jittered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use proptest::prelude::*;

    #[test]
    fn f07_a_payment_that_may_have_arrived_is_never_sent_again() {
        for after in [After::Unclear, After::Throttled, After::Final] {
            assert_eq!(more_attempts(Resend::Never, after), 0);
        }
        assert_eq!(more_attempts(Resend::Never, After::NotSent), 2);
        assert_eq!(more_attempts(Resend::SafeWrite, After::Unclear), 1);
        assert_eq!(more_attempts(Resend::Read, After::Unclear), 2);
    }

    proptest! {
        #[test]
        fn c8_a_wait_is_bounded_and_never_shorter_than_asked(attempt in 0_u32..40, asked in 0_u64..20) {
            let asked = Duration::from_secs(asked);
            let waited = wait(attempt, After::Throttled, Some(asked), &SystemEntropy);
            prop_assert!(waited >= asked && waited <= asked.max(Duration::from_secs(5)));
        }
    }
}
