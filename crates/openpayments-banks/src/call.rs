//! The calls that a bank answers, as profiles name them.

use serde::{Deserialize, Serialize};

/// A call to a bank, by the name it has in spans and errors too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Call {
    /// Asking for a consent.
    #[serde(rename = "consent.create")]
    ConsentCreate,
    /// Reading a consent.
    #[serde(rename = "consent.get")]
    ConsentGet,
    /// Reading a consent's status.
    #[serde(rename = "consent.status")]
    ConsentStatus,
    /// Ending a consent.
    #[serde(rename = "consent.delete")]
    ConsentDelete,
    /// Starting to sign a consent.
    #[serde(rename = "consent.authorisation.start")]
    ConsentAuthorisationStart,
    /// Listing a consent's authorisations.
    #[serde(rename = "consent.authorisation.list")]
    ConsentAuthorisationList,
    /// Choosing how a consent is signed.
    #[serde(rename = "consent.authorisation.select_method")]
    ConsentAuthorisationSelectMethod,
    /// Reading how far signing a consent has come.
    #[serde(rename = "consent.authorisation.status")]
    ConsentAuthorisationStatus,
    /// Listing accounts.
    #[serde(rename = "account.list")]
    AccountList,
    /// Reading an account.
    #[serde(rename = "account.get")]
    AccountGet,
    /// Reading balances.
    #[serde(rename = "account.balances")]
    AccountBalances,
    /// Listing transactions.
    #[serde(rename = "transaction.list")]
    TransactionList,
    /// Reading one transaction.
    #[serde(rename = "transaction.get")]
    TransactionGet,
    /// Creating a payment.
    #[serde(rename = "payment.create")]
    PaymentCreate,
    /// Reading a payment.
    #[serde(rename = "payment.get")]
    PaymentGet,
    /// Reading a payment's status.
    #[serde(rename = "payment.status")]
    PaymentStatus,
    /// Cancelling a payment.
    #[serde(rename = "payment.cancel")]
    PaymentCancel,
    /// Starting to sign a payment.
    #[serde(rename = "payment.authorisation.start")]
    PaymentAuthorisationStart,
    /// Listing a payment's authorisations.
    #[serde(rename = "payment.authorisation.list")]
    PaymentAuthorisationList,
    /// Choosing how a payment is signed.
    #[serde(rename = "payment.authorisation.select_method")]
    PaymentAuthorisationSelectMethod,
    /// Reading how far signing a payment has come.
    #[serde(rename = "payment.authorisation.status")]
    PaymentAuthorisationStatus,
    /// Starting to sign a cancellation.
    #[serde(rename = "payment.cancellation_authorisation.start")]
    CancellationAuthorisationStart,
    /// Listing a cancellation's authorisations.
    #[serde(rename = "payment.cancellation_authorisation.list")]
    CancellationAuthorisationList,
    /// Choosing how a cancellation is signed.
    #[serde(rename = "payment.cancellation_authorisation.select_method")]
    CancellationAuthorisationSelectMethod,
    /// Reading how far signing a cancellation has come.
    #[serde(rename = "payment.cancellation_authorisation.status")]
    CancellationAuthorisationStatus,
    /// Creating a basket.
    #[serde(rename = "basket.create")]
    BasketCreate,
    /// Reading a basket.
    #[serde(rename = "basket.get")]
    BasketGet,
    /// Reading a basket's status.
    #[serde(rename = "basket.status")]
    BasketStatus,
    /// Taking a basket apart.
    #[serde(rename = "basket.delete")]
    BasketDelete,
    /// Starting to sign a basket.
    #[serde(rename = "basket.authorisation.start")]
    BasketAuthorisationStart,
    /// Listing a basket's authorisations.
    #[serde(rename = "basket.authorisation.list")]
    BasketAuthorisationList,
    /// Choosing how a basket is signed.
    #[serde(rename = "basket.authorisation.select_method")]
    BasketAuthorisationSelectMethod,
    /// Reading how far signing a basket has come.
    #[serde(rename = "basket.authorisation.status")]
    BasketAuthorisationStatus,
}

impl Call {
    /// Every call.
    pub const ALL: &[Self] = &[
        Self::ConsentCreate,
        Self::ConsentGet,
        Self::ConsentStatus,
        Self::ConsentDelete,
        Self::ConsentAuthorisationStart,
        Self::ConsentAuthorisationList,
        Self::ConsentAuthorisationSelectMethod,
        Self::ConsentAuthorisationStatus,
        Self::AccountList,
        Self::AccountGet,
        Self::AccountBalances,
        Self::TransactionList,
        Self::TransactionGet,
        Self::PaymentCreate,
        Self::PaymentGet,
        Self::PaymentStatus,
        Self::PaymentCancel,
        Self::PaymentAuthorisationStart,
        Self::PaymentAuthorisationList,
        Self::PaymentAuthorisationSelectMethod,
        Self::PaymentAuthorisationStatus,
        Self::CancellationAuthorisationStart,
        Self::CancellationAuthorisationList,
        Self::CancellationAuthorisationSelectMethod,
        Self::CancellationAuthorisationStatus,
        Self::BasketCreate,
        Self::BasketGet,
        Self::BasketStatus,
        Self::BasketDelete,
        Self::BasketAuthorisationStart,
        Self::BasketAuthorisationList,
        Self::BasketAuthorisationSelectMethod,
        Self::BasketAuthorisationStatus,
    ];

    /// Its name, such as `payment.create`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConsentCreate => "consent.create",
            Self::ConsentGet => "consent.get",
            Self::ConsentStatus => "consent.status",
            Self::ConsentDelete => "consent.delete",
            Self::ConsentAuthorisationStart => "consent.authorisation.start",
            Self::ConsentAuthorisationList => "consent.authorisation.list",
            Self::ConsentAuthorisationSelectMethod => "consent.authorisation.select_method",
            Self::ConsentAuthorisationStatus => "consent.authorisation.status",
            Self::AccountList => "account.list",
            Self::AccountGet => "account.get",
            Self::AccountBalances => "account.balances",
            Self::TransactionList => "transaction.list",
            Self::TransactionGet => "transaction.get",
            Self::PaymentCreate => "payment.create",
            Self::PaymentGet => "payment.get",
            Self::PaymentStatus => "payment.status",
            Self::PaymentCancel => "payment.cancel",
            Self::PaymentAuthorisationStart => "payment.authorisation.start",
            Self::PaymentAuthorisationList => "payment.authorisation.list",
            Self::PaymentAuthorisationSelectMethod => "payment.authorisation.select_method",
            Self::PaymentAuthorisationStatus => "payment.authorisation.status",
            Self::CancellationAuthorisationStart => "payment.cancellation_authorisation.start",
            Self::CancellationAuthorisationList => "payment.cancellation_authorisation.list",
            Self::CancellationAuthorisationSelectMethod => "payment.cancellation_authorisation.select_method",
            Self::CancellationAuthorisationStatus => "payment.cancellation_authorisation.status",
            Self::BasketCreate => "basket.create",
            Self::BasketGet => "basket.get",
            Self::BasketStatus => "basket.status",
            Self::BasketDelete => "basket.delete",
            Self::BasketAuthorisationStart => "basket.authorisation.start",
            Self::BasketAuthorisationList => "basket.authorisation.list",
            Self::BasketAuthorisationSelectMethod => "basket.authorisation.select_method",
            Self::BasketAuthorisationStatus => "basket.authorisation.status",
        }
    }
}

/// A header that a bank insists on beyond what the platform does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RequiredHeader {
    /// Its name, such as `PSU-IP-Address`.
    pub name: String,
    /// On which calls.
    pub calls: Vec<Call>,
}
