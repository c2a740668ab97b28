//! Authorisations: the same four calls for everything a PSU can sign.

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::Product;
use openpayments_model::authorisation::{ScaApproach, ScaState, SelectedMethod, StartedAuthorisation};
use openpayments_model::identifier::{AuthorisationId, ConsentId, ScaMethodId};
use openpayments_model::payment::PaymentRef;
use serde::{Deserialize, Serialize};

use crate::request::{Builder, path};
use crate::{ApiError, ApiErrorKind, Audience, BuildError, CallContext, Operation, Resend, answer};

/// Something a PSU signs: a consent or a payment.
pub trait Signable: Clone + Send + Sync {
    /// The scope its calls need.
    const PRODUCT: Product;
    /// Names of the calls to start, list, choose and ask.
    const NAMES: [&'static str; 4];
    /// Path of its authorisations.
    const LIST_PATH: &'static str;
    /// Path of one of them.
    const ONE_PATH: &'static str;
    /// The headers that name it and its authorisation when a code is exchanged for it at the auth server.
    const ACTIVATION_HEADERS: [&'static str; 2];

    /// The path of its authorisations, filled in.
    fn list_path(&self) -> String;
    /// The path of one of them, filled in.
    fn one_path(&self, authorisation: &AuthorisationId) -> String;
    /// Its id.
    fn id(&self) -> &str;
}

impl Signable for ConsentId {
    const PRODUCT: Product = Product::AccountInformation;
    const NAMES: [&'static str; 4] = [
        "consent.authorisation.start",
        "consent.authorisation.list",
        "consent.authorisation.select_method",
        "consent.authorisation.status",
    ];
    const LIST_PATH: &'static str = "/psd2/consent/v1/consents/{consentId}/authorisations";
    const ONE_PATH: &'static str = "/psd2/consent/v1/consents/{consentId}/authorisations/{authorisationId}";
    const ACTIVATION_HEADERS: [&'static str; 2] = ["x-consentid", "x-consentauthorisationid"];

    fn list_path(&self) -> String {
        path(Self::LIST_PATH, [self.as_str()])
    }

    fn one_path(&self, authorisation: &AuthorisationId) -> String {
        path(Self::ONE_PATH, [self.as_str(), authorisation.as_str()])
    }

    fn id(&self) -> &str {
        self.as_str()
    }
}

impl Signable for PaymentRef {
    const PRODUCT: Product = Product::PaymentInitiation;
    const NAMES: [&'static str; 4] = [
        "payment.authorisation.start",
        "payment.authorisation.list",
        "payment.authorisation.select_method",
        "payment.authorisation.status",
    ];
    const LIST_PATH: &'static str =
        "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}/authorisations";
    const ONE_PATH: &'static str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}/authorisations/{authorisationId}";
    const ACTIVATION_HEADERS: [&'static str; 2] = ["x-paymentid", "x-paymentauthorisationid"];

    fn list_path(&self) -> String {
        path(Self::LIST_PATH, [self.path.service(), self.path.product(), self.id.as_str()])
    }

    fn one_path(&self, authorisation: &AuthorisationId) -> String {
        let segments = [self.path.service(), self.path.product(), self.id.as_str(), authorisation.as_str()];
        path(Self::ONE_PATH, segments)
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// Starts an authorisation. At some banks (Handelsbanken) this already starts the PSU's 30 seconds to open the app.
#[derive(Clone, Debug)]
pub struct StartAuthorisation<R> {
    resource: R,
}

impl<R: Signable> StartAuthorisation<R> {
    /// Of this consent or payment.
    pub fn new(resource: R) -> Self {
        Self { resource }
    }
}

impl<R: Signable> Operation for StartAuthorisation<R> {
    type Output = StartedAuthorisation;
    const NAME: &'static str = R::NAMES[0];
    const METHOD: Method = Method::POST;
    const PATH: &'static str = R::LIST_PATH;
    const AUDIENCE: Audience = Audience::Api(R::PRODUCT);
    /// Again could start a second order and end the first.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        // An empty JSON object: the standard's optional bodies are for banks that see credentials, which none does.
        let body = Bytes::from_static(b"{}");
        Builder::new(&Self::METHOD, &self.resource.list_path()).for_bank(context).json_text(body)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Lists the authorisations there are.
#[derive(Clone, Debug)]
pub struct ListAuthorisations<R> {
    resource: R,
}

impl<R: Signable> ListAuthorisations<R> {
    /// Of this consent or payment.
    pub fn new(resource: R) -> Self {
        Self { resource }
    }
}

impl<R: Signable> Operation for ListAuthorisations<R> {
    type Output = Vec<AuthorisationId>;
    const NAME: &'static str = R::NAMES[1];
    const METHOD: Method = Method::GET;
    const PATH: &'static str = R::LIST_PATH;
    const AUDIENCE: Audience = Audience::Api(R::PRODUCT);
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, &self.resource.list_path()).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            authorisation_ids: Vec<AuthorisationId>,
        }
        Ok(answer::json::<Body>(response)?.authorisation_ids)
    }
}

/// Chooses how to sign. For BankID this starts the order, and with it the PSU's 30 seconds to open the app.
#[derive(Clone, Debug)]
pub struct SelectMethod<R> {
    resource: R,
    authorisation: AuthorisationId,
    method: ScaMethodId,
}

impl<R: Signable> SelectMethod<R> {
    /// Chooses `method` for `authorisation` of `resource`.
    pub fn new(resource: R, authorisation: AuthorisationId, method: ScaMethodId) -> Self {
        Self { resource, authorisation, method }
    }
}

/// A chosen method, and how the PSU meets the bank.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MethodSelected {
    /// Redirect or decoupled: from `ASPSP-SCA-Approach`, or from the links and the challenge when the header is absent
    /// and they leave no doubt.
    pub approach: Option<ScaApproach>,
    /// The answer's body.
    pub body: SelectedMethod,
}

impl<R: Signable> Operation for SelectMethod<R> {
    type Output = MethodSelected;
    const NAME: &'static str = R::NAMES[2];
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = R::ONE_PATH;
    const AUDIENCE: Audience = Audience::Api(R::PRODUCT);
    /// Again could start a second order and end the first.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            authentication_method_id: &'a ScaMethodId,
        }
        Builder::new(&Self::METHOD, &self.resource.one_path(&self.authorisation))
            .for_bank(context)
            .json(&Body { authentication_method_id: &self.method })
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        let body: SelectedMethod = answer::json(response)?;
        let approach = approach(response)?.or_else(|| approach_of(&body));
        Ok(MethodSelected { approach, body })
    }
}

/// The header's word. Two different ones cannot both be believed.
fn approach(response: &Response<Bytes>) -> Result<Option<ScaApproach>, ApiError> {
    let mut found = None;
    for value in response.headers().get_all("aspsp-sca-approach") {
        let word = ScaApproach::from(value.to_str().unwrap_or_default().trim().to_ascii_uppercase().as_str());
        if found.as_ref().is_some_and(|earlier| *earlier != word) {
            return Err(ApiError::new(ApiErrorKind::Protocol, response.status()).at("ASPSP-SCA-Approach"));
        }
        found = Some(word);
    }
    Ok(found)
}

/// What links and challenge say, when they agree.
fn approach_of(body: &SelectedMethod) -> Option<ScaApproach> {
    let redirects = ["scaOAuth", "scaRedirect"].iter().any(|name| body.links.get(name).is_some());
    match (redirects, &body.challenge_data) {
        (true, None) => Some(ScaApproach::Redirect),
        (false, Some(_)) => Some(ScaApproach::Decoupled),
        _ => None,
    }
}

/// Asks where an authorisation stands.
#[derive(Clone, Debug)]
pub struct GetScaStatus<R> {
    resource: R,
    authorisation: AuthorisationId,
}

impl<R: Signable> GetScaStatus<R> {
    /// Of `authorisation` of `resource`.
    pub fn new(resource: R, authorisation: AuthorisationId) -> Self {
        Self { resource, authorisation }
    }
}

impl<R: Signable> Operation for GetScaStatus<R> {
    /// Messages in it tell why it failed; they are part of the state, not an error of the call.
    type Output = ScaState;
    const NAME: &'static str = R::NAMES[3];
    const METHOD: Method = Method::GET;
    const PATH: &'static str = R::ONE_PATH;
    const AUDIENCE: Audience = Audience::Api(R::PRODUCT);
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, &self.resource.one_path(&self.authorisation)).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}
