//! Know your customer: a company has to be known to the platform before it may pay in production.

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::identifier::{CorporateId, CountryCode};
use openpayments_model::{Context, InvalidValue, Product, Rule};
use serde::Deserialize;
use url::Url;

use crate::request::{Builder, path, query};
use crate::{ApiError, ApiErrorKind, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);

fn build(
    method: &Method,
    path_and_query: String,
    context: &CallContext,
) -> Result<Request<Bytes>, BuildError> {
    let wrong = context.context() != Context::Corporate;
    let why = Rule::Conflict("a company is asked about in the corporate context");
    Builder::new(method, path_and_query)
        .for_platform(context)
        .fault(wrong.then(|| InvalidValue::new("context", why)))
        .empty()
}

/// Asks for the form that makes a company known.
#[derive(Clone, Debug)]
pub struct StartKyc {
    company: CorporateId,
    country: CountryCode,
}

impl StartKyc {
    /// For `company`, which is registered in `country`.
    pub fn new(company: CorporateId, country: CountryCode) -> Self {
        Self { company, country }
    }
}

/// The form that makes a company known. Someone who may not sign can fill it in and pass it on. `Debug` shows the host:
/// who has the address has the form.
#[derive(Clone, PartialEq, Eq)]
pub struct KycForm(Url);

impl KycForm {
    /// The form's address; by the platform's newest docs it is good for 24 hours.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for KycForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KycForm({}…)", self.0.host_str().unwrap_or_default())
    }
}

impl Operation for StartKyc {
    type Output = KycForm;
    const NAME: &'static str = "kyc.start";
    const METHOD: Method = Method::POST;
    /// One note has `/kyc` before it; the platform's docs do not.
    const PATH: &'static str = "/integration/v1/new/{PSU-Corporate-ID}";
    const AUDIENCE: Audience = AUDIENCE;
    /// A second form would lie there unused.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let query = query([("countryCode", self.country.to_string())]);
        build(&Self::METHOD, path(Self::PATH, [self.company.expose()]) + &query, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            kyc_url: String,
        }
        let body: Body = answer::json(response)?;
        let form = body.kyc_url.parse().ok().filter(|url: &Url| url.scheme() == "https");
        form.map(KycForm).ok_or_else(|| ApiError::new(ApiErrorKind::Protocol, response.status()).at("kycUrl"))
    }
}

/// Asks how far a company's form has come.
#[derive(Clone, Debug)]
pub struct GetKycStatus {
    company: CorporateId,
}

impl GetKycStatus {
    /// Of `company`.
    pub fn new(company: CorporateId) -> Self {
        Self { company }
    }
}

/// How far a form has come. The platform's docs do not show the answer, so it is kept as it came. `Debug` shows nothing
/// of it.
#[derive(Clone, PartialEq, Eq)]
pub struct KycStatus(String);

impl KycStatus {
    /// The answer as it came: JSON.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KycStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KycStatus(…)")
    }
}

impl Operation for GetKycStatus {
    type Output = KycStatus;
    const NAME: &'static str = "kyc.status";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/integration/v1/status/{PSU-Corporate-ID}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(&Self::METHOD, path(Self::PATH, [self.company.expose()]), context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::any(response).map(|json| KycStatus(json.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response<Bytes> {
        Response::new(Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn only_an_https_address_is_a_form() {
        let form = StartKyc::response(&answer(r#"{"kycUrl":"https://kyc.example/form/?instanceId=secret"}"#))
            .unwrap();
        assert_eq!(form.expose().query(), Some("instanceId=secret"));
        assert!(!format!("{form:?}").contains("secret"));
        for url in ["javascript:alert(1)", "http://kyc.example/form", ""] {
            assert!(StartKyc::response(&answer(&format!(r#"{{"kycUrl":"{url}"}}"#))).is_err(), "{url}");
        }
    }

    #[test]
    fn a_status_is_any_json_and_nothing_else() {
        for json in [r#"{"status":"x"}"#, r#""approved""#, "null"] {
            assert_eq!(GetKycStatus::response(&answer(json)).unwrap().as_json(), json);
        }
        for body in ["", "<html>", "{"] {
            assert!(GetKycStatus::response(&answer(body)).is_err(), "{body}");
        }
    }
}
