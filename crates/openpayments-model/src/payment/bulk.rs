//! Many payments from one account in one order.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::terms::Transferred;
use super::transfer::{creditor_name_of, end_to_end_of, not_past, remittance_of};
use super::{Address, PaymentOrder, PaymentPath, PaymentService, PaymentTerms, TransferProduct};
use crate::account::AccountReference;
use crate::invalid::text;
use crate::{Amount, BicFi, InvalidValue, Rule};

/// Many payments of product `P` from one account (`bulk-payments/…`). Its debtor has no giro number.
///
/// No bank is known to take it: the platform's guides sign many payments by a
/// [basket](crate::basket::BasketOrder).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct Bulk<P> {
    debtor_account: AccountReference,
    payments: Vec<BulkEntry<P>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_booking_preferred: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_execution_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_execution_time: Option<Timestamp>,
}

impl<P: TransferProduct> Bulk<P> {
    /// These payments from `debtor`.
    ///
    /// # Errors
    /// [`Rule::Empty`] naming `payments` when there is none.
    pub fn new(debtor: AccountReference, payments: Vec<BulkEntry<P>>) -> Result<Self, InvalidValue> {
        if payments.is_empty() {
            return Err(InvalidValue::new("payments", Rule::Empty));
        }
        Ok(Self {
            debtor_account: debtor,
            payments,
            batch_booking_preferred: None,
            requested_execution_date: None,
            requested_execution_time: None,
        })
    }

    /// Asks for one entry on the statement (`true`) or one for each payment.
    #[must_use]
    pub fn batch_booking_preferred(mut self, preferred: bool) -> Self {
        self.batch_booking_preferred = Some(preferred);
        self
    }

    /// Asks for execution on a later day, instead of a moment.
    #[must_use]
    pub fn requested_execution_date(mut self, day: Date) -> Self {
        self.requested_execution_date = Some(day);
        self.requested_execution_time = None;
        self
    }

    /// Asks for execution at a later moment, instead of a day.
    #[must_use]
    pub fn requested_execution_time(mut self, moment: Timestamp) -> Self {
        self.requested_execution_time = Some(moment);
        self.requested_execution_date = None;
        self
    }

    /// The payments.
    pub fn payments(&self) -> &[BulkEntry<P>] {
        &self.payments
    }

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`] when it asks for a day before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        not_past(self.requested_execution_date, today)
    }
}

impl<P: TransferProduct> PaymentOrder for Bulk<P> {
    const PATH: PaymentPath = PaymentPath::new(PaymentService::Bulk, P::PRODUCT);

    fn terms(&self) -> PaymentTerms {
        let entries = self.payments.iter().map(|entry| {
            let reference = entry.end_to_end_identification.as_ref();
            Transferred::new(entry.instructed_amount, &entry.creditor_account, reference)
        });
        PaymentTerms::bulk(&self.debtor_account, entries)
    }
}

/// One payment of a [`Bulk`]: without debtor and without a day of its own.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct BulkEntry<P> {
    instructed_amount: Amount,
    creditor_account: AccountReference,
    creditor_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remittance_information_unstructured: Option<String>,
    #[serde(skip)]
    product: PhantomData<fn() -> P>,
}

impl<P: TransferProduct> BulkEntry<P> {
    /// A payment of `amount` to `creditor`, whose name has at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName`, `instructedAmount` or `currency`, as the product's single payment.
    pub fn new(
        amount: Amount,
        creditor: AccountReference,
        creditor_name: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        P::check_amount(&amount)?;
        Ok(Self {
            instructed_amount: amount,
            creditor_account: creditor,
            creditor_name: creditor_name_of(creditor_name.into())?,
            end_to_end_identification: None,
            creditor_agent: None,
            creditor_agent_name: None,
            creditor_address: None,
            remittance_information_unstructured: None,
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

    /// How much is paid.
    pub fn instructed_amount(&self) -> Amount {
        self.instructed_amount
    }
}

impl<P> fmt::Debug for Bulk<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("debtor_account", &self.debtor_account)
            .field("payments", &self.payments)
            .field("requested_execution_date", &self.requested_execution_date)
            .finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for BulkEntry<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkEntry")
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Iban;
    use crate::payment::Domestic;

    #[test]
    fn the_body_is_the_documented_one() {
        let account = AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap());
        let entry = BulkEntry::<Domestic>::new(Amount::parse("SEK", "1").unwrap(), account.clone(), "A");
        let bulk = Bulk::new(account.clone(), vec![entry.unwrap()])
            .unwrap()
            .batch_booking_preferred(true)
            .requested_execution_time("2027-01-31T10:00:00Z".parse().unwrap());
        assert_eq!(
            serde_json::to_value(bulk).unwrap(),
            serde_json::json!({
                "debtorAccount": {"iban": "SE4550000000058398257466"},
                "payments": [{
                    "instructedAmount": {"currency": "SEK", "amount": "1"},
                    "creditorAccount": {"iban": "SE4550000000058398257466"},
                    "creditorName": "A",
                }],
                "batchBookingPreferred": true,
                "requestedExecutionTime": "2027-01-31T10:00:00Z",
            })
        );
        assert_eq!(Bulk::<Domestic>::new(account, Vec::new()).unwrap_err().field(), "payments");
    }
}
