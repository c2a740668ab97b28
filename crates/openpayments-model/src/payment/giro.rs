//! Payments to Swedish bankgiro and plusgiro numbers.

use std::fmt;

use jiff::civil::Date;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::terms::Transferred;
use super::transfer::{creditor_name_of, end_to_end_of, not_past};
use super::{DebtorAccount, PaymentOrder, PaymentPath, PaymentProduct, PaymentService, PaymentTerms};
use crate::account::AccountReferenceWithGiro;
use crate::identifier::{Bankgiro, OcrReference, Plusgiro};
use crate::invalid::text;
use crate::mask::Hidden;
use crate::{Amount, BicFi, InvalidValue, Rule};

/// A creditor's giro number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GiroNumber {
    /// A bankgiro number.
    Bankgiro(Bankgiro),
    /// A plusgiro number.
    Plusgiro(Plusgiro),
}

impl GiroNumber {
    /// Which giro it is of.
    pub fn giro_type(&self) -> GiroType {
        match self {
            Self::Bankgiro(_) => GiroType::Bankgiro,
            Self::Plusgiro(_) => GiroType::Plusgiro,
        }
    }
}

open_enum! {
    /// Which giro a number is of.
    pub enum GiroType {
        /// Bankgirot's.
        Bankgiro = "BANKGIRO",
        /// Plusgirot's.
        Plusgiro = "PLUSGIRO",
    }
}

impl From<Bankgiro> for GiroNumber {
    fn from(number: Bankgiro) -> Self {
        Self::Bankgiro(number)
    }
}

impl From<Plusgiro> for GiroNumber {
    fn from(number: Plusgiro) -> Self {
        Self::Plusgiro(number)
    }
}

impl From<&GiroNumber> for AccountReferenceWithGiro {
    fn from(number: &GiroNumber) -> Self {
        match number {
            GiroNumber::Bankgiro(number) => Self { bankgiro_number: Some(number.into()), ..Self::default() },
            GiroNumber::Plusgiro(number) => Self { plusgiro_number: Some(number.into()), ..Self::default() },
        }
    }
}

impl Serialize for GiroNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = match self {
            Self::Bankgiro(number) => number.to_string(),
            Self::Plusgiro(number) => number.to_string(),
        };
        let mut giro = serializer.serialize_struct("GiroNumber", 2)?;
        giro.serialize_field("giroNumber", &number)?;
        giro.serialize_field("giroType", &self.giro_type())?;
        giro.end()
    }
}

/// A reference that is no OCR reference: 5 to 140 characters, such as an invoice's number. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct InvoiceReference(String);

impl InvoiceReference {
    /// Reads a reference.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `invoiceRef`.
    pub fn parse(reference: &str) -> Result<Self, InvalidValue> {
        let reference = text("invoiceRef", 140, reference)?;
        if reference.chars().count() < 5 {
            return Err(InvalidValue::new("invoiceRef", Rule::Form("5 to 140 characters")));
        }
        Ok(Self(reference))
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvoiceReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvoiceReference({Hidden:?})")
    }
}

/// What the creditor knows the payment by: one or the other, never both.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum GiroReference {
    /// An OCR reference.
    #[serde(rename = "ocrRef")]
    Ocr(OcrReference),
    /// Another reference.
    #[serde(rename = "invoiceRef")]
    Invoice(InvoiceReference),
}

impl From<OcrReference> for GiroReference {
    fn from(reference: OcrReference) -> Self {
        Self::Ocr(reference)
    }
}

impl From<InvoiceReference> for GiroReference {
    fn from(reference: InvoiceReference) -> Self {
        Self::Invoice(reference)
    }
}

/// A payment to a bankgiro or plusgiro number (`payments/swedish-giro`).
///
/// There is no periodic and no bulk form: those bodies have no place for a giro number. Which currencies a giro takes
/// the platform does not say; it is left to the bank.
///
/// ```
/// use openpayments_model::identifier::{Bankgiro, OcrReference};
/// use openpayments_model::payment::{DebtorAccount, SwedishGiroPayment};
/// use openpayments_model::{Amount, Iban};
///
/// let payment = SwedishGiroPayment::new(
///     DebtorAccount::iban(&Iban::parse("SE4550000000058398257466")?),
///     Amount::parse("SEK", "199.00")?,
///     Bankgiro::parse("5805-6201")?,
///     "Made-up Supplier AB",
///     OcrReference::parse("1234567897")?,
/// )?;
/// let json = serde_json::to_string(&payment).unwrap();
/// assert!(json.contains(r#""creditorGiro":{"giroNumber":"5805-6201","giroType":"BANKGIRO"}"#));
/// # Ok::<(), openpayments_model::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SwedishGiroPayment {
    debtor_account: DebtorAccount,
    instructed_amount: Amount,
    creditor_giro: GiroNumber,
    creditor_name: String,
    #[serde(flatten)]
    reference: GiroReference,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_agent: Option<BicFi>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_execution_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    debtor_account_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creditor_account_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_identification: Option<String>,
}

impl SwedishGiroPayment {
    /// A payment of `amount` from `debtor` to a giro number, whose holder's name has at most 70 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorName` or `instructedAmount`.
    pub fn new(
        debtor: DebtorAccount,
        amount: Amount,
        creditor: impl Into<GiroNumber>,
        creditor_name: impl Into<String>,
        reference: impl Into<GiroReference>,
    ) -> Result<Self, InvalidValue> {
        amount.check_payable()?;
        Ok(Self {
            debtor_account: debtor,
            instructed_amount: amount,
            creditor_giro: creditor.into(),
            creditor_name: creditor_name_of(creditor_name.into())?,
            reference: reference.into(),
            creditor_agent: None,
            requested_execution_date: None,
            debtor_account_message: None,
            creditor_account_message: None,
            end_to_end_identification: None,
        })
    }

    /// Adds a reference of your own that travels with the payment, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `endToEndIdentification`.
    pub fn end_to_end_identification(mut self, reference: impl Into<String>) -> Result<Self, InvalidValue> {
        self.end_to_end_identification = Some(end_to_end_of(reference.into())?);
        Ok(self)
    }

    /// Adds the text on the debtor's statement, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `debtorAccountMessage`.
    pub fn debtor_account_message(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.debtor_account_message = Some(text("debtorAccountMessage", 140, words)?);
        Ok(self)
    }

    /// Adds the text on the creditor's statement, at most 140 characters; it is never cut.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `creditorAccountMessage`.
    pub fn creditor_account_message(mut self, words: impl Into<String>) -> Result<Self, InvalidValue> {
        self.creditor_account_message = Some(text("creditorAccountMessage", 140, words)?);
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

    /// Checks it against the day it is sent.
    ///
    /// # Errors
    /// [`Rule::Range`] when it asks for a day before `today`.
    pub fn check_on(&self, today: Date) -> Result<(), InvalidValue> {
        not_past(self.requested_execution_date, today)
    }
}

impl PaymentOrder for SwedishGiroPayment {
    const PATH: PaymentPath = PaymentPath::new(PaymentService::Single, PaymentProduct::SwedishGiro);

    fn terms(&self) -> PaymentTerms {
        let reference = self.end_to_end_identification.as_ref();
        let transfer = Transferred::new(self.instructed_amount, &self.creditor_giro, reference);
        PaymentTerms::single(&self.debtor_account, transfer)
    }
}

impl fmt::Debug for SwedishGiroPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwedishGiroPayment")
            .field("debtor_account", &self.debtor_account)
            .field("instructed_amount", &self.instructed_amount)
            .field("creditor_giro", &self.creditor_giro)
            .field("requested_execution_date", &self.requested_execution_date)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Iban;

    #[test]
    fn the_body_has_exactly_one_reference() {
        let payment = |reference: GiroReference| {
            let payment = SwedishGiroPayment::new(
                DebtorAccount::iban(&Iban::parse("SE4550000000058398257466").unwrap()),
                Amount::parse("SEK", "1.00").unwrap(),
                Plusgiro::parse("900800-4").unwrap(),
                "Made-up Supplier AB",
                reference,
            );
            serde_json::to_value(payment.unwrap().creditor_account_message("Hi there").unwrap()).unwrap()
        };
        assert_eq!(
            payment(OcrReference::parse("1234567897").unwrap().into()),
            serde_json::json!({
                "debtorAccount": {"iban": "SE4550000000058398257466"},
                "instructedAmount": {"currency": "SEK", "amount": "1.00"},
                "creditorGiro": {"giroNumber": "900800-4", "giroType": "PLUSGIRO"},
                "creditorName": "Made-up Supplier AB",
                "ocrRef": "1234567897",
                "creditorAccountMessage": "Hi there",
            })
        );
        let other = payment(InvoiceReference::parse("Cottage 12").unwrap().into());
        assert_eq!(other["invoiceRef"], "Cottage 12");
        assert!(other.get("ocrRef").is_none());
        assert!(InvoiceReference::parse("1234").is_err());
        assert!(InvoiceReference::parse(&"1".repeat(141)).is_err());
    }
}
