//! Payments. Their authorisations are in [`authorisation`](crate::authorisation).

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::payment::{CreatedPayment, PaymentOrder, PaymentRef, PaymentState};
use openpayments_model::{InvalidValue, Product, Rule};

use crate::request::{Builder, path};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);

/// Creates a payment. No money moves before the PSU has signed it.
///
/// There is no idempotency header: a second call creates a second payment. The PSU's IP address is required.
#[derive(Clone, Debug)]
pub struct CreatePayment<P> {
    payment: P,
}

impl<P: PaymentOrder> CreatePayment<P> {
    /// Creates `payment`; its type decides the path.
    pub fn new(payment: P) -> Self {
        Self { payment }
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
}

impl<P: PaymentOrder> Operation for CreatePayment<P> {
    type Output = PaymentCreated;
    const NAME: &'static str = "payment.create";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/psd2/paymentinitiation/v1/{payment-service}/{payment-product}";
    const AUDIENCE: Audience = AUDIENCE;
    /// Again would be a second payment.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        if !context.psu_details().is_present() {
            return Err(InvalidValue::new("PSU-IP-Address", Rule::Missing).into());
        }
        Builder::new(&Self::METHOD, &path(Self::PATH, [P::PATH.service(), P::PATH.product()]))
            .for_bank(context)
            .for_affiliated(context)
            .json(&self.payment)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        let body: CreatedPayment = answer::json(response)?;
        answer::not_refused(response.status(), &body.tpp_messages)?;
        let payment = PaymentRef { path: P::PATH, id: body.payment_id.clone() };
        Ok(PaymentCreated { payment, body })
    }
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
        Builder::new(&Self::METHOD, &path).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}
