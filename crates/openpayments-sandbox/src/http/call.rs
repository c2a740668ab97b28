//! What is asked of every API call before its handler sees it: token, scope, request id, bank, the bank's headers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use jiff::Timestamp;
use openpayments_banks::Call as BankCall;
use openpayments_model::Context;

use super::reply::{Refusal, Reply, Shape};
use crate::banks::Bank;
use crate::platform::Platform;
use crate::quirk::Quirk;
use crate::server::{Peer, Thumbprint};
use crate::world::grant::Token;
use crate::world::mint::is_uuid;
use crate::world::{Owner, Resource, World};

/// A call that has passed the guards.
#[derive(Debug)]
pub(crate) struct Call {
    operation: Operation,
    pub(crate) client: String,
    pub(crate) context: Context,
    /// The bank of `X-BicFi`; calls to the platform alone have none.
    bank: Option<Arc<Bank>>,
    pub(crate) now: Timestamp,
    /// Where the platform itself is, with a slash at the end.
    pub(crate) base: url::Url,
    path: String,
    parameters: BTreeMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// One call of the API: what it does to the world and what it answers.
pub(crate) type Handler = fn(&mut World, &Call) -> Result<Reply, Refusal>;

/// The client of a call, on its way back to the record.
#[derive(Clone, Debug)]
pub(super) struct CallerId(pub(super) String);

/// A route of the API.
pub(super) fn api(
    method: MethodFilter,
    operation: Operation,
    handler: Handler,
) -> MethodRouter<Arc<Platform>> {
    on(
        method,
        async move |State(platform): State<Arc<Platform>>,
                    parameters: RawPathParams,
                    uri: Uri,
                    headers: HeaderMap,
                    peer: Option<Extension<Peer>>,
                    body: Bytes| {
            let certificate = peer.and_then(|peer| peer.certificate);
            if platform.admission.demands_certificate && certificate.is_none() {
                let text = "the API host wants a client certificate, and has an address of its own";
                return Refusal::new(StatusCode::UNAUTHORIZED, "CERTIFICATE_MISSING", text).into_response();
            }
            let parameters =
                parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            answer(&platform, operation, handler, Sent { certificate, parameters, uri, headers, body })
        },
    )
}

/// What came with a call.
struct Sent {
    certificate: Option<Thumbprint>,
    parameters: BTreeMap<String, String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

fn answer(platform: &Platform, operation: Operation, handler: Handler, sent: Sent) -> Response {
    let Sent { certificate, parameters, uri, headers, body } = sent;
    let query = super::pairs(uri.query().unwrap_or_default().as_bytes());
    let path = uri.path().to_owned();
    platform.with_world(|world, now| {
        let shapes = world.quirks.clone();
        let refused = |refusal: Refusal| {
            let shape = shape(&refusal, operation, &shapes);
            refusal.shaped(shape).into_response()
        };
        let (client, context) = match authenticated(world, &headers, certificate, operation, now) {
            Ok(token) => (token.client.clone(), token.scopes.context()),
            Err(refusal) => return refused(refusal),
        };
        let base = platform.base.clone();
        let caller = CallerId(client.clone());
        let mut call = Call {
            operation,
            client,
            context,
            bank: None,
            now,
            base,
            path,
            parameters,
            query,
            headers,
            body,
        };
        let outcome = call.check(world).and_then(|()| handler(world, &call));
        let mut response = outcome.map_or_else(refused, Reply::into_response);
        response.extensions_mut().insert(caller);
        response
    })
}

/// How a call of this kind tells its refusal.
fn shape(refusal: &Refusal, operation: Operation, quirks: &BTreeSet<Quirk>) -> Shape {
    let payments = operation.product() == "paymentinitiation";
    let documented_empty = match refusal.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => true,
        StatusCode::NOT_ACCEPTABLE | StatusCode::TOO_MANY_REQUESTS => payments,
        _ => false,
    };
    if documented_empty || quirks.contains(&Quirk::ErrorsWithoutBody) {
        Shape::Empty
    } else if quirks.contains(&Quirk::ProblemJsonErrors) {
        Shape::Problem
    } else if operation == Operation::Directory && !quirks.contains(&Quirk::DirectoryMessagesWrapped) {
        Shape::Bare
    } else {
        Shape::Messages
    }
}

/// The token of the call, when it is good for the operation.
fn authenticated<'a>(
    world: &'a World,
    headers: &HeaderMap,
    certificate: Option<Thumbprint>,
    operation: Operation,
    now: Timestamp,
) -> Result<&'a Token, Refusal> {
    let refused = |code, text| Refusal::new(StatusCode::UNAUTHORIZED, code, text);
    let Some(value) = super::header(headers, "authorization") else {
        // Observed is the 401; no source says with which code. The same goes for a header of another scheme.
        return Err(refused("TOKEN_UNKNOWN", "no bearer token was sent"));
    };
    let bearer = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, text)) = bearer else {
        return Err(refused("TOKEN_INVALID", "not a bearer token"));
    };
    let token =
        world.tokens.get(text.trim()).ok_or(refused("TOKEN_UNKNOWN", "this token was never issued"))?;
    if token.revoked {
        return Err(refused("TOKEN_INVALID", "this token was revoked"));
    }
    if token.certificate.is_some() && token.certificate != certificate {
        return Err(refused("TOKEN_INVALID", "this token is bound to another client certificate"));
    }
    if token.expires <= now {
        return Err(refused("TOKEN_EXPIRED", "this token is past its time"));
    }
    if !token.scopes.products().any(|product| product.as_str() == operation.product()) {
        let text = "the token's scope does not cover this call";
        // The 403 is documented, its code is not; SERVICE_BLOCKED is the nearest of the listed ones.
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SERVICE_BLOCKED", text));
    }
    Ok(token)
}

/// What a call is about: guards and profiles tell calls apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Directory,
    Kyc,
    /// A call to a bank.
    Bank(BankCall),
}

impl Operation {
    fn product(self) -> &'static str {
        match self {
            Self::Directory => "aspspinformation",
            Self::Kyc => "paymentinitiation",
            Self::Bank(call) => match call.as_str().split_once('.') {
                Some(("consent" | "account" | "transaction", _)) => "accountinformation",
                _ => "paymentinitiation",
            },
        }
    }

    fn is_about_cancellation(self) -> bool {
        use BankCall as C;
        matches!(
            self,
            Self::Bank(
                C::CancellationAuthorisationStart
                    | C::CancellationAuthorisationList
                    | C::CancellationAuthorisationSelectMethod
                    | C::CancellationAuthorisationStatus
            )
        )
    }
}

impl Call {
    fn check(&mut self, world: &World) -> Result<(), Refusal> {
        let operation = self.operation;
        self.check_formats()?;
        if !self.header("X-Request-ID").is_some_and(is_uuid) {
            return Err(Refusal::format("X-Request-ID", "a UUID is required"));
        }
        if let Some(ip) = self.header("PSU-IP-Address")
            && ip.parse::<std::net::Ipv4Addr>().is_err()
        {
            return Err(Refusal::format("PSU-IP-Address", "not an IPv4 address"));
        }
        let Operation::Bank(call) = operation else {
            return Ok(());
        };
        let bic = self.header("X-BicFi").ok_or(Refusal::format("X-BicFi", "the bank is required"))?;
        // No source says how an unknown bank is answered.
        let unknown = Refusal::format("X-BicFi", "no such bank in the directory");
        let bank = Arc::clone(world.rules.banks.find(bic).ok_or(unknown)?);
        self.bank = Some(Arc::clone(&bank));
        if !bank.offers(self.context) {
            let text = "the bank offers no accounts of this kind here";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "SERVICE_BLOCKED", text));
        }
        if call == BankCall::PaymentCreate {
            self.required("PSU-IP-Address")?;
        }
        for name in bank.required_headers(call, self.context) {
            self.required(name)?;
        }
        if !bank.answers(call, self.context) {
            return Err(Refusal::unsupported());
        }
        Ok(())
    }

    /// JSON in and JSON out, wherever a client says what it sends and takes.
    fn check_formats(&self) -> Result<(), Refusal> {
        let is_json = |kind: &str| {
            let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(kind.as_str(), "application/json" | "application/problem+json" | "application/*" | "*/*")
        };
        if !self.body.is_empty() && self.header("Content-Type").is_some_and(|kind| !is_json(kind)) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Refusal::new(status, "FORMAT_ERROR", "JSON is what is read here"));
        }
        if self.header("Accept").is_some_and(|accept| !accept.split(',').any(is_json)) {
            let (status, code) = (StatusCode::NOT_ACCEPTABLE, "REQUESTED_FORMATS_INVALID");
            return Err(Refusal::new(status, code, "JSON is what is answered here"));
        }
        Ok(())
    }

    fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.header(name).ok_or(Refusal::format(name, "this header is required here"))
    }

    /// A header that was sent and is not blank.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        super::header(&self.headers, name)
    }

    /// The bank of the call.
    pub(crate) fn bank(&self) -> Result<&Arc<Bank>, Refusal> {
        self.bank.as_ref().ok_or(Refusal::format("X-BicFi", "the bank is required"))
    }

    /// A name in the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The authorisation of the path, which has a name of its own where a cancellation is authorised.
    pub(crate) fn authorisation_id(&self) -> &str {
        match self.parameter("cancellationId") {
            "" => self.parameter("authorisationId"),
            id => id,
        }
    }

    /// A query parameter that was sent and is not blank.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        super::value(&self.query, name).filter(|value| !value.is_empty())
    }

    /// A switch in the query, off unless sent; in any case, since .NET clients write `True`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.query(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::format(name, "true or false")),
        }
    }

    /// `TPP-Redirect-Preferred`.
    pub(crate) fn redirect_preferred(&self) -> Result<Option<bool>, Refusal> {
        match self.header("TPP-Redirect-Preferred").map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::format("TPP-Redirect-Preferred", "true or false")),
        }
    }

    /// Who will own what this call creates.
    pub(crate) fn owner(&self) -> Result<Owner, Refusal> {
        let corporate_id = match self.context {
            Context::Corporate => Some(self.required("PSU-Corporate-ID")?.to_owned()),
            Context::Private => None,
        };
        let bank = self.bank()?;
        if let Some(id) = self.header("X-AffiliatedASPSP-ID")
            && !bank.affiliated().any(|known| known.id == id)
        {
            return Err(Refusal::format("X-AffiliatedASPSP-ID", "not a bank under this bank's roof"));
        }
        Ok(Owner {
            client: self.client.clone(),
            bank: Arc::clone(bank),
            context: self.context,
            psu: self.header("PSU-ID").map(str::to_owned),
            corporate_id,
            redirect_preferred: self.redirect_preferred()?,
        })
    }

    /// Checks a later call about a resource against its owner: whose it is, and that the preference is the same still.
    pub(crate) fn check_owner(&self, owner: &Owner) -> Result<(), Refusal> {
        let bank = self.bank()?;
        if owner.client != self.client || owner.bank.bic() != bank.bic() || owner.context != self.context {
            return Err(Refusal::unknown());
        }
        if bank.preference_sticks(self.context)
            && owner.redirect_preferred.is_some()
            && owner.redirect_preferred != self.redirect_preferred()?
        {
            // Documented is that the value must not change; the code is not.
            let text = "the value must stay what it was when the resource was created";
            return Err(Refusal::bad("PARAMETER_NOT_CONSISTENT", "TPP-Redirect-Preferred", text));
        }
        Ok(())
    }

    /// The consent, payment or basket of the path, when it is the caller's.
    pub(crate) fn resource(&self, world: &World) -> Result<Resource, Refusal> {
        let named = |name: &str| self.parameters.get(name).cloned();
        let resource = match (named("paymentId"), named("basketId")) {
            (Some(id), _) if self.operation.is_about_cancellation() => Resource::Cancellation(id),
            (Some(id), _) => Resource::Payment(id),
            (None, Some(id)) => Resource::Basket(id),
            (None, None) => Resource::Consent(self.parameter("consentId").to_owned()),
        };
        self.check_owner(world.owner(&resource).ok_or(Refusal::unknown())?)?;
        // The service and product of the path must be the payment's own.
        let rest = self.path.strip_prefix(path_of(&resource, world).as_str());
        if rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/')) {
            return Err(Refusal::unknown());
        }
        Ok(resource)
    }
}

/// The path under which the authorisations of a resource are.
pub(crate) fn authorisations_of(resource: &Resource, world: &World) -> String {
    let kind = match resource {
        Resource::Cancellation(_) => "cancellation-authorisations",
        Resource::Consent(_) | Resource::Payment(_) | Resource::Basket(_) => "authorisations",
    };
    format!("{}/{kind}", path_of(resource, world))
}

/// Where signing baskets are.
pub(crate) const BASKETS: &str = "/psd2/paymentinitiation/v1/signing-baskets";

/// The path of a resource, as links and `Location` spell it.
pub(crate) fn path_of(resource: &Resource, world: &World) -> String {
    match resource {
        Resource::Consent(id) => format!("/psd2/consent/v1/consents/{id}"),
        Resource::Payment(id) | Resource::Cancellation(id) => {
            let payment = world.payments.get(id);
            let service = payment.map(|payment| payment.service.as_str()).unwrap_or_default();
            let product = payment.map(|payment| payment.product.as_str()).unwrap_or_default();
            format!("/psd2/paymentinitiation/v1/{service}/{product}/{id}")
        }
        Resource::Basket(id) => format!("{BASKETS}/{id}"),
    }
}
