//! Signing baskets. Their authorisations are in [`authorisation`](crate::authorisation).

use bytes::Bytes;
use http::{Method, Request, Response};
use openpayments_model::Product;
use openpayments_model::basket::{Basket, BasketOrder, BasketState, CreatedBasket};
use openpayments_model::identifier::BasketId;

use crate::request::{Builder, path};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::PaymentInitiation);

/// Creates a basket of payments that exist and are not signed yet. The PSU then signs the basket, not its payments.
#[derive(Clone, Debug)]
pub struct CreateBasket {
    order: BasketOrder,
}

impl CreateBasket {
    /// Creates it.
    pub fn new(order: BasketOrder) -> Self {
        Self { order }
    }
}

impl Operation for CreateBasket {
    type Output = CreatedBasket;
    const NAME: &'static str = "basket.create";
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/psd2/paymentinitiation/v1/signing-baskets";
    const AUDIENCE: Audience = AUDIENCE;
    /// A second one would hold the same payments, and which one the PSU signs would be open.
    const RESEND: Resend = Resend::Never;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, Self::PATH).for_bank(context).for_redirect(context).json(&self.order)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Reads a basket as the bank keeps it.
#[derive(Clone, Debug)]
pub struct GetBasket {
    id: BasketId,
}

impl GetBasket {
    /// The basket with this id.
    pub fn new(id: BasketId) -> Self {
        Self { id }
    }
}

impl Operation for GetBasket {
    /// Messages in it are part of the state, not an error of the call.
    type Output = Basket;
    const NAME: &'static str = "basket.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/paymentinitiation/v1/signing-baskets/{basketId}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::state(response)
    }
}

/// Asks where a basket stands. What became of each payment in it is that payment's own status.
#[derive(Clone, Debug)]
pub struct GetBasketStatus {
    id: BasketId,
}

impl GetBasketStatus {
    /// Of the basket with this id.
    pub fn new(id: BasketId) -> Self {
        Self { id }
    }
}

impl Operation for GetBasketStatus {
    /// Messages in it are part of the state, not an error of the call.
    type Output = BasketState;
    const NAME: &'static str = "basket.status";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/paymentinitiation/v1/signing-baskets/{basketId}/status";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::state(response)
    }
}

/// Deletes a basket. What the platform does with its payments then, its docs do not say.
#[derive(Clone, Debug)]
pub struct DeleteBasket {
    id: BasketId,
}

impl DeleteBasket {
    /// The basket with this id.
    pub fn new(id: BasketId) -> Self {
        Self { id }
    }
}

impl Operation for DeleteBasket {
    type Output = ();
    const NAME: &'static str = "basket.delete";
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/psd2/paymentinitiation/v1/signing-baskets/{basketId}";
    const AUDIENCE: Audience = AUDIENCE;
    /// Deleted twice is deleted.
    const RESEND: Resend = Resend::SafeWrite;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        Builder::new(&Self::METHOD, path(Self::PATH, [self.id.as_str()])).for_bank(context).empty()
    }

    fn response(response: &Response<Bytes>) -> Result<(), ApiError> {
        answer::succeeded(response)
    }
}
