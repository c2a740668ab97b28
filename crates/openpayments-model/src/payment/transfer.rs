//! A single payment to an account.

use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::Serialize;

use super::terms::Transferred;
use super::{
    Address, DebtorAccount, Domestic, International, PaymentOrder, PaymentPath, PaymentService, PaymentTerms,
    Sepa, TransferProduct,
};
use crate::account::AccountReference;
use crate::invalid::text;
use crate::{Amount, BicFi, InvalidValue, Rule};

/// A payment within one country (`payments/domestic`): see [`Domestic`].
pub type DomesticPayment = Transfer<Domestic>;
/// A payment in euro within the SEPA area (`payments/sepa-credit-transfers`): see [`Sepa`].
pub type SepaCreditTransfer = Transfer<Sepa>;
/// A payment across borders (`payments/international`): see [`International`].
pub type InternationalPayment = Transfer<International>;

/// A single payment of product `P` to an account (`payments/…`). The products differ in the amounts they take.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct Transfer<P> {
    debtor_account: DebtorAccount,
    instructed_amount: Amount,
    creditor_account: AccountReference,
    creditor_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remittance_information_unstructured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_execution_date: Option<Date>,
    #[serde(skip)]
    product: PhantomData<fn() -> P>,
}

impl<P: TransferProduct> Transfer<P> {
    /// A payment of `amount` from `debtor` to `creditor`, whose name has at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName`, `instructedAmount` or `currency`: [`Rule::Conflict`] for one that the
    /// product does not pay in.
    pub fn new(
        debtor: DebtorAccount,
        amount: Amount,
        creditor: AccountReference,
        creditor_name: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        P::check_amount(&amount)?;
        Ok(Self {
            debtor_account: debtor,
            instructed_amount: amount,
            creditor_account: creditor,
            creditor_name: creditor_name_of(creditor_name.into())?,
            creditor_agent: None,
            creditor_agent_name: None,
            creditor_address: None,
            end_to_end_identification: None,
            remittance_information_unstructured: None,
            requested_execution_date: None,
            product: PhantomData,
        })
    }

    /// Adds the text the creditor sees, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `remittanceInformationUnstructured`.
    pub fn remittance(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.remittance_information_unstructured = Some(remittance_of(words.into())?);
        Ok(self)
    }

    /// Adds a reference of your own that travels with the payment, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `endToEndIdentification`.
    pub fn end_to_end_identification(mut self, reference: impl Into<String>) -> Result<Self, InvalidValue> {
        self.end_to_end_identification = Some(end_to_end_of(reference.into())?);
        Ok(self)
    }

    /// Adds the creditor's bank.
    #[must_use]
    pub fn creditor_agent(mut self, bic: BicFi) -> Self {
        self.creditor_agent = Some(bic);
        self
    }

    /// Adds the name of the creditor's bank, at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorAgentName`.
    pub fn creditor_agent_name(mut self, name: impl Into<String>) -> Result<Self, InvalidValue> {
        self.creditor_agent_name = Some(text("creditorAgentName", 70, name)?);
        Ok(self)
    }

    /// Adds the creditor's address.
    #[must_use]
    pub fn creditor_address(mut self, address: Address) -> Self {
        self.creditor_address = Some(address);
        self
    }

    /// Asks for execution on a later day.
    #[must_use]
    pub fn requested_execution_date(mut self, day: Date) -> Self {
        self.requested_execution_date = Some(day);
        self
    }

    /// How much is paid.
    pub fn instructed_amount(&self) -> Amount {
        self.instructed_amount
    }

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`] when it asks for a day before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        not_past(self.requested_execution_date, today)
    }
}

impl<P: TransferProduct> PaymentOrder for Transfer<P> {
    const PATH: PaymentPath = PaymentPath::new(PaymentService::Single, P::PRODUCT);

    fn terms(&self) -> PaymentTerms {
        let reference = self.end_to_end_identification.as_ref();
        let transfer = Transferred::new(self.instructed_amount, &self.creditor_account, reference);
        PaymentTerms::single(&self.debtor_account, transfer)
    }
}

impl<P> fmt::Debug for Transfer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
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
