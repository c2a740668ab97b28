//! Authorisations: the same four calls for everything a PSU can sign: consents, payments, cancellations, baskets.

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::Product;
use openpayments_model::authorisation::{ScaApproach, ScaState, SelectedMethod, StartedAuthorisation};
use openpayments_model::identifier::{AuthorisationId, BasketId, ConsentId, ScaMethodId};
use openpayments_model::payment::{CancellationRef, PaymentRef};
use serde::Serialize;

use crate::headers::{TwoApproaches, approach};
use crate::request::{Builder, path};
use crate::{ApiError, ApiErrorKind, Audience, BuildError, CallContext, Operation, Resend, answer};

/// Something a PSU signs: a consent, a payment, the cancellation of a payment, or a basket.
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
    /// The body an authorisation starts with. The standard's optional bodies are for banks that see credentials, which
    /// none does, so it is an empty object, or nothing where the platform's file has no body.
    const START_BODY: Option<&'static str> = Some("{}");

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

impl Signable for CancellationRef {
    const PRODUCT: Product = Product::PaymentInitiation;
    const NAMES: [&'static str; 4] = [
        "payment.cancellation_authorisation.start",
        "payment.cancellation_authorisation.list",
        "payment.cancellation_authorisation.select_method",
        "payment.cancellation_authorisation.status",
    ];
    const LIST_PATH: &'static str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}/cancellation-authorisations";
    const ONE_PATH: &'static str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}/cancellation-authorisations/{cancellationId}";
    /// The platform's docs do not say how a code is exchanged for a cancellation; these are the payment's.
    const ACTIVATION_HEADERS: [&'static str; 2] = PaymentRef::ACTIVATION_HEADERS;
    const START_BODY: Option<&'static str> = None;

    fn list_path(&self) -> String {
        let PaymentRef { path: at, id } = &self.payment;
        path(Self::LIST_PATH, [at.service(), at.product(), id.as_str()])
    }

    fn one_path(&self, authorisation: &AuthorisationId) -> String {
        let PaymentRef { path: at, id } = &self.payment;
        let segments = [at.service(), at.product(), id.as_str(), authorisation.as_str()];
        path(Self::ONE_PATH, segments)
    }

    fn id(&self) -> &str {
        self.payment.id.as_str()
    }
}

impl Signable for BasketId {
    const PRODUCT: Product = Product::PaymentInitiation;
    const NAMES: [&'static str; 4] = [
        "basket.authorisation.start",
        "basket.authorisation.list",
        "basket.authorisation.select_method",
        "basket.authorisation.status",
    ];
    const LIST_PATH: &'static str = "/psd2/paymentinitiation/v1/signing-baskets/{basketId}/authorisations";
    const ONE_PATH: &'static str =
        "/psd2/paymentinitiation/v1/signing-baskets/{basketId}/authorisations/{authorisationId}";
    /// The platform's docs name the variables and not the headers; the spelling follows that of the others.
    const ACTIVATION_HEADERS: [&'static str; 2] = ["x-basketid", "x-basketauthorisationid"];

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

/// Starts an authorisation. At some banks (Handelsbanken) this already starts the PSU's 30 seconds to open the app.
#[derive(Clone, Debug)]
pub struct StartAuthorisation<R> {
    resource: R,
}

impl<R: Signable> StartAuthorisation<R> {
    /// Of what is signed.
    pub fn new(resource: R) -> Self {
        Self { resource }
    }
}

impl<R: Signable> Operation for StartAuthorisation<R> {
    /// Messages in it are part of the state, not an error of the call.
    type Output = StartedAuthorisation;
    const NAME: &'static str = R::NAMES[0];
    const METHOD: Method = Method::POST;
    const PATH: &'static str = R::LIST_PATH;
    const AUDIENCE: Audience = Audience::Api(R::PRODUCT);
    /// Again could start a second order and end the first.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let builder =
            Builder::new(&Self::METHOD, self.resource.list_path()).for_bank(context).for_redirect(context);
        match R::START_BODY {
            Some(body) => builder.json_text(Bytes::from_static(body.as_bytes())),
            None => builder.empty(),
        }
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::state(response)
    }
}

/// Lists the authorisations there are.
#[derive(Clone, Debug)]
pub struct ListAuthorisations<R> {
    resource: R,
}

impl<R: Signable> ListAuthorisations<R> {
    /// Of what is signed.
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
        Builder::new(&Self::METHOD, self.resource.list_path()).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        // Of cancellations the platform's file has a bare list in one place and an object in another.
        answer::list(response, &["authorisationIds", "cancellationIds"])
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
        Builder::new(&Self::METHOD, self.resource.one_path(&self.authorisation))
            .for_bank(context)
            .json(&Body { authentication_method_id: &self.method })
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        let body: SelectedMethod = answer::state(response)?;
        let named = approach(response.headers()).map_err(|TwoApproaches| {
            ApiError::new(ApiErrorKind::Protocol, response.status()).at("ASPSP-SCA-Approach")
        })?;
        let approach = named.or_else(|| approach_of(&body));
        Ok(MethodSelected { approach, body })
    }
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
        Builder::new(&Self::METHOD, self.resource.one_path(&self.authorisation)).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::state(response)
    }
}
