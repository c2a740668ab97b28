//! The platform in one value: what is fixed, the clock, the world behind a lock, and the record of requests.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use url::Url;

use crate::clock::Clock;
use crate::fault::Armoury;
use crate::ledger::Record;
use crate::secret::Secret;
use crate::world::World;

/// Who is let in.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    /// Host names that are answered.
    pub(crate) hosts: BTreeSet<String>,
    /// What whoever comes from beyond this machine must bring.
    pub(crate) access: Option<Secret>,
    /// Whether the API is for clients with a certificate only.
    pub(crate) demands_certificate: bool,
    /// Whether a token is good with the certificate it was asked for with, and no other (RFC 8705).
    pub(crate) binds_tokens: bool,
}

/// What every connection shares.
#[derive(Debug)]
pub(crate) struct Platform {
    /// Where auth host, API host and pages are: one address.
    pub(crate) base: Url,
    pub(crate) admission: Admission,
    pub(crate) clock: Clock,
    pub(crate) faults: Armoury,
    /// Opens the control API.
    pub(crate) control_token: Secret,
    world: Mutex<World>,
    record: Mutex<Record>,
}

impl Platform {
    pub(crate) fn new(
        base: Url,
        admission: Admission,
        clock: Clock,
        control_token: Secret,
        world: World,
    ) -> Self {
        let faults = Armoury::new(base.scheme() == "https", world.rules.banks.clone());
        Self {
            base,
            admission,
            clock,
            faults,
            control_token,
            world: Mutex::new(world),
            record: Mutex::default(),
        }
    }

    /// Works on the world as it is at this moment, after letting happen what was due. Never held over an await.
    pub(crate) fn with_world<T>(&self, work: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.catch_up(now);
        work(&mut world, now)
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
