//! How much may be sent again to one host in all, so that a host that is down is not asked three times as often for it.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::resend::After;

/// What a host has at first, and at most.
const FULL: u32 = 500;
/// What sending again costs.
const COST: u32 = 14;
/// What it costs when the host asked to be left alone for a while: it is up.
const THROTTLED_COST: u32 = 5;
/// What a call earns that succeeds at once.
const EARNED: u32 = 1;

/// What is left of it. When it is used up, calls fail with their first failure, until others succeed.
#[derive(Debug)]
pub(crate) struct Quota(AtomicU32);

impl Quota {
    pub(crate) fn full() -> Self {
        Self(AtomicU32::new(FULL))
    }

    /// Pays for sending again after such a failure; `None` when there is not enough left.
    pub(crate) fn pay(&self, after: After) -> Option<Paid<'_>> {
        let cost = if after == After::Throttled { THROTTLED_COST } else { COST };
        let left = |left: u32| left.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).ok()?;
        Some(Paid { quota: self, cost })
    }

    /// A call succeeded at once.
    pub(crate) fn earn(&self) {
        self.add(EARNED);
    }

    fn add(&self, amount: u32) {
        let more = |left: u32| (left < FULL).then(|| (left + amount).min(FULL));
        // Full already: nothing to add.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// What was paid for sending again.
#[derive(Debug)]
pub(crate) struct Paid<'q> {
    quota: &'q Quota,
    cost: u32,
}

impl Paid<'_> {
    /// It was worth it.
    pub(crate) fn give_back(self) {
        self.quota.add(self.cost);
    }
}
