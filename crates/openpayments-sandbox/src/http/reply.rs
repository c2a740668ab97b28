//! Answers of the API: JSON, or a refusal with the bank's code.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openpayments_banks::Approach;
use serde_json::{Value, json};

use crate::world::Message;

/// A good answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Option<Value>,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn created(location: &str, body: Value) -> Self {
        let headers = vec![(header::LOCATION, location.to_owned())];
        Self { status: StatusCode::CREATED, headers, body: Some(body) }
    }

    pub(crate) fn accepted(body: Value) -> Self {
        Self { status: StatusCode::ACCEPTED, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: None }
    }

    /// Says how the PSU is authenticated.
    pub(crate) fn approach(mut self, approach: Option<Approach>) -> Self {
        const NAME: HeaderName = HeaderName::from_static("aspsp-sca-approach");
        self.headers.extend(approach.map(|approach| {
            let word = if approach == Approach::Redirect { "REDIRECT" } else { "DECOUPLED" };
            (NAME, word.to_owned())
        }));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => json_response(self.status, &body),
            None => self.status.into_response(),
        };
        for (name, text) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A refusal: status, code, and where in the request the reason is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    pub(crate) code: &'static str,
    path: Option<String>,
    text: &'static str,
    shape: Shape,
}

/// How a refusal is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Messages in an object.
    #[default]
    Messages,
    /// Messages alone, without an object around them.
    Bare,
    /// A problem of RFC 7807.
    Problem,
    /// Nothing but the status.
    Empty,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: &'static str) -> Self {
        Self { status, code, path: None, text, shape: Shape::default() }
    }

    /// 400 `FORMAT_ERROR` at a header, parameter or member.
    pub(crate) fn format(path: &str, text: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "FORMAT_ERROR", text).at(path)
    }

    /// 400 with another code than `FORMAT_ERROR`.
    pub(crate) fn bad(code: &'static str, path: &str, text: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, text).at(path)
    }

    /// Told in this shape.
    pub(crate) fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    fn at(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// 404 for an id in the path.
    pub(crate) fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_UNKNOWN", "there is nothing with this id")
    }

    /// 405 for a call that this bank does not offer.
    pub(crate) fn unsupported() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "SERVICE_INVALID", "the bank does not offer this call")
    }

    /// 429 where the sandbox would have to grow beyond its bounds.
    pub(crate) fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ACCESS_EXCEEDED", "the sandbox holds no more of these")
    }
}

impl Refusal {
    fn message(&self) -> Value {
        let mut message = json!({ "category": "ERROR", "code": self.code, "text": self.text });
        if let (Some(path), Some(message)) = (&self.path, message.as_object_mut()) {
            message.insert("path".to_owned(), Value::String(path.clone()));
        }
        message
    }

    fn problem(&self) -> Response {
        let body = json!({
            "type": format!("urn:openpayments:sandbox:{}", self.code),
            "title": self.status.canonical_reason(),
            "detail": self.text,
            "code": self.code,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, body.to_string()).into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = match self.shape {
            Shape::Messages => json_response(self.status, &json!({ "tppMessages": [self.message()] })),
            Shape::Bare => json_response(self.status, &json!([self.message()])),
            Shape::Problem => self.problem(),
            Shape::Empty => self.status.into_response(),
        };
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Puts a member into an object.
pub(crate) fn add(object: &mut Value, name: &str, member: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
}

/// `tppMessages` beside a status.
pub(crate) fn messages(message: &Message) -> Value {
    json!([{ "category": "ERROR", "code": message.code, "text": message.text }])
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}
