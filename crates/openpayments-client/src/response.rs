//! A successful answer with what makes it traceable.

use bytes::Bytes;
use http::StatusCode;
use openpayments_api::AnswerHeaders;
use openpayments_model::identifier::RequestId;
use openpayments_model::message::TppMessage;

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
    /// What the headers say beside the body.
    pub headers: AnswerHeaders,
    /// What should be known although the call succeeded, such as a creditor on a warning list.
    pub warnings: Vec<TppMessage>,
}

impl<T> Response<T> {
    pub(crate) fn new(body: T, request_id: RequestId, answer: &http::Response<Bytes>) -> Self {
        Self {
            body,
            request_id,
            status: answer.status(),
            headers: AnswerHeaders::of(answer),
            warnings: openpayments_api::warnings(answer),
        }
    }

    /// The same with its body changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            body: change(self.body),
            request_id: self.request_id,
            status: self.status,
            headers: self.headers,
            warnings: self.warnings,
        }
    }
}
