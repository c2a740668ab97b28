//! A session as bytes, so that another process can take the callback or go on polling.
//!
//! What opens something at the bank is never in it: no start token, no code, no access token. The callback's `state` is
//! in it as its hash alone, which is enough to know the callback by and no use for making one; so even a record without
//! a seal gives nobody a way in. What is personal, and the secret behind a code challenge, is sealed when a key is given.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openpayments_api::CallContext;
use openpayments_client::{Caller, Entropy};
use openpayments_model::identifier::AffiliatedAspspId;
use openpayments_model::link::RedirectUri;
use openpayments_model::{BicFi, Psu};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::gate::{Desk, claim};
use crate::machine::{Machine, Snapshot};
use crate::redirect::{StateHash, Verifier, hex};
use crate::seal::SealKey;
use crate::session::Parts;
use crate::{ScaError, ScaErrorKind, ScaSession, Subject};

/// The version written. One older is read, too, once there is one; a newer one is refused.
const VERSION: u32 = 1;
/// How long a record is worth keeping: longer than any session lasts.
const KEPT: Duration = Duration::from_hours(24);
/// No record is longer.
const LONGEST: usize = 256 * 1024;

/// What a session is kept under: 128 random bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(String);

impl SessionId {
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(hex(&bytes))
    }

    /// Reads one that was written by [`as_str`](Self::as_str).
    pub fn parse(text: &str) -> Option<Self> {
        let is_one =
            text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_one.then(|| Self(text.to_owned()))
    }

    /// 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session as bytes, with what a store has to know of it. `Debug` shows the id.
#[derive(Clone)]
pub struct SessionRecord {
    id: SessionId,
    state: Option<StateHash>,
    expires_at: Timestamp,
    bytes: Vec<u8>,
}

impl SessionRecord {
    /// Reads bytes that [`as_bytes`](Self::as_bytes) gave.
    ///
    /// # Errors
    /// [`ScaErrorKind::Record`] for bytes that are no record, or one of a newer version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ScaError> {
        let envelope = Envelope::read(bytes)?;
        let unreadable = || refused("the record is damaged");
        let state = envelope.state.as_deref().map(|text| StateHash::parse(text).ok_or_else(unreadable));
        Ok(Self {
            id: SessionId::parse(&envelope.id).ok_or_else(unreadable)?,
            state: state.transpose()?,
            expires_at: Timestamp::from_second(envelope.expires_at).map_err(|_| unreadable())?,
            bytes: bytes.to_vec(),
        })
    }

    /// What it is kept under.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// What the callback is known by, while one is awaited.
    pub fn state(&self) -> Option<StateHash> {
        self.state
    }

    /// After this it may be thrown away.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The bytes to keep: JSON.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is kept: a readable outside and an inside that may be sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    version: u32,
    id: String,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Inside>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inside {
    /// Milliseconds since 1970, from which all other times are counted.
    taken_at: i64,
    api: String,
    client: String,
    subject: Subject,
    context: Context,
    machine: Snapshot,
    redirect_uri: Option<String>,
    pkce: bool,
    /// Milliseconds for which the `state` is still good.
    state_left: Option<i64>,
    verifier: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    is_corporate: bool,
    bank: Option<String>,
    affiliated: Option<String>,
    redirect_preferred: Option<bool>,
    psu: Vec<(String, String)>,
    #[serde(default)]
    extra: Vec<(String, String)>,
    #[serde(default)]
    returns: [Option<String>; 2],
}

impl Envelope {
    fn read(bytes: &[u8]) -> Result<Self, ScaError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let damaged = |_| refused("the record is damaged");
        if bytes.len() > LONGEST {
            return Err(refused("the record is longer than any"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refused("the record is damaged"))?;
        let Version { version } = serde_json::from_str(text).map_err(damaged)?;
        if version != VERSION {
            return Err(refused("the record is of another version"));
        }
        serde_json::from_str(text).map_err(damaged)
    }

    /// What a seal is bound to, so that no inside can be put into another session's outside.
    fn bound_to(&self) -> Vec<u8> {
        let state = self.state.as_deref().unwrap_or("-");
        format!("openpayments-sca {} {} {} {state}", self.version, self.id, self.expires_at).into_bytes()
    }
}

fn refused(why: &'static str) -> ScaError {
    ScaError::new(ScaErrorKind::Record).because(why)
}

impl ScaSession {
    /// The session as it stands, for another process to go on with. With a key, all but its id is sealed.
    ///
    /// Export after an event was handled, since events that wait are not in it; the link to the bank's page above all,
    /// which cannot be made twice. Without a key the PSU's id and address stand in it in the clear.
    ///
    /// # Errors
    /// [`ScaErrorKind::Misuse`] without a key while a code challenge is out: the secret behind it must not be kept in the
    /// clear.
    pub fn export(&self, key: Option<&SealKey>) -> Result<SessionRecord, ScaError> {
        let caller = &self.via.caller;
        if self.redirect.verifier.is_some() && key.is_none() {
            let why = "the secret behind the code challenge has to be sealed: give a key";
            return Err(ScaError::new(ScaErrorKind::Misuse).because(why));
        }
        let (now, wall) = (self.now(), caller.clock().wall());
        let machine = self.machine.snapshot(now);
        let inside = Inside {
            taken_at: wall.as_millisecond(),
            api: caller.environment().api().to_string(),
            client: caller.client_id().to_owned(),
            subject: self.subject.clone(),
            context: Context::of(&self.via.context),
            machine: if key.is_some() { machine } else { machine.without_words() },
            redirect_uri: self.redirect.uri.as_ref().map(Url::to_string),
            pkce: self.redirect.pkce,
            state_left: self.redirect.state.map(|(_, ends)| millis(ends.saturating_sub(now))),
            verifier: self.redirect.verifier.as_ref().map(|verifier| verifier.0.expose_secret().to_owned()),
        };
        let expires_at = wall.as_second().saturating_add(millis(KEPT) / 1000);
        let state = self.redirect.state.map(|(state, _)| state);
        let mut envelope = Envelope {
            version: VERSION,
            id: self.id.to_string(),
            expires_at,
            state: state.map(|state| state.to_string()),
            open: None,
            sealed: None,
        };
        let failed = |_| refused("the session cannot be written");
        match key {
            None => envelope.open = Some(inside),
            Some(key) => {
                let plain = serde_json::to_vec(&inside).map_err(failed)?;
                let sealed = key.seal(&plain, &envelope.bound_to(), &**caller.entropy());
                let sealed = sealed.ok_or_else(|| refused("the session cannot be sealed"))?;
                envelope.sealed = Some(STANDARD.encode(sealed));
            }
        }
        Ok(SessionRecord {
            id: self.id.clone(),
            state,
            expires_at: Timestamp::from_second(expires_at).unwrap_or(Timestamp::MAX),
            bytes: serde_json::to_vec(&envelope).map_err(failed)?,
        })
    }

    /// Goes on with an exported session. What was under way is not made again: where it is not known how a call ended,
    /// the authorisation's status tells.
    ///
    /// # Errors
    /// [`ScaErrorKind::Record`] when it cannot be read: damaged, of a newer version, sealed with another key, or of
    /// another environment or application than the caller's.
    pub fn import(caller: Caller, record: &SessionRecord, key: Option<&SealKey>) -> Result<Self, ScaError> {
        let mut envelope = Envelope::read(&record.bytes)?;
        let inside = match (envelope.open.take(), &envelope.sealed, key) {
            (Some(open), None, None) => open,
            // Whoever seals must not be handed what was not sealed.
            (Some(_), None, Some(_)) => return Err(refused("the record is not sealed")),
            (None, Some(sealed), Some(key)) => {
                let sealed = STANDARD.decode(sealed).map_err(|_| refused("the record is damaged"))?;
                let plain = key.open(&sealed, &envelope.bound_to());
                let plain =
                    plain.ok_or_else(|| refused("the record is sealed with another key, or changed"))?;
                serde_json::from_slice(&plain).map_err(|_| refused("the record is damaged"))?
            }
            (None, Some(_), None) => return Err(refused("the record is sealed and no key was given")),
            _ => return Err(refused("the record is damaged")),
        };
        if inside.api != caller.environment().api().as_str() || inside.client != caller.client_id() {
            return Err(refused("the record belongs to another environment or application"));
        }
        let damaged = || refused("the record holds a value that is none");
        let context = inside.context.read().ok_or_else(damaged)?;
        let subject = inside.subject;
        let redirect_uri = inside.redirect_uri.map(|uri| uri.parse().map_err(|_| damaged())).transpose()?;
        let (now, wall) = (caller.clock().monotonic(), caller.clock().wall());
        // A clock that was set back cannot make a session younger than it was.
        let ago = u64::try_from(wall.as_millisecond().saturating_sub(inside.taken_at)).unwrap_or_default();
        let (machine, actions) = Machine::resume(inside.machine, Duration::from_millis(ago), now);
        let left = inside.state_left.map(|left| u64::try_from(left).unwrap_or_default().saturating_sub(ago));
        // Where the same process already follows it, it is the same order and no second one.
        let claim = claim(&caller, &context).ok().flatten();
        let mut session = Self::of(Parts {
            machine,
            gate: Desk::of(&caller).gate.clone(),
            claim,
            caller,
            context,
            subject,
            redirect_uri,
            pkce: inside.pkce,
            id: Some(record.id.clone()),
        });
        session.redirect.state =
            record.state.zip(left).map(|(state, left)| (state, now + Duration::from_millis(left)));
        session.redirect.verifier = inside.verifier.map(|text| Verifier(SecretString::from(text)));
        session.sort(actions)?;
        session.settle_claim();
        Ok(session)
    }
}

impl Context {
    fn of(context: &CallContext) -> Self {
        let psu = context.psu_details().headers();
        Self {
            is_corporate: context.context() == openpayments_model::Context::Corporate,
            bank: context.bic().map(ToString::to_string),
            affiliated: context.affiliated_aspsp().map(ToString::to_string),
            redirect_preferred: context.prefers_redirect(),
            psu: psu.map(|(name, value)| (name.to_owned(), value.into_owned())).collect(),
            extra: context.extra_headers().iter().map(text_of).collect(),
            returns: [context.own_redirect_uri(), context.own_nok_redirect_uri()]
                .map(|uri| uri.map(|uri| uri.as_str().to_owned())),
        }
    }

    fn read(self) -> Option<CallContext> {
        let scope = if self.is_corporate {
            openpayments_model::Context::Corporate
        } else {
            openpayments_model::Context::Private
        };
        let mut context = match self.bank {
            Some(bank) => CallContext::bank(BicFi::parse(&bank).ok()?, scope),
            None => CallContext::directory(scope),
        };
        if let Some(affiliated) = self.affiliated {
            context = context.affiliated(AffiliatedAspspId::parse(&affiliated).ok()?);
        }
        if let Some(preferred) = self.redirect_preferred {
            context = context.redirect_preferred(preferred);
        }
        let psu =
            self.psu.iter().try_fold(Psu::new(), |psu, (name, value)| psu.with_header(name, value)).ok()?;
        let [ok, nok] = self.returns;
        if let Some(uri) = ok {
            context = context.redirect_uri(RedirectUri::parse(&uri).ok()?);
        }
        if let Some(uri) = nok {
            context = context.nok_redirect_uri(RedirectUri::parse(&uri).ok()?);
        }
        let context =
            self.extra.iter().try_fold(context, |context, (name, value)| context.header(name, value));
        Some(context.ok()?.psu(psu))
    }
}

/// A header that was added by hand; its value was checked to be text then.
fn text_of((name, value): &(http::HeaderName, http::HeaderValue)) -> (String, String) {
    (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
