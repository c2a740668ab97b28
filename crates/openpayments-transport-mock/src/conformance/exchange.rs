//! What the other side does with one request.

use http::Method;
use openpayments_transport::Response;

/// One request and what becomes of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(super) method: Method,
    pub(super) target: &'static str,
    pub(super) behaviour: Behaviour,
}

impl Exchange {
    /// A request with `method` to `target`, which meets `behaviour`.
    pub(super) fn new(method: Method, target: &'static str, behaviour: Behaviour) -> Self {
        Self { method, target, behaviour }
    }

    /// The method of the request.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path and query of the request.
    pub fn target(&self) -> &str {
        self.target
    }

    /// What the other side does with it.
    pub fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }
}

/// What the other side does with a request it was sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Behaviour {
    /// Answers. The body goes out byte for byte as it is here.
    Answer(Response),
    /// Reads the request and hangs up.
    CutBeforeHead,
    /// Answers, but hangs up half-way through the body.
    CutInBody(Response),
    /// Reads the request and says nothing, for as long as the connection lives.
    Silent,
    /// Answers with a body that does not end.
    Endless,
    /// Nobody listens there.
    Unreachable,
}
