//! Consents, and what they let us read.

use anyhow::Result;
use jiff::civil::date;
use openpayments::api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
use openpayments::model::account::AccountReference;
use openpayments::model::consent::{AccountAccess, ConsentRequest};

use super::{Form, SEB, Walk, full, minimal};

impl Walk {
    pub(super) async fn consents_and_accounts(&mut self) -> Result<()> {
        let context = minimal(SEB)?;
        let create = CreateConsent::new(ConsentRequest::new(date(2027, 1, 31)));
        let consent = self.ask(Form::Minimal, &create, &context).await?.body.consent_id;
        self.ask(Form::Minimal, &GetConsent::new(consent.clone()), &context).await?;
        self.ask(Form::Minimal, &GetConsentStatus::new(consent.clone()), &context).await?;
        self.sign(Form::Minimal, &consent, &context).await?;
        self.ask(Form::Minimal, &GetConsent::new(consent.clone()), &context).await?;
        self.ask(Form::Minimal, &GetConsentStatus::new(consent.clone()), &context).await?;
        let iban = self.accounts(Form::Minimal, &consent, &context).await?;
        self.ask(Form::Minimal, &DeleteConsent::new(consent.clone()), &context).await?;
        self.ask(Form::Minimal, &GetConsentStatus::new(consent), &context).await?;

        let context = full(SEB)?;
        let account = AccountReference::iban(&iban);
        let request = ConsentRequest::new(date(2027, 1, 31)).access(AccountAccess::to(vec![account]));
        let create = CreateConsent::new(request.frequency_per_day(4)?);
        let consent = self.ask(Form::Full, &create, &context).await?.body.consent_id;
        self.sign(Form::Full, &consent, &context).await?;
        self.ask(Form::Full, &GetConsent::new(consent.clone()), &context).await?;
        self.ask(Form::Full, &GetConsentStatus::new(consent.clone()), &context).await?;
        self.accounts(Form::Full, &consent, &context).await?;
        self.ask(Form::Full, &DeleteConsent::new(consent), &context).await?;
        Ok(())
    }
}
