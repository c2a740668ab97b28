//! The faults that are in force, how often their calls came, and how often they struck.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{CannedAnswer, Effect, Fault};
use crate::banks::Banks;
use crate::error::{Error, ErrorKind};
use crate::http::routes;
use crate::platform::Platform;

/// The most faults that are in force at a time.
const MOST_FAULTS: usize = 1000;

/// A fault that was scripted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArmedFault {
    /// By which it is taken back; the first is 1.
    pub id: u64,
    /// What was scripted.
    pub fault: Fault,
    /// How many calls it was meant for have come since.
    pub met: u32,
    /// How often it has struck.
    pub struck: u32,
}

/// The faults in force: a handle, always on the present.
#[derive(Clone, Debug)]
pub struct Faults {
    platform: Arc<Platform>,
}

impl Faults {
    pub(crate) fn new(platform: Arc<Platform>) -> Self {
        Self { platform }
    }

    /// Puts a fault into force; its number.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when it can never strike: an operation, path or bank that does not exist, a connection
    /// fault narrowed to a call, the zeroth call, no times, a status that is none; or when 1,000 are in force already.
    pub fn script(&self, fault: Fault) -> Result<u64, Error> {
        self.platform.faults.script(fault)
    }

    /// All in force, those that have struck for the last time too, in the order of scripting.
    pub fn list(&self) -> Vec<ArmedFault> {
        self.platform.faults.armed().list.clone()
    }

    /// Takes one back; `false` when there is none with this number.
    pub fn remove(&self, id: u64) -> bool {
        let mut armed = self.platform.faults.armed();
        let before = armed.list.len();
        armed.list.retain(|armed| armed.id != id);
        armed.list.len() < before
    }

    /// Takes all of them back.
    pub fn clear(&self) {
        self.platform.faults.armed().list.clear();
    }
}

/// What a call is told apart by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met<'a> {
    pub(crate) operation: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) bank: Option<&'a str>,
}

/// The record behind [`Faults`].
#[derive(Debug, Default)]
pub(crate) struct Armoury {
    speaks_tls: bool,
    banks: Banks,
    armed: Mutex<Armed>,
}

#[derive(Debug, Default)]
struct Armed {
    given: u64,
    list: Vec<ArmedFault>,
}

impl Armoury {
    pub(crate) fn new(speaks_tls: bool, banks: Banks) -> Self {
        Self { speaks_tls, banks, armed: Mutex::default() }
    }

    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self, fault: Fault) -> Result<u64, Error> {
        self.check(&fault).map_err(|why| Error::new(ErrorKind::Settings, why))?;
        let mut armed = self.armed();
        if armed.list.len() >= MOST_FAULTS {
            return Err(Error::new(ErrorKind::Settings, "1,000 faults are in force already"));
        }
        armed.given += 1;
        let id = armed.given;
        armed.list.push(ArmedFault { id, fault, met: 0, struck: 0 });
        Ok(id)
    }

    fn check(&self, fault: &Fault) -> Result<(), String> {
        let Fault { effect, operation, method, path, bank, nth, times } = fault;
        if *nth == 0 || *times == 0 {
            return Err("`nth` and `times` count from 1".to_owned());
        }
        if *effect == Effect::BreakHandshake && !self.speaks_tls {
            return Err("this sandbox does not speak TLS: there is no handshake to break".to_owned());
        }
        if let Effect::Drip { bytes: 0, .. } = effect {
            return Err("a drip needs at least one byte a time".to_owned());
        }
        if let Effect::AnswerInstead(answer) | Effect::AnswerAfterwards(answer) = effect {
            check_answer(answer)?;
        }
        if effect.is_of_connection()
            && (operation.is_some() || method.is_some() || path.is_some() || bank.is_some())
        {
            return Err("a connection knows no call yet: only `nth` and `times` narrow it down".to_owned());
        }
        if bank.as_deref().is_some_and(|bic| self.banks.find(bic).is_none()) {
            return Err("there is no such bank".to_owned());
        }
        let mut calls: Vec<Met> = vec![TOKEN_CALL];
        let routes = routes::all();
        calls.extend(routes.iter().map(|route| Met {
            operation: route.id,
            method: route.method.as_str(),
            path: &route.path,
            bank: None,
        }));
        let anywhere = Fault { bank: None, ..fault.clone() };
        if effect.is_of_connection() || calls.iter().any(|call| anywhere.is_meant_for(call)) {
            return Ok(());
        }
        Err("no call fits: see the operations and paths of /openapi.json".to_owned())
    }

    /// The effects that strike this call, in the order of scripting. The call is counted.
    pub(crate) fn strike(&self, call: &Met) -> Vec<Effect> {
        self.take(|fault| !fault.effect.is_of_connection() && fault.is_meant_for(call))
    }

    /// Whether a new connection is struck by `effect`.
    pub(crate) fn strike_connection(&self, effect: &Effect) -> bool {
        !self.take(|fault| fault.effect == *effect).is_empty()
    }

    fn take(&self, is_meant: impl Fn(&Fault) -> bool) -> Vec<Effect> {
        let mut struck = Vec::new();
        for armed in self.armed().list.iter_mut().filter(|armed| is_meant(&armed.fault)) {
            armed.met = armed.met.saturating_add(1);
            if armed.met >= armed.fault.nth && armed.struck < armed.fault.times {
                armed.struck = armed.struck.saturating_add(1);
                struck.push(armed.fault.effect.clone());
            }
        }
        struck
    }
}

/// The call for a token, which is not one of the API.
pub(crate) const TOKEN_CALL: Met<'_> =
    Met { operation: "token", method: "POST", path: routes::TOKEN, bank: None };

fn check_answer(answer: &CannedAnswer) -> Result<(), String> {
    if !(200..=999).contains(&answer.status) {
        return Err("a final status is 200 to 999".to_owned());
    }
    for (name, value) in &answer.headers {
        let named = axum::http::HeaderName::try_from(name.as_str());
        if named.is_err() || axum::http::HeaderValue::try_from(value.as_str()).is_err() {
            return Err(format!("`{}` is not a header that can be sent", name.escape_debug()));
        }
    }
    Ok(())
}

impl Fault {
    fn is_meant_for(&self, call: &Met) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        fits(&self.operation, call.operation)
            && fits(&self.method, call.method)
            && fits(&self.path, call.path)
            && self.bank.as_deref().is_none_or(|wanted| call.bank == Some(wanted))
    }
}
