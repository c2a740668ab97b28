//! What can go wrong while a PSU signs.

use std::error::Error as StdError;
use std::fmt;

use openpayments_model::message::TppMessage;

use crate::NextStep;

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScaErrorKind {
    /// A call failed; the cause is the client's error. The session can go on with `next`.
    Call,
    /// A callback that is not the one we wait for: wrong, used or old `state`, or not well formed. Nothing was sent; the
    /// right one is still awaited.
    CallbackRejected,
    /// The PSU said no. Nothing was done.
    PsuRefused,
    /// Another order of the same PSU ended this one. Nothing was done.
    Superseded,
    /// BankID stopped it because it looks like fraud. Nothing was done.
    Blocked,
    /// The PSU did not sign in time. Nothing was done.
    Expired,
    /// The bank ended it, or rejected what was signed.
    Failed,
    /// Another PSU has to sign too.
    NeedsAnotherSigner,
    /// Time is up and nothing is decided. Read the status later.
    StillPending,
    /// The bank wants a way to sign that we do not offer: none at all, or one where credentials pass through us.
    Unsupported,
    /// The bank's link leads to a host that is not the platform's. It was not opened.
    UntrustedLink,
    /// The bank keeps another payment than was asked for: another amount, currency or account; the cause names them.
    /// Nothing was started.
    Mismatch,
    /// No answer came to starting the authorisation, and the bank lists none that could be gone on with: none was started,
    /// or one without an order, or the bank has no list. The cause is the call that was not answered. Nothing is sent
    /// again by itself.
    StartUnknown,
    /// The bank's answer does not fit: no link where one is due, an unfilled placeholder, a malformed token.
    Protocol,
    /// The bank did not answer ten polls in a row, or time is up and it does not answer. That says nothing about the
    /// signature; the session can go on with `next`.
    Unavailable,
    /// A signature of the same PSU at the same bank is under way in this process. A second one would end it. Nothing was
    /// sent.
    Conflict,
    /// What was to be signed needs no signature any more: it is signed already, or it has ended. Nothing was started.
    Over,
    /// It was cancelled here.
    Cancelled,
    /// A kept session cannot be read: damaged, made by a newer version, or sealed with another key.
    Record,
    /// The place where sessions are kept failed.
    Store,
    /// The session was not in the state for this: a method chosen twice, a callback for a decoupled signature.
    Misuse,
}

/// A signature that did not come about, or a step that failed on the way.
#[derive(Debug)]
pub struct ScaError {
    kind: ScaErrorKind,
    messages: Vec<TppMessage>,
    /// What goes with how the bank ended it.
    next: Option<NextStep>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ScaError {
    pub(crate) fn new(kind: ScaErrorKind) -> Self {
        Self { kind, messages: Vec::new(), next: None, source: None }
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// The bank ended it.
    pub(crate) fn failed(messages: Vec<TppMessage>, next: NextStep) -> Self {
        Self { messages, next: Some(next), ..Self::new(ScaErrorKind::Failed) }
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ScaErrorKind {
        self.kind
    }

    /// What the bank says; its words may be personal.
    pub fn messages(&self) -> &[TppMessage] {
        &self.messages
    }

    /// What to do now, in a few words.
    pub fn advice(&self) -> &'static str {
        match self.kind {
            ScaErrorKind::Call => "see the cause; the session can go on",
            ScaErrorKind::CallbackRejected => "ignore it and wait for the right callback",
            ScaErrorKind::PsuRefused | ScaErrorKind::Superseded => "ask the psu whether to try again",
            ScaErrorKind::Blocked => "do not try again; let the psu talk to the bank",
            ScaErrorKind::Expired => "start a new authorisation when the psu is ready",
            ScaErrorKind::Failed => match self.next {
                Some(NextStep::CreateAnew) => "create a new one; this one will never take effect",
                Some(NextStep::GiveUp) => "do not try again before the psu or the bank has changed something",
                _ => "start a new authorisation if the psu wants to",
            },
            ScaErrorKind::NeedsAnotherSigner => "let the other signer start an authorisation of his own",
            ScaErrorKind::StillPending => "read the status later; do not sign again before",
            ScaErrorKind::Unsupported => "choose another bank or way to sign",
            ScaErrorKind::UntrustedLink | ScaErrorKind::Protocol => "report it",
            ScaErrorKind::Mismatch => {
                "do not have it signed; cancel the payment and report it to the platform"
            }
            ScaErrorKind::StartUnknown => {
                "wait a minute, for an order may be running at some banks; then start again if the psu wants to"
            }
            ScaErrorKind::Unavailable => "go on with next; the bank may answer again",
            ScaErrorKind::Conflict => "let the psu finish or cancel the one that is under way",
            ScaErrorKind::Over => "read its status; create a new one if it has ended",
            ScaErrorKind::Cancelled => "start a new authorisation if the psu wants to",
            ScaErrorKind::Record => "read the status of what was to be signed",
            ScaErrorKind::Store => "see the cause; nothing is lost at the bank",
            ScaErrorKind::Misuse => "correct the order of calls",
        }
    }
}

impl From<openpayments_client::Error> for ScaError {
    fn from(error: openpayments_client::Error) -> Self {
        Self::new(ScaErrorKind::Call).because(error)
    }
}

impl fmt::Display for ScaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ScaErrorKind::Call => "a call failed while the psu was to sign",
            ScaErrorKind::CallbackRejected => "the callback was rejected",
            ScaErrorKind::PsuRefused => "the psu refused to sign; nothing was done",
            ScaErrorKind::Superseded => "another order of the same psu ended this one; nothing was done",
            ScaErrorKind::Blocked => "bankid stopped it for safety; nothing was done",
            ScaErrorKind::Expired => "the psu did not sign in time; nothing was done",
            ScaErrorKind::Failed => "the bank ended the authorisation",
            ScaErrorKind::NeedsAnotherSigner => "another signer has to sign too",
            ScaErrorKind::StillPending => "time is up and nothing is decided",
            ScaErrorKind::Unsupported => "the bank wants a way to sign that is not supported",
            ScaErrorKind::UntrustedLink => "the bank's link leads away from the platform",
            ScaErrorKind::Mismatch => "the bank keeps another payment than was asked for",
            ScaErrorKind::StartUnknown => "it is not known whether the bank started the authorisation",
            ScaErrorKind::Protocol => "the bank's answer does not fit",
            ScaErrorKind::Unavailable => "the bank does not answer",
            ScaErrorKind::Conflict => "a signature of the same psu is under way",
            ScaErrorKind::Over => {
                "what was to be signed is signed already, or has ended; nothing was started"
            }
            ScaErrorKind::Cancelled => "it was cancelled here",
            ScaErrorKind::Record => "the kept session cannot be read",
            ScaErrorKind::Store => "sessions cannot be kept or found",
            ScaErrorKind::Misuse => "the session is not in the state for this",
        })?;
        match self.messages.first() {
            Some(message) => write!(f, ", {}", message.printable_code()),
            None => Ok(()),
        }
    }
}

impl StdError for ScaError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
