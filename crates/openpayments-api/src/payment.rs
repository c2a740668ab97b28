//! Payments. Their authorisations are in [`authorisation`](crate::authorisation).

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use openpayments_model::identifier::{ConsentId, PaymentId};
use openpayments_model::payment::{
    CancellationStarted, CreatedPayment, PaymentOrder, PaymentPath, PaymentRef, PaymentState, StoredPayment,
};
use openpayments_model::{InvalidValue, Product, Rule};

use crate::created::{child, id_in_links, id_in_location};
use crate::request::{Builder, path};
use crate::{ApiError, ApiErrorKind, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);
const CREATE: &str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}";

/// Creates a payment. No money moves before the PSU has signed it.
///
/// There is no idempotency header: a second call creates a second payment. The PSU's IP address is required.
#[derive(Clone, Debug)]
pub struct CreatePayment<P> {
    payment: P,
    consent: Option<ConsentId>,
}

impl<P: PaymentOrder> CreatePayment<P> {
    /// Creates `payment`; its type decides the path.
    pub fn new(payment: P) -> Self {
        Self { payment, consent: None }
    }

    /// Names the consent whose session the payment belongs to (`Consent-ID`), where a bank combines the two.
    #[must_use]
    pub fn consent(mut self, id: ConsentId) -> Self {
        self.consent = Some(id);
        self
    }
}

/// A payment that was created, and how it is named from now on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PaymentCreated {
    /// Its id and path, which every later call about it takes.
    pub payment: PaymentRef,
    /// The answer's body.
    pub body: CreatedPayment,
    /// Whether the body could not be read and the id was taken from the answer's `Location` or `self` link: then
    /// nothing else in [`body`](Self::body) is the bank's, and the status has to be asked for.
    pub recovered: bool,
}

impl<P: PaymentOrder> Operation for CreatePayment<P> {
    type Output = PaymentCreated;
    const NAME: &'static str = "payment.create";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = CREATE;
    const AUDIENCE: Audience = AUDIENCE;
    /// Again would be a second payment.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        if !context.psu_details().is_present() {
            return Err(InvalidValue::new("PSU-IP-Address", Rule::Missing).into());
        }
        let mut builder =
            Builder::new(&Self::METHOD, path(Self::PATH, [P::PATH.service(), P::PATH.product()]))
                .for_bank(context)
                .for_affiliated(context)
                .for_redirect(context);
        if let Some(consent) = &self.consent {
            builder = builder.personal_header("consent-id", consent.as_str());
        }
        builder.json(&self.payment)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        let parent = path(Self::PATH, [P::PATH.service(), P::PATH.product()]);
        let created = |body: CreatedPayment, recovered| PaymentCreated {
            payment: PaymentRef { path: P::PATH, id: body.payment_id.clone() },
            body,
            recovered,
        };
        match answer::json::<CreatedPayment>(response) {
            Ok(body) => {
                let linked: Option<PaymentId> = id_in_links(&body.links, &parent);
                if linked.is_some_and(|linked| linked != body.payment_id) {
                    return Err(ApiError::new(ApiErrorKind::Protocol, response.status()).at("paymentId"));
                }
                Ok(created(body, false))
            }
            // It was created; only what is said of it cannot be read.
            Err(unreadable)
                if response.status() == StatusCode::CREATED
                    && matches!(unreadable.kind(), ApiErrorKind::Protocol | ApiErrorKind::LimitExceeded) =>
            {
                match id_in_location(response, &parent) {
                    Some(id) => Ok(created(CreatedPayment::known_by_id(id), true)),
                    None => Err(unreadable),
                }
            }
            Err(refused) => Err(refused),
        }
    }
}

/// The payment that a `Location` names, if it is one of this kind: of an answer to [`CreatePayment`] whose body was lost. Only
/// the id is taken from it; read the payment's status before anything else.
pub fn payment_at(path: PaymentPath, location: &str) -> Option<PaymentRef> {
    let parent = crate::request::path(CREATE, [path.service(), path.product()]);
    Some(PaymentRef { path, id: child(location, &parent)? })
}

/// Asks where a payment stands.
#[derive(Clone, Debug)]
pub struct GetPaymentStatus {
    payment: PaymentRef,
}

impl GetPaymentStatus {
    /// Of this payment.
    pub fn new(payment: PaymentRef) -> Self {
        Self { payment }
    }
}

impl Operation for GetPaymentStatus {
    /// Messages in it tell why it was rejected; they are part of the state, not an error of the call.
    type Output = PaymentState;
    const NAME: &'static str = "payment.status";
    const METHOD: Method = Method::GET;
    const PATH: &'static str =
        "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}/status";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let PaymentRef { path: at, id } = &self.payment;
        let path = path(Self::PATH, [at.service(), at.product(), id.as_str()]);
        Builder::new(&Self::METHOD, path).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::state(response)
    }
}

/// Reads a payment as the bank keeps it.
#[derive(Clone, Debug)]
pub struct GetPayment {
    payment: PaymentRef,
}

impl GetPayment {
    /// This payment.
    pub fn new(payment: PaymentRef) -> Self {
        Self { payment }
    }
}

impl Operation for GetPayment {
    /// Messages in it are part of the state, not an error of the call.
    type Output = StoredPayment;
    const NAME: &'static str = "payment.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = ONE_PATH;
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let path = one_path(&self.payment);
        Builder::new(&Self::METHOD, path).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        let payment: StoredPayment = answer::state(response)?;
        // Nothing is certain to be there, but without any of these it is no payment.
        let is_payment = payment.instructed_amount.is_some()
            || payment.transaction_status.is_some()
            || !payment.payments.is_empty();
        if is_payment {
            Ok(payment)
        } else {
            Err(ApiError::new(ApiErrorKind::Protocol, response.status()).at("instructedAmount"))
        }
    }
}

const ONE_PATH: &str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}/{paymentId}";

fn one_path(payment: &PaymentRef) -> String {
    let PaymentRef { path: at, id } = payment;
    path(ONE_PATH, [at.service(), at.product(), id.as_str()])
}

/// Cancels a payment. Many banks do not offer it.
#[derive(Clone, Debug)]
pub struct CancelPayment {
    payment: PaymentRef,
}

impl CancelPayment {
    /// This payment.
    pub fn new(payment: PaymentRef) -> Self {
        Self { payment }
    }
}

/// How far a cancellation has come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cancellation {
    /// The payment is cancelled.
    Done,
    /// The PSU has to sign the cancellation: start an authorisation of
    /// [`PaymentRef::cancellation`](openpayments_model::payment::PaymentRef::cancellation).
    MustBeSigned(Box<CancellationStarted>),
}

impl Operation for CancelPayment {
    type Output = Cancellation;
    const NAME: &'static str = "payment.cancel";
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = ONE_PATH;
    const AUDIENCE: Audience = AUDIENCE;
    /// Cancelled twice is cancelled.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let path = one_path(&self.payment);
        Builder::new(&Self::METHOD, path).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::succeeded(response)?;
        let says_nothing = response.body().iter().all(u8::is_ascii_whitespace);
        if says_nothing && response.status() != StatusCode::ACCEPTED {
            return Ok(Cancellation::Done);
        }
        let started = answer::json(response)?;
        Ok(Cancellation::MustBeSigned(Box::new(started)))
    }
}

#[cfg(test)]
mod tests {
    use openpayments_model::payment::DomesticPayment;

    use super::*;

    fn answer(status: u16, location: Option<&str>, body: &str) -> Response<Bytes> {
        let mut response = Response::builder().status(status);
        if let Some(location) = location {
            response = response.header("location", location);
        }
        response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    fn create(response: &Response<Bytes>) -> Result<PaymentCreated, ApiError> {
        CreatePayment::<DomesticPayment>::response(response)
    }

    const PLACE: &str = "/psd2/paymentinitiation/v1/payments/domestic/p-1";

    #[test]
    fn p5_an_unreadable_success_gives_the_id_its_location_names() {
        for body in ["", "<html>", "{", r#"{"transactionStatus":"RCVD"}"#, "[]"] {
            let created = create(&answer(201, Some(PLACE), body)).unwrap();
            assert!(created.recovered, "{body}");
            assert_eq!(created.payment.id.as_str(), "p-1");
        }
        let linked = format!(r#"{{"transactionStatus":7,"_links":{{"self":{{"href":"{PLACE}"}}}}}}"#);
        assert_eq!(create(&answer(201, None, &linked)).unwrap().payment.id.as_str(), "p-1");
        let absolute = format!("https://api.example{PLACE}");
        assert!(create(&answer(201, Some(&absolute), "")).unwrap().recovered);
    }

    #[test]
    fn p5_f39_a_location_that_is_not_of_this_payment_gives_nothing() {
        for location in [
            None,
            Some("/psd2/paymentinitiation/v1/payments/swedish-giro/p-1"),
            Some("/psd2/paymentinitiation/v1/payments/domestic/p-1/status"),
            Some("/psd2/paymentinitiation/v1/payments/domestic/"),
            Some("/psd2/paymentinitiation/v1/payments/domestic/.."),
            Some("/psd2/paymentinitiation/v1/payments/domestic/a%2Fb%00"),
            Some("/p-1"),
        ] {
            let error = create(&answer(201, location, "")).unwrap_err();
            assert_eq!(error.kind(), ApiErrorKind::Protocol, "{location:?}");
        }
        // Only a 201 says that something was created.
        assert!(create(&answer(200, Some(PLACE), "<html>")).is_err());
        let refused = r#"{"tppMessages":[{"category":"ERROR","code":"PAYMENT_FAILED"}]}"#;
        assert_eq!(create(&answer(201, Some(PLACE), refused)).unwrap_err().kind(), ApiErrorKind::Refused);
    }

    #[test]
    fn i070_an_id_that_differs_from_its_own_link_is_not_believed() {
        let body = |id: &str, link: &str| {
            format!(
                r#"{{"transactionStatus":"RCVD","paymentId":"{id}","_links":{{"self":{{"href":"{link}"}}}}}}"#
            )
        };
        assert!(!create(&answer(201, None, &body("p-1", PLACE))).unwrap().recovered);
        assert!(create(&answer(201, None, &body("p-1", "/elsewhere/p-2"))).is_ok());
        for id in ["p-2", "", " "] {
            let created = create(&answer(201, None, &body(id, PLACE)));
            assert!(created.map_or(true, |created| created.recovered), "{id}");
        }
        assert_eq!(
            create(&answer(201, None, &body("p-2", PLACE))).unwrap_err().kind(),
            ApiErrorKind::Protocol
        );
    }

    #[test]
    fn a_cancellation_is_done_or_must_be_signed() {
        let cancel = |status, body| CancelPayment::response(&answer(status, None, body));
        assert!(matches!(cancel(204, "").unwrap(), Cancellation::Done));
        assert!(matches!(cancel(200, " ").unwrap(), Cancellation::Done));
        let body = r#"{"transactionStatus":"ACTC","_links":{"startAuthorisation":{"href":"/x"}}}"#;
        let Cancellation::MustBeSigned(started) = cancel(202, body).unwrap() else {
            panic!("a 202 has to be signed");
        };
        assert!(started.links.get("startAuthorisation").is_some());
        assert_eq!(cancel(202, "").unwrap_err().kind(), ApiErrorKind::Protocol);
    }

    #[test]
    fn reasons_for_a_rejection_are_part_of_the_status() {
        let body =
            r#"{"transactionStatus":"RJCT","tppMessages":[{"category":"ERROR","code":"DAILY_LIMIT"}]}"#;
        let state = GetPaymentStatus::response(&answer(200, None, body)).unwrap();
        assert_eq!(state.tpp_messages[0].code, "DAILY_LIMIT");
        assert!(GetPayment::response(&answer(200, None, "{}")).is_err());
        assert!(GetPayment::response(&answer(200, None, body)).is_ok());
    }
}
