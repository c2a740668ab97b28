//! What the sessions of one process share: how many polls are in flight, and which PSUs sign just now.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openpayments_api::CallContext;
use openpayments_client::Caller;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{ScaError, ScaErrorKind};

/// How many polls may be in flight at once, unless told otherwise. Measured: without a bound, more polls than the machine
/// can carry pile up until none is answered; 64 at a time carry as many and stay in order.
const POLLS_IN_FLIGHT: usize = 64;

/// A bound on the polls in flight of all sessions that share it. Clones are the same gate.
///
/// Sessions of one caller and its clones share a gate by themselves. Give sessions of several callers one with
/// [`Authorise::gate`](crate::Authorise::gate). A poll holds its place only while the call is made, not while it waits
/// for its time.
#[derive(Clone)]
pub struct PollGate(Arc<Semaphore>);

impl PollGate {
    /// At most `polls` at once; at least one.
    pub fn new(polls: usize) -> Self {
        Self(Arc::new(Semaphore::new(polls.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// A place, if one is free and nobody waits for it.
    pub(crate) fn try_enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }

    /// Waits for a place. `None` never comes: the gate is not closed.
    pub(crate) async fn enter(self) -> Option<OwnedSemaphorePermit> {
        self.0.acquire_owned().await.ok()
    }
}

impl Default for PollGate {
    fn default() -> Self {
        Self::new(POLLS_IN_FLIGHT)
    }
}

impl fmt::Debug for PollGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PollGate({} free)", self.0.available_permits())
    }
}

/// What all sessions of a caller share.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) gate: PollGate,
    signing: Mutex<HashSet<Signer>>,
}

/// A PSU at a bank.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Signer(String);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// `None` for a PSU without an id: nobody can tell two of them apart.
    fn of(context: &CallContext) -> Option<Self> {
        let bank = context.bic()?;
        let psu = context.psu_details();
        let value = |name| psu.headers().find(|(header, _)| *header == name).map(|(_, value)| value);
        let psu = value("psu-id")?;
        let company = value("psu-corporate-id").unwrap_or_default();
        Some(Self(format!("{bank}\n{psu}\n{company}")))
    }
}

/// One PSU's claim to sign at one bank. Dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Claim {
    desk: Arc<Desk>,
    signer: Signer,
}

/// The claim of the context's PSU; `None` for one who cannot be told apart.
///
/// # Errors
/// [`ScaErrorKind::Conflict`] when the same PSU is signing at the same bank.
pub(crate) fn claim(caller: &Caller, context: &CallContext) -> Result<Option<Claim>, ScaError> {
    let Some(signer) = Signer::of(context) else {
        return Ok(None);
    };
    let desk = Desk::of(caller);
    if !desk.lock().insert(signer.clone()) {
        return Err(ScaError::new(ScaErrorKind::Conflict));
    }
    Ok(Some(Claim { desk, signer }))
}

impl Desk {
    pub(crate) fn of(caller: &Caller) -> Arc<Self> {
        caller.shared()
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Signer>> {
        self.signing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.desk.lock().remove(&self.signer);
    }
}
