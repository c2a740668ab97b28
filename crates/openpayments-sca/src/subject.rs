//! What is signed.

use openpayments_model::identifier::ConsentId;
use openpayments_model::payment::PaymentRef;

/// A consent or a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A consent to read accounts.
    Consent(ConsentId),
    /// A payment.
    Payment(PaymentRef),
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
