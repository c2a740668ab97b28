//! Answers that refuse: they have a form too.

use anyhow::{Result, ensure};
use openpayments::api::CallContext;
use openpayments::api::account::ListAccounts;
use openpayments::api::authorisation::{GetScaStatus, StartAuthorisation};
use openpayments::api::basket::GetBasketStatus;
use openpayments::api::consent::{DeleteConsent, GetConsent};
use openpayments::api::directory::{GetAspsp, GetCountry};
use openpayments::api::payment::{CancelPayment, GetPaymentStatus};
use openpayments::client::ErrorKind;
use openpayments::model::Context;
use openpayments::model::identifier::{AuthorisationId, BasketId, ConsentId, CountryCode, PaymentId};
use openpayments::model::payment::{PaymentPath, PaymentRef};

use super::{SEB, Walk, minimal};

const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

impl Walk {
    pub(super) async fn refusals(&mut self) -> Result<()> {
        let context = minimal(SEB)?;
        let consent = ConsentId::parse(NOBODYS)?;
        let payment = PaymentRef { path: PaymentPath::DOMESTIC, id: PaymentId::parse(NOBODYS)? };
        let authorisation = AuthorisationId::parse(NOBODYS)?;
        let directory = CallContext::directory(Context::Private);
        let kinds = [
            self.ask_in_vain(&GetConsent::new(consent.clone()), &context).await?,
            self.ask_in_vain(&DeleteConsent::new(consent.clone()), &context).await?,
            self.ask_in_vain(&StartAuthorisation::new(consent.clone()), &context).await?,
            self.ask_in_vain(&GetScaStatus::new(consent.clone(), authorisation.clone()), &context).await?,
            self.ask_in_vain(&ListAccounts::new(consent), &context).await?,
            self.ask_in_vain(&GetPaymentStatus::new(payment.clone()), &context).await?,
            self.ask_in_vain(&CancelPayment::new(payment.clone()), &context).await?,
            self.ask_in_vain(&StartAuthorisation::new(payment.clone()), &context).await?,
            self.ask_in_vain(&GetScaStatus::new(payment.cancellation(), authorisation), &context).await?,
            self.ask_in_vain(&GetBasketStatus::new(BasketId::parse(NOBODYS)?), &context).await?,
            self.ask_in_vain(&GetCountry::new(CountryCode::parse("ZZ")?), &directory).await?,
            self.ask_in_vain(&GetAspsp::new("AAAASESS".parse()?), &directory).await?,
        ];
        let unreadable = kinds.contains(&ErrorKind::Protocol);
        ensure!(!unreadable, "a refusal cannot be read: {kinds:?}");
        Ok(())
    }
}
