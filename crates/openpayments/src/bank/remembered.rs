//! Calls whose outcome is kept in a store.

use openpayments_api::Operation;
use openpayments_api::consent::CreateConsent;
use openpayments_api::payment::CreatePayment;
use openpayments_banks::{Profile, Sender};
use openpayments_client::Error;
use openpayments_model::consent::ConsentRequest;
use openpayments_model::identifier::ConsentId;
use openpayments_model::message::TppMessage;
use openpayments_model::payment::PaymentOrder;
use openpayments_store::{
    CallError, ConsentOnce, Consents, Key, Once, OnceError, Payments, Reconciled, create_consent_once,
    create_payment_once, reconcile_payment, recreate_payment,
};

use super::{Bank, with_warnings};

impl Bank {
    /// Creates a payment once, under a key of yours: see [`create_payment_once`].
    ///
    /// # Errors
    /// See [`OnceError`]; what [`create_payment`](Self::create_payment) refuses is refused here before anything is kept.
    pub async fn create_payment_once<P>(
        &self,
        payments: &Payments,
        key: impl Into<Key>,
        payment: P,
    ) -> Result<Once, OnceError>
    where
        P: PaymentOrder + Send + Sync + 'static,
    {
        let warnings = self.warnings_of(&payment)?;
        let once = create_payment_once(payments, &self.caller, &self.context, key, payment).await?;
        Ok(warned(once, warnings))
    }

    /// Creates a payment anew whose first attempt got no answer, when a person has looked for it and wants so: see
    /// [`recreate_payment`].
    ///
    /// # Errors
    /// As [`create_payment_once`](Self::create_payment_once).
    pub async fn recreate_payment<P>(
        &self,
        payments: &Payments,
        key: impl Into<Key>,
        payment: P,
    ) -> Result<Once, OnceError>
    where
        P: PaymentOrder + Send + Sync + 'static,
    {
        let warnings = self.warnings_of(&payment)?;
        let once = recreate_payment(payments, &self.caller, &self.context, key, payment).await?;
        Ok(warned(once, warnings))
    }

    /// Finds out what became of a payment whose answer never came, by its id or by what a consent lets us see of the
    /// account: see [`reconcile_payment`].
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn reconcile_payment(
        &self,
        payments: &Payments,
        key: &str,
        consent: Option<&ConsentId>,
    ) -> Result<Reconciled, CallError> {
        reconcile_payment(payments, &self.caller, &self.context, key, consent).await
    }

    /// Asks for a consent once, under a key of yours: see [`create_consent_once`].
    ///
    /// # Errors
    /// See [`CallError`]; what [`create_consent`](Self::create_consent) refuses is refused here before anything is kept.
    pub async fn create_consent_once(
        &self,
        consents: &Consents,
        key: impl Into<Key>,
        request: ConsentRequest,
    ) -> Result<ConsentOnce, CallError> {
        let check = |profile: &Profile, sender: &Sender| profile.check_consent(&request, sender);
        let warnings = self.rules.apply(CreateConsent::NAME, &self.context, check)?;
        let mut once = create_consent_once(consents, &self.caller, &self.context, key, request).await?;
        once.answer = once.answer.map(|answer| with_warnings(answer, warnings));
        Ok(once)
    }

    fn warnings_of<P: PaymentOrder>(&self, payment: &P) -> Result<Vec<TppMessage>, OnceError> {
        let check = |profile: &Profile, sender: &Sender| profile.check_payment(payment, sender);
        let refused = |error: Error| OnceError::Call(Box::new(error));
        self.rules.apply(CreatePayment::<P>::NAME, &self.context, check).map_err(refused)
    }
}

fn warned(mut once: Once, warnings: Vec<TppMessage>) -> Once {
    once.answer = once.answer.map(|answer| with_warnings(answer, warnings));
    once
}
