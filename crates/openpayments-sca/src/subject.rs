//! What is signed, and the calls that go with it.
//!
//! A further kind of subject needs: a variant of [`Subject`] with its line in `resource`, an `impl Resource`, and a variant of [`ResourceStatus`](crate::ResourceStatus) with its line in `standing`.
//! Nothing else in this crate tells subjects apart.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use openpayments_api::CallContext;
use openpayments_api::authorisation::{
    GetScaStatus, ListAuthorisations, MethodSelected, SelectMethod, Signable, StartAuthorisation,
};
use openpayments_api::basket::GetBasketStatus;
use openpayments_api::consent::GetConsentStatus;
use openpayments_api::payment::GetPaymentStatus;
use openpayments_client::{Caller, Error};
use openpayments_model::authorisation::{ScaState, StartedAuthorisation};
use openpayments_model::identifier::{AuthorisationId, BasketId, ConsentId, ScaMethodId};
use openpayments_model::payment::{CancellationRef, PaymentRef};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::ResourceStatus;

/// A consent, a payment, the cancellation of one, or a basket of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Subject {
    /// A consent to read accounts.
    Consent(ConsentId),
    /// A payment.
    Payment(PaymentRef),
    /// The cancellation of a payment, where the bank wants it signed.
    Cancellation(CancellationRef),
    /// Many payments at once.
    Basket(BasketId),
}

impl Subject {
    /// The one place where the kinds of subject part.
    pub(crate) fn resource(&self) -> &dyn Calls {
        match self {
            Self::Consent(id) => id,
            Self::Payment(payment) => payment,
            Self::Cancellation(cancellation) => cancellation,
            Self::Basket(id) => id,
        }
    }
}

impl From<ConsentId> for Subject {
    fn from(id: ConsentId) -> Self {
        Self::Consent(id)
    }
}

impl From<PaymentRef> for Subject {
    fn from(payment: PaymentRef) -> Self {
        Self::Payment(payment)
    }
}

impl From<CancellationRef> for Subject {
    fn from(cancellation: CancellationRef) -> Self {
        Self::Cancellation(cancellation)
    }
}

impl From<BasketId> for Subject {
    fn from(id: BasketId) -> Self {
        Self::Basket(id)
    }
}

/// A call that is under way. It borrows nothing, so that a session can keep it between two polls of `next`.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What a code is exchanged with.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) code: SecretString,
    pub(crate) redirect_uri: String,
    pub(crate) verifier: Option<SecretString>,
}

/// A call's caller and context, shared with the session.
#[derive(Clone, Debug)]
pub(crate) struct Via {
    pub(crate) caller: Caller,
    pub(crate) context: std::sync::Arc<CallContext>,
}

/// The calls of a subject, whichever it is.
pub(crate) trait Calls: Debug + Send + Sync {
    fn start(&self, via: Via) -> Answer<StartedAuthorisation>;
    fn list(&self, via: Via) -> Answer<Vec<AuthorisationId>>;
    fn select(&self, via: Via, authorisation: AuthorisationId, method: ScaMethodId)
    -> Answer<MethodSelected>;
    fn exchange(&self, via: Via, authorisation: AuthorisationId, with: Exchange) -> Answer<()>;
    fn poll(&self, via: Via, authorisation: AuthorisationId) -> Answer<ScaState>;
    fn read(&self, via: Via) -> Answer<ResourceStatus>;
}

/// What differs between subjects besides their paths: how their status is read.
trait Resource: Signable + Debug + 'static {
    fn status(self, via: Via) -> impl Future<Output = Result<ResourceStatus, Error>> + Send;
}

impl Resource for ConsentId {
    async fn status(self, Via { caller, context }: Via) -> Result<ResourceStatus, Error> {
        let status = caller.poll(&GetConsentStatus::new(self), &context).await?;
        Ok(ResourceStatus::Consent(status.body))
    }
}

impl Resource for PaymentRef {
    async fn status(self, Via { caller, context }: Via) -> Result<ResourceStatus, Error> {
        let state = caller.poll(&GetPaymentStatus::new(self), &context).await?;
        Ok(ResourceStatus::Payment(state.body.transaction_status))
    }
}

impl Resource for CancellationRef {
    async fn status(self, Via { caller, context }: Via) -> Result<ResourceStatus, Error> {
        let state = caller.poll(&GetPaymentStatus::new(self.payment), &context).await?;
        Ok(ResourceStatus::Cancellation(state.body.transaction_status))
    }
}

impl Resource for BasketId {
    async fn status(self, Via { caller, context }: Via) -> Result<ResourceStatus, Error> {
        let state = caller.poll(&GetBasketStatus::new(self), &context).await?;
        Ok(ResourceStatus::Basket(state.body.transaction_status))
    }
}

impl<R: Resource> Calls for R {
    fn start(&self, Via { caller, context }: Via) -> Answer<StartedAuthorisation> {
        let call = StartAuthorisation::new(self.clone());
        Box::pin(async move { Ok(caller.call(&call, &context).await?.body) })
    }

    fn list(&self, Via { caller, context }: Via) -> Answer<Vec<AuthorisationId>> {
        let call = ListAuthorisations::new(self.clone());
        Box::pin(async move { Ok(caller.poll(&call, &context).await?.body) })
    }

    fn select(
        &self,
        Via { caller, context }: Via,
        authorisation: AuthorisationId,
        method: ScaMethodId,
    ) -> Answer<MethodSelected> {
        let call = SelectMethod::new(self.clone(), authorisation, method);
        Box::pin(async move { Ok(caller.call(&call, &context).await?.body) })
    }

    fn exchange(
        &self,
        Via { caller, context }: Via,
        authorisation: AuthorisationId,
        with: Exchange,
    ) -> Answer<()> {
        let resource = self.clone();
        Box::pin(async move {
            let Exchange { code, redirect_uri, verifier } = with;
            caller
                .exchange_code(
                    &resource,
                    &authorisation,
                    &code,
                    &redirect_uri,
                    verifier.as_ref(),
                    context.context(),
                )
                .await
        })
    }

    fn poll(&self, Via { caller, context }: Via, authorisation: AuthorisationId) -> Answer<ScaState> {
        let call = GetScaStatus::new(self.clone(), authorisation);
        Box::pin(async move { Ok(caller.poll(&call, &context).await?.body) })
    }

    fn read(&self, via: Via) -> Answer<ResourceStatus> {
        Box::pin(self.clone().status(via))
    }
}
