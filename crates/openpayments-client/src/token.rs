//! Access tokens, one per scope set: fetched once for any number of callers, renewed early, replaced when refused.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use openpayments_api::token::AccessToken;
use openpayments_model::ScopeSet;
use secrecy::ExposeSecret;
use tokio::sync::watch;

use crate::entropy::below;
use crate::{Clock, Entropy, Error, ErrorKind};

/// What a server that names no lifetime is taken to mean.
const UNSTATED_LIFE: Duration = Duration::from_mins(5);
/// No token is kept longer, whatever the server says.
const LONGEST_LIFE: Duration = Duration::from_hours(24);
/// A token that lives shorter serves the callers that wait for it and is not kept.
const TOO_SHORT_TO_KEEP: Duration = Duration::from_secs(10);
/// How long the news that fetching failed is passed on instead of trying again, but for the jitter.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The most that is added to a pause, in milliseconds.
const PAUSE_JITTER: u64 = 250;
/// A call that waits this long after a failed fetch meets a new one.
pub(crate) const FETCHED_AGAIN_AFTER: Duration = Duration::from_millis(1000 + PAUSE_JITTER);
/// How long at most when it is the credentials that are refused.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A token as calls carry it.
#[derive(Clone)]
pub(crate) struct Bearer {
    /// `Bearer …`, marked sensitive.
    pub(crate) header: HeaderValue,
    /// Which fetch it came from.
    pub(crate) generation: u64,
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("generation", &self.generation).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Kept {
    bearer: Bearer,
    renew_at: Duration,
    ends_at: Duration,
    /// The same end by the time of day: whichever clock reaches its end first is believed, since one of them may have
    /// stood still while the machine slept.
    ends_on: Timestamp,
}

#[derive(Debug)]
struct Failed {
    error: Error,
    until: Duration,
    in_a_row: u32,
}

type Landed = Option<Result<Bearer, Error>>;

#[derive(Debug, Default)]
struct Slot {
    kept: Option<Kept>,
    flight: Option<watch::Receiver<Landed>>,
    failed: Option<Failed>,
    generations: u64,
}

/// The tokens of one client in one environment.
#[derive(Debug)]
pub(crate) struct Tokens {
    slots: Mutex<BTreeMap<ScopeSet, Slot>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Tokens {
    pub(crate) fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { slots: Mutex::default(), clock, entropy }
    }

    /// A good token for `scopes`. If there is none, `fetch` gets one, once for all who ask meanwhile.
    ///
    /// The fetch runs in a task of its own, so that nobody who stops waiting stops it for the others.
    pub(crate) async fn get<F>(
        self: &Arc<Self>,
        scopes: ScopeSet,
        fetch: impl FnOnce() -> F,
    ) -> Result<Bearer, Error>
    where
        F: Future<Output = Result<AccessToken, Error>> + Send + 'static,
    {
        let mut flight = {
            let mut slots = self.lock();
            let slot = slots.entry(scopes).or_default();
            let now = self.clock.monotonic();
            let paused = slot.failed.as_ref().filter(|failed| now < failed.until);
            if let Some(kept) =
                slot.kept.as_ref().filter(|kept| now < kept.ends_at && self.clock.wall() < kept.ends_on)
            {
                let bearer = kept.bearer.clone();
                if now >= kept.renew_at && slot.flight.is_none() && paused.is_none() {
                    self.take_off(scopes, slot, fetch());
                }
                return Ok(bearer);
            }
            match (&slot.flight, paused) {
                (Some(flight), _) => flight.clone(),
                (None, Some(failed)) => return Err(failed.error.clone()),
                (None, None) => self.take_off(scopes, slot, fetch()),
            }
        };
        match flight.wait_for(Option::is_some).await {
            Ok(landed) => landed.clone().unwrap_or_else(|| Err(abandoned())),
            Err(_) => Err(abandoned()),
        }
    }

    /// The platform refused the token of this generation: the next caller fetches a new one.
    pub(crate) fn reject(&self, scopes: ScopeSet, generation: u64) {
        if let Some(slot) = self.lock().get_mut(&scopes) {
            slot.kept.take_if(|kept| kept.bearer.generation == generation);
        }
    }

    fn take_off<F>(self: &Arc<Self>, scopes: ScopeSet, slot: &mut Slot, fetch: F) -> watch::Receiver<Landed>
    where
        F: Future<Output = Result<AccessToken, Error>> + Send + 'static,
    {
        let (sender, receiver) = watch::channel(None);
        slot.flight = Some(receiver.clone());
        let landing = Landing { tokens: Arc::clone(self), scopes };
        tokio::spawn(async move {
            let landed = landing.settle(fetch.await);
            drop(landing);
            sender.send_replace(Some(landed));
        });
        receiver
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ScopeSet, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a fetch. However it ends, also by a runtime that shuts down, the slot is free for the next one.
struct Landing {
    tokens: Arc<Tokens>,
    scopes: ScopeSet,
}

impl Landing {
    fn settle(&self, fetched: Result<AccessToken, Error>) -> Result<Bearer, Error> {
        let mut slots = self.tokens.lock();
        let slot = slots.entry(self.scopes).or_default();
        match fetched.and_then(|token| granted(self.scopes, token)) {
            Ok(token) => {
                slot.generations += 1;
                slot.failed = None;
                let kept = self.keep(&token, slot.generations)?;
                let bearer = kept.bearer.clone();
                slot.kept =
                    Some(kept).filter(|_| token.expires_in.is_none_or(|life| life > TOO_SHORT_TO_KEEP));
                Ok(bearer)
            }
            Err(error) => {
                // A token that is still good stays: only its renewal failed.
                let in_a_row = slot.failed.as_ref().map_or(0, |failed| failed.in_a_row + 1);
                let until = self.tokens.clock.monotonic() + self.pause(&error, in_a_row);
                slot.failed = Some(Failed { error: error.clone(), until, in_a_row });
                Err(error)
            }
        }
    }

    fn keep(&self, token: &AccessToken, generation: u64) -> Result<Kept, Error> {
        let life = token.expires_in.unwrap_or(UNSTATED_LIFE).min(LONGEST_LIFE);
        let now = self.tokens.clock.monotonic();
        let mut header =
            HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret())).map_err(|_| {
                Error::new(ErrorKind::Protocol, "token").because("the token cannot stand in a header")
            })?;
        header.set_sensitive(true);
        // 80 % of the life, give or take 5 %, so that many processes do not come at once.
        let share = 75 + below(&*self.tokens.entropy, 11);
        let renew_in = life.checked_mul(u32::try_from(share).unwrap_or(80)).unwrap_or(life) / 100;
        Ok(Kept {
            bearer: Bearer { header, generation },
            renew_at: now + renew_in,
            ends_at: now + life,
            ends_on: self.tokens.clock.wall() + SignedDuration::try_from(life).unwrap_or_default(),
        })
    }

    /// How long to leave the auth server alone.
    fn pause(&self, error: &Error, in_a_row: u32) -> Duration {
        let base = if error.kind() == ErrorKind::Auth {
            PAUSE_AFTER_FAILURE.saturating_mul(1 << in_a_row.min(6)).min(LONGEST_PAUSE)
        } else {
            PAUSE_AFTER_FAILURE
        };
        base + Duration::from_millis(below(&*self.tokens.entropy, PAUSE_JITTER + 1))
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(slot) = self.tokens.lock().get_mut(&self.scopes) {
            slot.flight = None;
        }
    }
}

/// A grant narrower than asked is found here, before a bank refuses a call for it.
fn granted(scopes: ScopeSet, token: AccessToken) -> Result<AccessToken, Error> {
    let missing = token.scope.as_ref().map(|granted| scopes.missing_from(granted)).unwrap_or_default();
    match missing.as_slice() {
        [] => Ok(token),
        missing => {
            let why = format!("the auth server did not grant the scope {}", missing.join(" "));
            Err(Error::new(ErrorKind::Auth, "token.client_credentials").delivered(None).because(why))
        }
    }
}

fn abandoned() -> Error {
    Error::new(ErrorKind::Transport, "token.client_credentials")
        .because("the runtime stopped while a token was fetched")
}
