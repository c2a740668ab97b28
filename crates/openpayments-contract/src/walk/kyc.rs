//! Whether a company may use its accounts here.

use anyhow::Result;
use openpayments::api::CallContext;
use openpayments::api::kyc::{GetKycStatus, StartKyc};
use openpayments::model::Context;
use openpayments::model::identifier::{CountryCode, OrganisationNumber};

use super::{Form, Walk};

impl Walk {
    pub(super) async fn know_your_customer(&mut self) -> Result<()> {
        let context = CallContext::directory(Context::Corporate);
        let company = OrganisationNumber::parse("556016-0680")?.to_corporate_id();
        self.ask(Form::Minimal, &StartKyc::new(company.clone(), CountryCode::SE), &context).await?;
        self.ask(Form::Minimal, &GetKycStatus::new(company), &context).await?;
        Ok(())
    }
}
