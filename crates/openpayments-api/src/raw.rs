//! Calls this crate has no type for: they keep the token, the limits and the masking of the others.
//!
//! ```
//! use openpayments_api::raw::RawRead;
//! use openpayments_api::{CallContext, Operation};
//! use openpayments_model::{Context, Product};
//!
//! let path = "/premium/v1/payouts/get-creditor-name?giroNumber=5805-6201&giroType=BANKGIRO";
//! let call = RawRead::get(path, Product::PaymentInitiation)?;
//! let request = call.request(&CallContext::directory(Context::Corporate))?;
//! assert_eq!(request.uri(), path);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use openpayments_model::identifier::ConsentId;
use openpayments_model::{InvalidValue, Product, Rule};

use crate::request::{Builder, is_plain_path};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

/// An answer as it came. `Debug` shows its status and length.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The HTTP status: 2xx.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status)
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn raw_answer(response: &Response<Bytes>) -> Result<RawAnswer, ApiError> {
    answer::succeeded(response)?;
    Ok(RawAnswer {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.body().clone(),
    })
}

/// What both kinds of call have.
#[derive(Clone)]
struct Target {
    path_and_query: String,
    product: Product,
    consent: Option<ConsentId>,
}

impl Target {
    fn parse(path_and_query: &str, product: Product) -> Result<Self, InvalidValue> {
        let uri: Option<Uri> = path_and_query.parse().ok();
        let inside = |uri: &Uri| {
            path_and_query.starts_with('/') && uri.authority().is_none() && is_plain_path(uri.path())
        };
        if !uri.as_ref().is_some_and(inside) || path_and_query.contains('#') {
            let form = Rule::Form("a path of the api host, such as /premium/v1/payouts");
            return Err(InvalidValue::new("path", form));
        }
        Ok(Self { path_and_query: path_and_query.to_owned(), product, consent: None })
    }

    fn builder(&self, method: &Method, context: &CallContext) -> Builder {
        let builder = Builder::new(method, self.path_and_query.clone());
        let builder = match context.bic() {
            Some(_) => builder.for_bank(context),
            None => builder.for_psu(context).for_platform(context),
        };
        match &self.consent {
            Some(consent) => builder.personal_header("consent-id", consent.as_str()),
            None => builder,
        }
    }
}

/// A `GET` of a path of the API host. It may be sent again when no answer comes.
///
/// `Debug` does not show the path: what stands in it we do not know.
#[derive(Clone)]
pub struct RawRead(Target);

impl RawRead {
    /// Reads a path, with its query, by a token for `product`. Bank and PSU of the context go with it, if there are any.
    ///
    /// # Errors
    /// [`Rule::Form`] naming `path` when it does not begin with `/`, has a host, a fragment or a dot segment.
    pub fn get(path_and_query: &str, product: Product) -> Result<Self, InvalidValue> {
        Target::parse(path_and_query, product).map(Self)
    }

    /// Names the consent it reads by (`Consent-ID`).
    #[must_use]
    pub fn consent(mut self, id: ConsentId) -> Self {
        self.0.consent = Some(id);
        self
    }
}

impl fmt::Debug for RawRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawRead({}, …)", self.0.product)
    }
}

impl Operation for RawRead {
    type Output = RawAnswer;
    const NAME: &'static str = "raw.read";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "{path}";
    /// Of a payment's product; [`audience`](Operation::audience) tells this call's.
    const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);
    const RESEND: Resend = Resend::Read;
    const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

    fn audience(&self) -> Audience {
        Audience::Api(self.0.product)
    }

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        self.0.builder(&Self::METHOD, context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        raw_answer(response)
    }
}

/// A call to a path of the API host that may change something, so it is never sent again on its own.
///
/// `Debug` shows neither path nor body: what stands in them we do not know.
#[derive(Clone)]
pub struct RawWrite {
    target: Target,
    method: Method,
    json: Option<Bytes>,
}

impl RawWrite {
    /// Calls a path, with its query, by a token for `product`. Bank and PSU of the context go with it, if there are any.
    ///
    /// # Errors
    /// As [`RawRead::get`]; [`Rule::Form`] naming `method` for `CONNECT` and `TRACE`.
    pub fn new(method: Method, path_and_query: &str, product: Product) -> Result<Self, InvalidValue> {
        if matches!(method, Method::CONNECT | Method::TRACE) {
            return Err(InvalidValue::new("method", Rule::Form("POST, PUT, PATCH or DELETE")));
        }
        Ok(Self { target: Target::parse(path_and_query, product)?, method, json: None })
    }

    /// Sets the body: JSON, sent as it is.
    #[must_use]
    pub fn json(mut self, body: impl Into<Bytes>) -> Self {
        self.json = Some(body.into());
        self
    }

    /// Names the consent it belongs to (`Consent-ID`).
    #[must_use]
    pub fn consent(mut self, id: ConsentId) -> Self {
        self.target.consent = Some(id);
        self
    }
}

impl fmt::Debug for RawWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawWrite({}, {}, …)", self.method, self.target.product)
    }
}

impl Operation for RawWrite {
    type Output = RawAnswer;
    const NAME: &'static str = "raw.write";
    /// The most usual one; [`method`](Operation::method) tells this call's.
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "{path}";
    /// Of a payment's product; [`audience`](Operation::audience) tells this call's.
    const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);
    const RESEND: Resend = Resend::Never;

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn audience(&self) -> Audience {
        Audience::Api(self.target.product)
    }

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let builder = self.target.builder(&self.method, context);
        match &self.json {
            Some(json) => builder.json_text(json.clone()),
            None => builder.empty(),
        }
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        raw_answer(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ApiErrorKind;

    #[test]
    fn i091_i094_a_raw_call_stays_on_the_api_host() {
        for path in [
            "",
            "premium/v1",
            "//evil.example/x",
            "https://evil.example/x",
            "/a/../b",
            "/a/%2e%2e/b",
            "/a%2fb",
            "/a#b",
            "/a b",
            "\\evil",
        ] {
            assert!(RawRead::get(path, Product::PaymentInitiation).is_err(), "{path}");
            assert!(RawWrite::new(Method::POST, path, Product::PaymentInitiation).is_err(), "{path}");
        }
        assert!(RawWrite::new(Method::TRACE, "/a", Product::PaymentInitiation).is_err());
    }

    #[test]
    fn what_was_refused_is_an_error_and_the_rest_comes_as_it_is() {
        let answer = |status: u16| {
            let response = Response::builder().status(status).header("content-type", "text/plain");
            response.body(Bytes::from_static(b"secret")).unwrap()
        };
        let raw = RawWrite::response(&answer(202)).unwrap();
        assert_eq!((raw.status.as_u16(), &raw.body[..]), (202, &b"secret"[..]));
        assert!(!format!("{raw:?}").contains("secret"));
        assert_eq!(RawRead::response(&answer(404)).unwrap_err().kind(), ApiErrorKind::Refused);
        assert_eq!(RawRead::response(&answer(302)).unwrap_err().kind(), ApiErrorKind::Protocol);
    }

    #[test]
    fn k4_neither_path_nor_body_is_printed() {
        let write = RawWrite::new(Method::PUT, "/x/5560160680", Product::PaymentInitiation).unwrap();
        let read = RawRead::get("/x/5560160680", Product::PaymentInitiation).unwrap();
        let shown = format!("{:?} {read:?}", write.json("{\"a\":1}"));
        assert!(!shown.contains("5560160680") && !shown.contains('{'), "{shown}");
    }
}
