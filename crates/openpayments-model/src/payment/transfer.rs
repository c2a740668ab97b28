//! The body that domestic payments, SEPA credit transfers and international payments share.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use super::{Address, DebtorAccount};
use crate::account::AccountReference;
use crate::invalid::text;
use crate::{Amount, BicFi, InvalidValue, Rule};

/// A single payment to an account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transfer {
    debtor_account: DebtorAccount,
    pub(super) instructed_amount: Amount,
    creditor_account: AccountReference,
    creditor_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creditor_address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remittance_information_unstructured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requested_execution_date: Option<Date>,
}

impl Transfer {
    pub(super) fn new(
        debtor_account: DebtorAccount,
        instructed_amount: Amount,
        creditor_account: AccountReference,
        creditor_name: String,
    ) -> Result<Self, InvalidValue> {
        instructed_amount.check_payable()?;
        Ok(Self {
            debtor_account,
            instructed_amount,
            creditor_account,
            creditor_name: creditor_name_of(creditor_name)?,
            creditor_agent: None,
            creditor_agent_name: None,
            creditor_address: None,
            end_to_end_identification: None,
            remittance_information_unstructured: None,
            requested_execution_date: None,
        })
    }

    pub(super) fn remittance(&mut self, words: String) -> Result<(), InvalidValue> {
        self.remittance_information_unstructured = Some(remittance_of(words)?);
        Ok(())
    }

    pub(super) fn end_to_end_identification(&mut self, reference: String) -> Result<(), InvalidValue> {
        self.end_to_end_identification = Some(end_to_end_of(reference)?);
        Ok(())
    }

    pub(super) fn creditor_agent_name(&mut self, name: String) -> Result<(), InvalidValue> {
        self.creditor_agent_name = Some(text("creditorAgentName", 70, name)?);
        Ok(())
    }

    pub(super) fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        not_past(self.requested_execution_date, today)
    }

    pub(super) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("debtor_account", &self.debtor_account)
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .field("requested_execution_date", &self.requested_execution_date)
            .finish_non_exhaustive()
    }
}

pub(super) fn creditor_name_of(name: String) -> Result<String, InvalidValue> {
    text("creditorName", 70, name)
}

pub(super) fn remittance_of(words: String) -> Result<String, InvalidValue> {
    text("remittanceInformationUnstructured", 140, words)
}

pub(super) fn end_to_end_of(reference: String) -> Result<String, InvalidValue> {
    text("endToEndIdentification", 35, reference)
}

pub(super) fn not_past(day: Option<Date>, today: Date) -> Result<(), InvalidValue> {
    if day.is_some_and(|day| day < today) {
        let rule = Rule::Range("today or later");
        return Err(InvalidValue::new("requestedExecutionDate", rule));
    }
    Ok(())
}
