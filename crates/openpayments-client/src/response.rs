//! A successful answer with what makes it traceable.

use http::StatusCode;
use openpayments_model::identifier::RequestId;

/// What a call gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<T> {
    /// The answer, read.
    pub body: T,
    /// The `X-Request-ID` the answer belongs to.
    pub request_id: RequestId,
    /// The HTTP status.
    pub status: StatusCode,
}

impl<T> Response<T> {
    pub(crate) fn new(body: T, request_id: RequestId, status: StatusCode) -> Self {
        Self { body, request_id, status }
    }

    /// The same with its body changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { body: change(self.body), request_id: self.request_id, status: self.status }
    }
}
