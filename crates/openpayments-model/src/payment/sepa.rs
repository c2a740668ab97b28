//! Payments in euro.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use super::transfer::Transfer;
use super::{
    Address, DebtorAccount, PaymentOrder, PaymentPath, PaymentProduct, PaymentService, TransferProduct,
};
use crate::account::AccountReference;
use crate::{Amount, BicFi, CurrencyCode, InvalidValue, Rule};

/// A payment in euro within the SEPA area (`payments/sepa-credit-transfers`).
///
/// OP in Finland wants the creditor's address when the money leaves the country.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SepaCreditTransfer(Transfer);

impl SepaCreditTransfer {
    /// A payment of `amount` from `debtor` to `creditor`, whose name has at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName`, `instructedAmount` or `currency`: [`Rule::Conflict`] for any currency
    /// but the euro.
    pub fn new(
        debtor: DebtorAccount,
        amount: Amount,
        creditor: AccountReference,
        creditor_name: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        Self::check_amount(&amount)?;
        Transfer::new(debtor, amount, creditor, creditor_name.into()).map(Self)
    }

    /// Adds the text the creditor sees, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `remittanceInformationUnstructured`.
    pub fn remittance(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.0.remittance(words.into())?;
        Ok(self)
    }

    /// Adds a reference of your own that travels with the payment, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `endToEndIdentification`.
    pub fn end_to_end_identification(mut self, reference: impl Into<String>) -> Result<Self, InvalidValue> {
        self.0.end_to_end_identification(reference.into())?;
        Ok(self)
    }

    /// Adds the creditor's bank.
    #[must_use]
    pub fn creditor_agent(mut self, bic: BicFi) -> Self {
        self.0.creditor_agent = Some(bic);
        self
    }

    /// Adds the name of the creditor's bank, at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorAgentName`.
    pub fn creditor_agent_name(mut self, name: impl Into<String>) -> Result<Self, InvalidValue> {
        self.0.creditor_agent_name(name.into())?;
        Ok(self)
    }

    /// Adds the creditor's address.
    #[must_use]
    pub fn creditor_address(mut self, address: Address) -> Self {
        self.0.creditor_address = Some(address);
        self
    }

    /// Asks for execution on a later day.
    #[must_use]
    pub fn requested_execution_date(mut self, day: Date) -> Self {
        self.0.requested_execution_date = Some(day);
        self
    }

    /// How much is paid.
    pub fn instructed_amount(&self) -> Amount {
        self.0.instructed_amount
    }

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`](crate::Rule::Range) when it asks for a day before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        self.0.check_on(today)
    }
}

impl PaymentOrder for SepaCreditTransfer {
    const PATH: PaymentPath = PaymentPath::new(PaymentService::Single, Self::PRODUCT);
}

impl TransferProduct for SepaCreditTransfer {
    const PRODUCT: PaymentProduct = PaymentProduct::SepaCreditTransfers;

    fn check_amount(amount: &Amount) -> Result<(), InvalidValue> {
        if amount.currency() != CurrencyCode::EUR {
            let why = Rule::Conflict("a sepa credit transfer is in euro");
            return Err(InvalidValue::new("currency", why));
        }
        amount.check_payable()
    }
}

impl super::Sealed for SepaCreditTransfer {}

impl fmt::Debug for SepaCreditTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show("SepaCreditTransfer", f)
    }
}
