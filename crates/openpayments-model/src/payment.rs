//! Payments: what is paid to whom, and by which product.
//!
//! A product is a type, so that a body cannot be sent to another product's path.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{AccountNumber, AccountReference};
use crate::authorisation::ScaMethod;
use crate::identifier::{Bban, ClearingNumber, PaymentId};
use crate::invalid::text;
use crate::link::Links;
use crate::message::TppMessage;
use crate::status::TransactionStatus;
use crate::{Amount, BicFi, CurrencyCode, Iban, InvalidValue, Rule};

/// The two path segments of a payment: `payments/domestic` for example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentPath {
    service: &'static str,
    product: &'static str,
}

impl PaymentPath {
    /// A single payment within a country, not in euro.
    pub const DOMESTIC: Self = Self { service: "payments", product: "domestic" };

    /// `payments`, `periodic-payments` or `bulk-payments`.
    pub fn service(self) -> &'static str {
        self.service
    }

    /// `domestic`, `sepa-credit-transfers`, `international` or `swedish-giro`.
    pub fn product(self) -> &'static str {
        self.product
    }
}

/// A payment that was created: its id and the path it lives under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaymentRef {
    /// Where it was sent.
    pub path: PaymentPath,
    /// Its id.
    pub id: PaymentId,
}

/// A payment that can be created: its path and its body.
pub trait PaymentOrder: Serialize {
    /// Where it is sent.
    const PATH: PaymentPath;
}

/// The debtor's account of a single payment: the one shape that knows giro numbers as `bankgiroNumber` and
/// `plusgiroNumber`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DebtorAccount {
    #[serde(flatten)]
    number: DebtorNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    clearing_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<CurrencyCode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum DebtorNumber {
    Iban(AccountNumber),
    Bban(AccountNumber),
}

impl DebtorAccount {
    /// The account with this IBAN.
    pub fn iban(iban: &Iban) -> Self {
        Self { number: DebtorNumber::Iban(iban.into()), clearing_number: None, currency: None }
    }

    /// The account with this domestic number.
    pub fn bban(bban: &Bban) -> Self {
        Self { number: DebtorNumber::Bban(bban.into()), clearing_number: None, currency: None }
    }

    /// Adds a clearing number.
    #[must_use]
    pub fn clearing_number(mut self, number: &ClearingNumber) -> Self {
        self.clearing_number = Some(number.as_str().to_owned());
        self
    }

    /// Adds the account's currency.
    #[must_use]
    pub fn currency(mut self, currency: CurrencyCode) -> Self {
        self.currency = Some(currency);
        self
    }
}

/// A payment within one country, not in euro (`payments/domestic`).
///
/// Banks cut the remittance text much shorter than the standard does: Swedbank at 35 or 10 characters.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DomesticPayment {
    debtor_account: DebtorAccount,
    instructed_amount: Amount,
    creditor_account: AccountReference,
    creditor_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remittance_information_unstructured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_execution_date: Option<Date>,
}

impl DomesticPayment {
    /// A payment of `amount` from `debtor` to `creditor`, whose name has at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName`, `instructedAmount` or `currency`: [`Rule::Conflict`] for euro, which
    /// goes by SEPA credit transfer.
    pub fn new(
        debtor: DebtorAccount,
        amount: Amount,
        creditor: AccountReference,
        creditor_name: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        amount.check_payable()?;
        if amount.currency() == CurrencyCode::EUR {
            let why = Rule::Conflict("euro goes by sepa credit transfer, not as a domestic payment");
            return Err(InvalidValue::new("currency", why));
        }
        Ok(Self {
            debtor_account: debtor,
            instructed_amount: amount,
            creditor_account: creditor,
            creditor_name: text("creditorName", 70, creditor_name)?,
            creditor_agent: None,
            end_to_end_identification: None,
            remittance_information_unstructured: None,
            requested_execution_date: None,
        })
    }

    /// Adds the text the creditor sees, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `remittanceInformationUnstructured`.
    pub fn remittance(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.remittance_information_unstructured =
            Some(text("remittanceInformationUnstructured", 140, words)?);
        Ok(self)
    }

    /// Adds a reference of your own that travels with the payment, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `endToEndIdentification`.
    pub fn end_to_end_identification(mut self, reference: impl Into<String>) -> Result<Self, InvalidValue> {
        self.end_to_end_identification = Some(text("endToEndIdentification", 35, reference)?);
        Ok(self)
    }

    /// Adds the creditor's bank.
    #[must_use]
    pub fn creditor_agent(mut self, bic: BicFi) -> Self {
        self.creditor_agent = Some(bic);
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
}

impl PaymentOrder for DomesticPayment {
    const PATH: PaymentPath = PaymentPath::DOMESTIC;
}

impl fmt::Debug for DomesticPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DomesticPayment")
            .field("debtor_account", &self.debtor_account)
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_account", &self.creditor_account)
            .field("requested_execution_date", &self.requested_execution_date)
            .finish_non_exhaustive()
    }
}

/// The answer to creating a payment. No money moves before it is authorised.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedPayment {
    /// Where it stands: `RCVD` at most banks.
    pub transaction_status: TransactionStatus,
    /// Its id.
    pub payment_id: PaymentId,
    /// What the bank charges.
    #[serde(default)]
    pub transaction_fees: Option<Amount>,
    /// The day of execution, as the bank set it.
    #[serde(default)]
    pub requested_execution_date: Option<Date>,
    /// Ways to sign, if the bank names them already.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub sca_methods: Vec<ScaMethod>,
    /// Text to show to the PSU.
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Warnings, such as a creditor on a warning list.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub tpp_messages: Vec<TppMessage>,
}

/// The answer to asking where a payment stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentState {
    /// Where it stands.
    pub transaction_status: TransactionStatus,
    /// Why it was rejected, or that another signer is needed.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub tpp_messages: Vec<TppMessage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(amount: &str, currency: &str, name: &str) -> Result<DomesticPayment, InvalidValue> {
        let debtor = DebtorAccount::bban(&Bban::parse("41351300039").unwrap());
        let creditor = AccountReference::iban(&Iban::parse("SE2550000000054400047903").unwrap());
        DomesticPayment::new(debtor, Amount::parse(currency, amount).unwrap(), creditor, name)
    }

    #[test]
    fn the_body_is_the_documented_one() {
        let payment = payment("1.5", "SEK", "Made-up Creditor").unwrap().remittance("Test").unwrap();
        assert_eq!(
            serde_json::to_value(payment).unwrap(),
            serde_json::json!({
                "debtorAccount": {"bban": "41351300039"},
                "instructedAmount": {"currency": "SEK", "amount": "1.5"},
                "creditorAccount": {"iban": "SE2550000000054400047903"},
                "creditorName": "Made-up Creditor",
                "remittanceInformationUnstructured": "Test",
            })
        );
    }

    #[test]
    fn i011_i016_nothing_that_cannot_be_paid_is_built() {
        assert_eq!(payment("0.00", "SEK", "A").unwrap_err().field(), "instructedAmount");
        assert_eq!(payment("1.00", "EUR", "A").unwrap_err().field(), "currency");
    }

    #[test]
    fn i022_i023_i024_texts_are_refused_never_cut() {
        for name in ["", "   ", &"x".repeat(71), "a\u{202e}b", "a\nb"] {
            assert_eq!(payment("1", "SEK", name).unwrap_err().field(), "creditorName");
        }
        let long = payment("1", "SEK", "A").unwrap().remittance("x".repeat(141)).unwrap_err();
        assert_eq!(long.rule(), Rule::TooLong(140));
    }
}
