//! Faults by script: what goes wrong, where in the life of a call, and at which call.

mod armoury;
mod script;

use std::collections::BTreeMap;
use std::time::Duration;

pub use self::armoury::{ArmedFault, Faults};
pub(crate) use self::armoury::{Armoury, Met, TOKEN_CALL};

/// One thing that goes wrong, and when. Made by the function named after what happens, then narrowed down; it strikes
/// when it is given to [`Sandbox::faults`](crate::Sandbox::faults).
///
/// Unless narrowed down it strikes at the first call that comes, once. Calls are those of the API and of the token
/// endpoint; pages and the control API are never struck. Time is the sandbox's own: whatever waits goes on when
/// [`Clock::advance`](crate::Clock::advance) has moved past its moment, or when so much real time has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a fault strikes once it is scripted"]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) operation: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) bank: Option<String>,
    pub(crate) nth: u32,
    pub(crate) times: u32,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    DropConnection,
    BreakHandshake,
    LoseRequest { end: End },
    LoseAnswer { end: End },
    CutHead { bytes: usize, end: End },
    CutBody { bytes: usize, end: End },
    DelayRequest(Duration),
    DelayAnswer(Duration),
    Drip { bytes: usize, every: Duration },
    WrongRequestId,
    AnswerInstead(CannedAnswer),
    AnswerAfterwards(CannedAnswer),
    DeliverTwice,
    GoAway,
    GoAwayAfterwards,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// By a reset: the client's next read fails.
    #[default]
    Reset,
    /// By closing it: the client reads the end of the stream, and no word from TLS that this was meant.
    Close,
}

/// An answer told in place of the platform's own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an answer is told by a fault"]
pub struct CannedAnswer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl CannedAnswer {
    /// This status, 100 to 999, and no body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: BTreeMap::new(), body: String::new() }
    }

    /// With a header, replacing what the platform would have sent under that name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into().to_ascii_lowercase(), value.into());
        self
    }

    /// With a body of this media type.
    pub fn body(self, media_type: impl Into<String>, body: impl Into<String>) -> Self {
        let mut answer = self.header("content-type", media_type);
        answer.body = body.into();
        answer
    }
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { effect, operation: None, method: None, path: None, bank: None, nth: 1, times: 1 }
    }

    /// The connection is reset as soon as it is there: no byte of a request is read. It cannot be narrowed to a call, only
    /// by [`nth`](Self::nth), which then counts connections.
    pub fn drop_connection() -> Self {
        Self::new(Effect::DropConnection)
    }

    /// The connection is reset in the middle of its TLS handshake. As [`drop_connection`](Self::drop_connection) it knows
    /// no call, and it needs a sandbox that speaks TLS.
    pub fn break_handshake() -> Self {
        Self::new(Effect::BreakHandshake)
    }

    /// The request is read and nothing comes of it: the connection is reset before the platform acts.
    pub fn lose_request() -> Self {
        Self::new(Effect::LoseRequest { end: End::Reset })
    }

    /// The platform acts, and its answer is lost: the connection is reset before the first byte of it.
    pub fn lose_answer() -> Self {
        Self::new(Effect::LoseAnswer { end: End::Reset })
    }

    /// The platform acts, and the connection ends after this many bytes of the answer's status line and headers.
    pub fn cut_head(bytes: usize) -> Self {
        Self::new(Effect::CutHead { bytes, end: End::Reset })
    }

    /// The platform acts, and the connection ends after this many bytes of the answer's body, at the latest before its
    /// last one.
    pub fn cut_body(bytes: usize) -> Self {
        Self::new(Effect::CutBody { bytes, end: End::Reset })
    }

    /// The request lies about for so long before the platform acts.
    pub fn delay_request(by: Duration) -> Self {
        Self::new(Effect::DelayRequest(by))
    }

    /// The platform acts at once, and its answer comes so much later.
    pub fn delay_answer(by: Duration) -> Self {
        Self::new(Effect::DelayAnswer(by))
    }

    /// The answer's body comes in pieces of this many bytes with this time before each.
    pub fn drip(bytes: usize, every: Duration) -> Self {
        Self::new(Effect::Drip { bytes, every })
    }

    /// The answer carries the `X-Request-ID` of another request.
    pub fn wrong_request_id() -> Self {
        Self::new(Effect::WrongRequestId)
    }

    /// This is answered, and the platform does not act.
    pub fn answer_instead(answer: CannedAnswer) -> Self {
        Self::new(Effect::AnswerInstead(answer))
    }

    /// The platform acts, and this is answered. Headers of its own answer stay, such as `Location`, unless they are
    /// replaced.
    pub fn answer_afterwards(answer: CannedAnswer) -> Self {
        Self::new(Effect::AnswerAfterwards(answer))
    }

    /// The request reaches the platform twice, as when something on the way sends it again; the client gets the answer to
    /// the first.
    pub fn deliver_twice() -> Self {
        Self::new(Effect::DeliverTwice)
    }

    /// The platform does not act, and says so as HTTP/2 does: a `GOAWAY` that leaves the request out, and the end of the
    /// connection. HTTP/1.1 has no such word: there the connection is closed unanswered.
    pub fn go_away() -> Self {
        Self::new(Effect::GoAway)
    }

    /// The platform acts, and instead of its answer comes a `GOAWAY` that may cover the request, and the end of the
    /// connection. Over HTTP/1.1 the connection is closed unanswered.
    pub fn go_away_afterwards() -> Self {
        Self::new(Effect::GoAwayAfterwards)
    }

    /// Where a connection would be reset it is closed instead: the client sees an orderly end in the wrong place.
    pub fn by_closing(mut self) -> Self {
        if let Effect::LoseRequest { end }
        | Effect::LoseAnswer { end }
        | Effect::CutHead { end, .. }
        | Effect::CutBody { end, .. } = &mut self.effect
        {
            *end = End::Close;
        }
        self
    }

    /// Strikes at this operation only, named as in the sandbox's `/openapi.json`: `initiatePayment`, `getConsentStatus`,
    /// and `token` for the token endpoint.
    pub fn operation(mut self, id: impl Into<String>) -> Self {
        self.operation = Some(id.into());
        self
    }

    /// Strikes at this method and path only. The path is spelled as in
    /// [`SeenRequest::template`](crate::SeenRequest::template).
    pub fn path(mut self, method: impl Into<String>, template: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self.path = Some(template.into());
        self
    }

    /// Strikes at calls for this bank only, by the BIC in `X-BicFi`.
    pub fn bank(mut self, bic: impl Into<String>) -> Self {
        self.bank = Some(bic.into());
        self
    }

    /// Strikes from the nth such call on; the first is 1. Calls are counted from the moment the fault is scripted.
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = nth;
        self
    }

    /// Strikes so many times in a row, once unless said otherwise.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// What happens, in the word that scripts use.
    pub fn name(&self) -> &'static str {
        self.effect.name()
    }
}

impl Effect {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::DropConnection => "drop-connection",
            Self::BreakHandshake => "break-handshake",
            Self::LoseRequest { .. } => "lose-request",
            Self::LoseAnswer { .. } => "lose-answer",
            Self::CutHead { .. } => "cut-head",
            Self::CutBody { .. } => "cut-body",
            Self::DelayRequest(_) => "delay-request",
            Self::DelayAnswer(_) => "delay-answer",
            Self::Drip { .. } => "drip",
            Self::WrongRequestId => "wrong-request-id",
            Self::AnswerInstead(_) => "answer-instead",
            Self::AnswerAfterwards(_) => "answer-afterwards",
            Self::DeliverTwice => "deliver-twice",
            Self::GoAway => "go-away",
            Self::GoAwayAfterwards => "go-away-afterwards",
        }
    }

    /// Whether it strikes a connection, of which no request is known yet.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(self, Self::DropConnection | Self::BreakHandshake)
    }
}
