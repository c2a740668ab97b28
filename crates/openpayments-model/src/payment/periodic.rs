//! Standing orders.

use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::Serialize;

use super::terms::Transferred;
use super::transfer::{creditor_name_of, end_to_end_of, remittance_of};
use super::{Address, PaymentOrder, PaymentPath, PaymentService, PaymentTerms, TransferProduct};
use crate::account::AccountReference;
use crate::{Amount, BicFi, InvalidValue, Rule};

open_enum! {
    /// How often a standing order pays.
    pub enum Frequency {
        /// Every day.
        Daily = "Daily",
        /// Every week.
        Weekly = "Weekly",
        /// Every second week.
        EveryTwoWeeks = "EveryTwoWeeks",
        /// Every month.
        Monthly = "Monthly",
        /// Every second month.
        EveryTwoMonths = "EveryTwoMonths",
        /// Every third month.
        Quarterly = "Quarterly",
        /// Every sixth month.
        SemiAnnual = "SemiAnnual",
        /// Every year.
        Annual = "Annual",
    }
}

open_enum! {
    /// When a standing order pays if its day is no banking day.
    pub enum ExecutionRule {
        /// On the banking day after.
        Following = "following",
        /// On the banking day before.
        Preceding = "preceding",
    }
}

/// A standing order of product `P` (`periodic-payments/…`). Its debtor has no giro number, and it has no execution date
/// but a beginning.
///
/// ```
/// use jiff::civil::date;
/// use openpayments_model::account::AccountReference;
/// use openpayments_model::payment::{Domestic, Frequency, Periodic};
/// use openpayments_model::{Amount, Iban};
///
/// let rent = Periodic::<Domestic>::new(
///     AccountReference::iban(&Iban::parse("SE4550000000058398257466")?),
///     Amount::parse("SEK", "7500")?,
///     AccountReference::iban(&Iban::parse("SE3750000000054400047881")?),
///     "Made-up Landlord AB",
///     date(2027, 1, 1),
///     Frequency::Monthly,
/// )?
/// .day_of_execution(25)?;
/// # Ok::<(), openpayments_model::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct Periodic<P> {
    debtor_account: AccountReference,
    instructed_amount: Amount,
    creditor_account: AccountReference,
    creditor_name: String,
    start_date: Date,
    frequency: Frequency,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_rule: Option<ExecutionRule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day_of_execution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remittance_information_unstructured: Option<String>,
    #[serde(skip)]
    product: PhantomData<fn() -> P>,
}

impl<P: TransferProduct> Periodic<P> {
    /// Pays `amount` from `debtor` to `creditor`, whose name has at most 70 characters, from `start` on.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName`, `instructedAmount` or `currency`, as the product's single payment.
    pub fn new(
        debtor: AccountReference,
        amount: Amount,
        creditor: AccountReference,
        creditor_name: impl Into<String>,
        start: Date,
        frequency: Frequency,
    ) -> Result<Self, InvalidValue> {
        P::check_amount(&amount)?;
        Ok(Self {
            debtor_account: debtor,
            instructed_amount: amount,
            creditor_account: creditor,
            creditor_name: creditor_name_of(creditor_name.into())?,
            start_date: start,
            frequency,
            end_date: None,
            execution_rule: None,
            day_of_execution: None,
            creditor_agent: None,
            creditor_address: None,
            end_to_end_identification: None,
            remittance_information_unstructured: None,
            product: PhantomData,
        })
    }

    /// Ends it; without an end it goes on until it is cancelled.
    ///
    /// # Errors
    /// [`Rule::Range`] naming `endDate` when the end lies before the beginning.
    pub fn end_date(mut self, day: Date) -> Result<Self, InvalidValue> {
        if day < self.start_date {
            return Err(InvalidValue::new("endDate", Rule::Range("startDate or later")));
        }
        self.end_date = Some(day);
        Ok(self)
    }

    /// Says what happens when a day is no banking day.
    #[must_use]
    pub fn execution_rule(mut self, rule: ExecutionRule) -> Self {
        self.execution_rule = Some(rule);
        self
    }

    /// Names the day of the month, 1 to 31; 31 is the last one.
    ///
    /// # Errors
    /// [`Rule::Range`] naming `dayOfExecution`.
    pub fn day_of_execution(mut self, day: u8) -> Result<Self, InvalidValue> {
        if !matches!(day, 1..=31) {
            return Err(InvalidValue::new("dayOfExecution", Rule::Range("1 to 31")));
        }
        self.day_of_execution = Some(day.to_string());
        Ok(self)
    }

    /// Adds the text the creditor sees, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `remittanceInformationUnstructured`.
    pub fn remittance(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.remittance_information_unstructured = Some(remittance_of(words.into())?);
        Ok(self)
    }

    /// Adds a reference of your own that travels with each payment, at most 35 characters.
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

    /// Adds the creditor's address.
    #[must_use]
    pub fn creditor_address(mut self, address: Address) -> Self {
        self.creditor_address = Some(address);
        self
    }

    /// How much is paid each time.
    pub fn instructed_amount(&self) -> Amount {
        self.instructed_amount
    }

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`] naming `startDate` when it begins before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        if self.start_date < today {
            return Err(InvalidValue::new("startDate", Rule::Range("today or later")));
        }
        Ok(())
    }
}

impl<P: TransferProduct> PaymentOrder for Periodic<P> {
    const PATH: PaymentPath = PaymentPath::new(PaymentService::Periodic, P::PRODUCT);

    fn terms(&self) -> PaymentTerms {
        let reference = self.end_to_end_identification.as_ref();
        let transfer = Transferred::new(self.instructed_amount, &self.creditor_account, reference);
        PaymentTerms::single(&self.debtor_account, transfer)
    }
}

impl<P> fmt::Debug for Periodic<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Periodic")
            .field("debtor_account", &self.debtor_account)
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .field("start_date", &self.start_date)
            .field("frequency", &self.frequency)
            .field("end_date", &self.end_date)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::payment::{Domestic, Sepa};
    use crate::{Iban, identifier::CountryCode};

    fn order<P: TransferProduct>(currency: &str) -> Result<Periodic<P>, InvalidValue> {
        let account = AccountReference::iban(&Iban::parse("SE4550000000058398257466").unwrap());
        let amount = Amount::parse(currency, "10").unwrap();
        let start = date(2027, 1, 31);
        Periodic::new(account.clone(), amount, account, "A", start, Frequency::Monthly)
    }

    #[test]
    fn the_body_is_the_documented_one() {
        let order = order::<Sepa>("EUR")
            .unwrap()
            .end_date(date(2027, 12, 31))
            .unwrap()
            .execution_rule(ExecutionRule::Preceding)
            .day_of_execution(5)
            .unwrap()
            .creditor_address(Address::new(CountryCode::FI).with_city("Turku").unwrap());
        assert_eq!(
            serde_json::to_value(order).unwrap(),
            serde_json::json!({
                "debtorAccount": {"iban": "SE4550000000058398257466"},
                "instructedAmount": {"currency": "EUR", "amount": "10"},
                "creditorAccount": {"iban": "SE4550000000058398257466"},
                "creditorName": "A",
                "startDate": "2027-01-31",
                "frequency": "Monthly",
                "endDate": "2027-12-31",
                "executionRule": "preceding",
                "dayOfExecution": "5",
                "creditorAddress": {"city": "Turku", "country": "FI"},
            })
        );
    }

    #[test]
    fn a_rule_of_the_product_is_a_rule_of_its_standing_order() {
        assert_eq!(order::<Domestic>("EUR").unwrap_err().field(), "currency");
        let order = || order::<Domestic>("SEK").unwrap();
        assert_eq!(order().end_date(date(2027, 1, 30)).unwrap_err().field(), "endDate");
        assert_eq!(order().check_on(date(2027, 2, 1)).unwrap_err().field(), "startDate");
        for day in [0, 32] {
            assert_eq!(order().day_of_execution(day).unwrap_err().field(), "dayOfExecution");
        }
    }
}
