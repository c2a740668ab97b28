//! One bank, one PSU: what a program holds while it works for somebody.

#[cfg(feature = "store")]
mod remembered;

use openpayments_api::account::{GetAccount, GetBalances, GetTransaction, ListAccounts, ListTransactions};
use openpayments_api::authorisation::{ListAuthorisations, Signable};
use openpayments_api::basket::{CreateBasket, DeleteBasket, GetBasket, GetBasketStatus};
use openpayments_api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
use openpayments_api::payment::{
    CancelPayment, Cancellation, CreatePayment, GetPayment, GetPaymentStatus, PaymentCreated,
};
use openpayments_api::{CallContext, Operation};
use openpayments_banks::{Explanation, Finding, Profile, Sender};
use openpayments_client::{Caller, Error, PaymentFollower, Response, TransactionPages};
use openpayments_model::account::{Account, AccountBalances};
use openpayments_model::basket::{Basket, BasketOrder, BasketState, CreatedBasket};
use openpayments_model::consent::{Consent, ConsentRequest, CreatedConsent};
use openpayments_model::identifier::{
    AccountId, AffiliatedAspspId, AuthorisationId, BasketId, ConsentId, RequestId, TransactionId,
};
use openpayments_model::message::TppMessage;
use openpayments_model::payment::{PaymentOrder, PaymentProduct, PaymentRef, PaymentState, StoredPayment};
use openpayments_model::status::ConsentStatus;
use openpayments_model::transaction::Transaction;
use openpayments_model::{InvalidValue, Psu};
use openpayments_sca::{Authorise, Subject};

use crate::rules::Rules;

/// A bank, in the private or the corporate context, for one PSU. Made by [`Client::bank`](crate::Client::bank).
///
/// Every call it makes carries the same bank, PSU and preference, as banks demand within one flow. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bank {
    caller: Caller,
    context: CallContext,
    rules: Rules,
}

impl Bank {
    pub(crate) fn new(caller: Caller, context: CallContext, rules: Rules) -> Self {
        Self { caller, context, rules }
    }

    /// For this PSU.
    #[must_use]
    pub fn psu(mut self, psu: Psu) -> Self {
        self.context = self.context.psu(psu);
        self
    }

    /// At this bank under the bank's roof, such as a savings bank.
    #[must_use]
    pub fn affiliated(mut self, id: AffiliatedAspspId) -> Self {
        self.context = self.context.affiliated(id);
        self
    }

    /// Prefers that the PSU goes to the bank's page (`true`) or stays and signs in an app (`false`). Keep one value for
    /// all calls about one consent or payment.
    #[must_use]
    pub fn redirect_preferred(mut self, preferred: bool) -> Self {
        self.context = self.context.redirect_preferred(preferred);
        self
    }

    /// Passes on the `X-Request-ID` of your own client's request: use the handle this gives for one call.
    #[must_use]
    pub fn request_id(mut self, id: RequestId) -> Self {
        self.context = self.context.request_id(id);
        self
    }

    /// Asks for a consent. It can be used when the PSU has signed it: see [`authorise`](Self::authorise).
    ///
    /// # Errors
    /// As [`Caller::call`]; with [`BankRules::Refuse`](crate::BankRules::Refuse) also
    /// [`InvalidInput`](openpayments_client::ErrorKind::InvalidInput), whose source is [`Findings`](openpayments_banks::Findings).
    pub async fn create_consent(&self, consent: ConsentRequest) -> Result<Response<CreatedConsent>, Error> {
        let check = |profile: &Profile, sender: &Sender| profile.check_consent(&consent, sender);
        let warnings = self.rules.apply(CreateConsent::NAME, &self.context, check)?;
        let answer = self.call(&CreateConsent::new(consent)).await?;
        Ok(with_warnings(answer, warnings))
    }

    /// A consent as the bank keeps it: it may have shortened what was asked.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn consent(&self, id: &ConsentId) -> Result<Response<Consent>, Error> {
        self.call(&GetConsent::new(id.clone())).await
    }

    /// Where a consent stands.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn consent_status(&self, id: &ConsentId) -> Result<Response<ConsentStatus>, Error> {
        self.call(&GetConsentStatus::new(id.clone())).await
    }

    /// Ends a consent.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn delete_consent(&self, id: &ConsentId) -> Result<Response<()>, Error> {
        self.call(&DeleteConsent::new(id.clone())).await
    }

    /// Has the PSU sign a consent or a payment.
    pub fn authorise(&self, subject: impl Into<Subject>) -> Authorise {
        let authorise = Authorise::new(self.caller.clone(), self.context.clone(), subject);
        authorise.timing(self.rules.timing(&self.context))
    }

    /// The accounts a consent covers, with balances where the bank gives them.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn accounts(&self, consent: &ConsentId) -> Result<Response<Vec<Account>>, Error> {
        self.call(&ListAccounts::new(consent.clone()).with_balance()).await
    }

    /// One account, with balances where the bank gives them.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn account(
        &self,
        consent: &ConsentId,
        account: &AccountId,
    ) -> Result<Response<Account>, Error> {
        self.call(&GetAccount::new(consent.clone(), account.clone()).with_balance()).await
    }

    /// The balances of one account.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn balances(
        &self,
        consent: &ConsentId,
        account: &AccountId,
    ) -> Result<Response<AccountBalances>, Error> {
        self.call(&GetBalances::new(consent.clone(), account.clone())).await
    }

    /// Transactions, page by page.
    pub fn transactions(&self, list: ListTransactions) -> TransactionPages {
        TransactionPages::new(self.caller.clone(), self.context.clone(), list)
    }

    /// Transactions from where an earlier reading stopped: see [`TransactionPages::cursor`].
    ///
    /// # Errors
    /// As [`TransactionPages::resume`].
    pub fn transactions_from(&self, consent: &ConsentId, cursor: &str) -> Result<TransactionPages, Error> {
        TransactionPages::resume(self.caller.clone(), self.context.clone(), consent.clone(), cursor)
    }

    /// One transaction in full; most banks do not offer it.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn transaction(
        &self,
        consent: &ConsentId,
        account: &AccountId,
        transaction: &TransactionId,
    ) -> Result<Response<Transaction>, Error> {
        self.call(&GetTransaction::new(consent.clone(), account.clone(), transaction.clone())).await
    }

    /// Creates a payment. No money moves before the PSU has signed it: see [`authorise`](Self::authorise).
    ///
    /// Sent once, whatever happens: when no answer comes, the error's kind is
    /// [`OutcomeUnknown`](openpayments_client::ErrorKind::OutcomeUnknown). Keep its [`terms`](PaymentOrder::terms) and give
    /// them to [`expecting`](Authorise::expecting), so that nobody signs another payment than this one.
    ///
    /// # Errors
    /// As [`create_consent`](Self::create_consent).
    pub async fn create_payment<P>(&self, payment: P) -> Result<Response<PaymentCreated>, Error>
    where
        P: PaymentOrder + Sync,
    {
        let check = |profile: &Profile, sender: &Sender| profile.check_payment(&payment, sender);
        let warnings = self.rules.apply(CreatePayment::<P>::NAME, &self.context, check)?;
        let answer = self.call(&CreatePayment::new(payment)).await?;
        Ok(with_warnings(answer, warnings))
    }

    /// Where a payment stands.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn payment_status(&self, payment: &PaymentRef) -> Result<Response<PaymentState>, Error> {
        self.call(&GetPaymentStatus::new(payment.clone())).await
    }

    /// A payment as the bank keeps it; some banks do not offer it.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn payment(&self, payment: &PaymentRef) -> Result<Response<StoredPayment>, Error> {
        self.call(&GetPayment::new(payment.clone())).await
    }

    /// Cancels a payment. The bank may want the cancellation signed: then [`authorise`](Self::authorise) what
    /// [`PaymentRef::cancellation`] gives.
    ///
    /// # Errors
    /// As [`Caller::call`]; [`Conflict`](openpayments_client::ErrorKind::Conflict) when it is too late.
    pub async fn cancel_payment(&self, payment: &PaymentRef) -> Result<Response<Cancellation>, Error> {
        self.call(&CancelPayment::new(payment.clone())).await
    }

    /// Puts payments into a basket, to be signed at once. Sent once, as a payment is.
    ///
    /// # Errors
    /// As [`create_consent`](Self::create_consent).
    pub async fn create_basket(&self, order: BasketOrder) -> Result<Response<CreatedBasket>, Error> {
        let check = |profile: &Profile, sender: &Sender| profile.check_basket(order.payments().len(), sender);
        let warnings = self.rules.apply(CreateBasket::NAME, &self.context, check)?;
        let answer = self.call(&CreateBasket::new(order)).await?;
        Ok(with_warnings(answer, warnings))
    }

    /// A basket and what is in it.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn basket(&self, id: &BasketId) -> Result<Response<Basket>, Error> {
        self.call(&GetBasket::new(id.clone())).await
    }

    /// Where a basket stands. Each of its payments has a status of its own.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn basket_status(&self, id: &BasketId) -> Result<Response<BasketState>, Error> {
        self.call(&GetBasketStatus::new(id.clone())).await
    }

    /// Takes a basket apart that nobody has signed.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn delete_basket(&self, id: &BasketId) -> Result<Response<()>, Error> {
        self.call(&DeleteBasket::new(id.clone())).await
    }

    /// The authorisations there are of a consent, a payment, its cancellation or a basket.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn authorisations<R: Signable>(&self, of: R) -> Result<Response<Vec<AuthorisationId>>, Error> {
        self.call(&ListAuthorisations::new(of)).await
    }

    /// Adds a header of your own to every call of this handle, such as `X-Feature-Flags`.
    ///
    /// # Errors
    /// As [`CallContext::header`].
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        self.context = self.context.header(name, value)?;
        Ok(self)
    }

    /// What of a consent goes against what is known of this bank. Nothing is sent.
    pub fn check_consent(&self, consent: &ConsentRequest) -> Vec<Finding> {
        self.rules.find(&self.context, |profile, sender| profile.check_consent(consent, sender))
    }

    /// What of a payment goes against what is known of this bank. Nothing is sent.
    pub fn check_payment<P: PaymentOrder>(&self, payment: &P) -> Vec<Finding> {
        self.rules.find(&self.context, |profile, sender| profile.check_payment(payment, sender))
    }

    /// What to expect of this bank: of a payment of a product, or of reading accounts without one. `None` where nothing is
    /// known of the bank. Nothing is sent.
    pub fn explain(&self, product: Option<PaymentProduct>) -> Option<Explanation> {
        let case = self.rules.case(&self.context);
        let case = product.map_or(case, |product| case.product(product));
        self.rules.profile.as_ref().map(|profile| profile.explain(case))
    }

    /// Follows a payment until its status is final.
    pub fn follow(&self, payment: &PaymentRef) -> PaymentFollower {
        PaymentFollower::new(self.caller.clone(), self.context.clone(), payment.clone())
    }

    /// Makes any call of [`api`](crate::api) to this bank.
    ///
    /// # Errors
    /// As [`Caller::call`].
    pub async fn call<O: Operation + Sync>(&self, operation: &O) -> Result<Response<O::Output>, Error> {
        self.caller.call(operation, &self.context).await
    }
}

/// An answer with more warnings than the platform's own.
fn with_warnings<T>(mut answer: Response<T>, warnings: Vec<TppMessage>) -> Response<T> {
    answer.warnings.extend(warnings);
    answer
}
