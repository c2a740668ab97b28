//! How a company's form, and how far it has come, look.

use openpayments::api::kyc::{KycForm, KycStatus};
use openpayments::prelude::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use super::call::pretty;
use crate::output::Answer;
use crate::terminal::harmless;

/// The form to fill in.
#[derive(Serialize)]
pub(crate) struct Form {
    form: String,
    request_id: String,
}

impl Form {
    pub(crate) fn of(form: &Response<KycForm>) -> Self {
        Self { form: form.body.expose().to_string(), request_id: form.request_id.to_string() }
    }
}

impl Answer for Form {
    fn text(&self) -> String {
        format!(
            "Fill in this form within a day, or pass it on to somebody who may; whoever has the address has the form:\n  {}\n\
             Then: openpayments kyc status",
            harmless(&self.form)
        )
    }
}

/// How far it has come. The platform's docs do not say in which words, so it is shown as it came.
#[derive(Serialize)]
pub(crate) struct Status {
    kyc: Box<RawValue>,
    request_id: String,
}

impl Status {
    pub(crate) fn of(status: &Response<KycStatus>) -> anyhow::Result<Self> {
        // Line ends between its tokens are blanks; within strings JSON has none.
        let json = status.body.as_json().replace(['\n', '\r'], " ");
        Ok(Self { kyc: RawValue::from_string(json)?, request_id: status.request_id.to_string() })
    }
}

impl Answer for Status {
    fn text(&self) -> String {
        let lines: Vec<String> = pretty(self.kyc.get()).lines().map(harmless).collect();
        lines.join("\n")
    }
}
