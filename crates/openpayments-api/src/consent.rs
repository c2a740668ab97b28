//! Consents. Their authorisations are in [`authorisation`](crate::authorisation).

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::Product;
use openpayments_model::consent::{Consent, ConsentRequest, CreatedConsent};
use openpayments_model::identifier::ConsentId;
use openpayments_model::status::ConsentStatus;
use serde::Deserialize;

use crate::request::{Builder, path};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::AccountInformation);

/// Asks for a consent. Nothing can be read with it before the PSU has signed it.
#[derive(Clone, Debug)]
pub struct CreateConsent {
    consent: ConsentRequest,
}

impl CreateConsent {
    /// Asks for `consent`.
    pub fn new(consent: ConsentRequest) -> Self {
        Self { consent }
    }
}

impl Operation for CreateConsent {
    type Output = CreatedConsent;
    const NAME: &'static str = "consent.create";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/psd2/consent/v1/consents";
    const AUDIENCE: Audience = AUDIENCE;
    /// A second one would lie there unsigned and harmless.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, Self::PATH)
            .for_bank(context)
            .for_affiliated(context)
            .for_redirect(context)
            .fault(self.consent.asked_access().check().err())
            .json(&self.consent)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Reads a consent as the bank keeps it.
#[derive(Clone, Debug)]
pub struct GetConsent {
    id: ConsentId,
}

impl GetConsent {
    /// The consent with this id.
    pub fn new(id: ConsentId) -> Self {
        Self { id }
    }
}

impl Operation for GetConsent {
    type Output = Consent;
    const NAME: &'static str = "consent.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/consent/v1/consents/{consentId}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Asks where a consent stands.
#[derive(Clone, Debug)]
pub struct GetConsentStatus {
    id: ConsentId,
}

impl GetConsentStatus {
    /// Of the consent with this id.
    pub fn new(id: ConsentId) -> Self {
        Self { id }
    }
}

impl Operation for GetConsentStatus {
    type Output = ConsentStatus;
    const NAME: &'static str = "consent.status";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/consent/v1/consents/{consentId}/status";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            consent_status: ConsentStatus,
        }
        Ok(answer::json::<Body>(response)?.consent_status)
    }
}

/// Ends a consent; its status becomes `terminatedByTpp`.
#[derive(Clone, Debug)]
pub struct DeleteConsent {
    id: ConsentId,
}

impl DeleteConsent {
    /// The consent with this id.
    pub fn new(id: ConsentId) -> Self {
        Self { id }
    }
}

impl Operation for DeleteConsent {
    type Output = ();
    const NAME: &'static str = "consent.delete";
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/psd2/consent/v1/consents/{consentId}";
    const AUDIENCE: Audience = AUDIENCE;
    /// Ended twice is ended.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<(), ApiError> {
        answer::succeeded(response)
    }
}
