//! Which account is meant: the three shapes the protocol has for it.

use serde::{Deserialize, Serialize};

use super::AccountNumber;
use crate::identifier::{Bban, ClearingNumber};
use crate::{CurrencyCode, Iban, InvalidValue};

/// Which account is meant: one number, with a clearing number and a currency where the bank wants them.
///
/// For the debtor of a single payment there is
/// [`DebtorAccount`](crate::payment::DebtorAccount), which has giro numbers too: the protocol has three shapes of it,
/// with different names for the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountReference {
    /// International number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<AccountNumber>,
    /// Domestic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bban: Option<AccountNumber>,
    /// Card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pan: Option<AccountNumber>,
    /// Card number, masked by the bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_pan: Option<AccountNumber>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msisdn: Option<AccountNumber>,
    /// Clearing number, 1 to 5 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearing_number: Option<String>,
    /// Currency, where one number has several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
}

impl AccountReference {
    /// The account with this IBAN.
    pub fn iban(iban: &Iban) -> Self {
        Self { iban: Some(iban.into()), ..Self::default() }
    }

    /// The account with this domestic number.
    pub fn bban(bban: &Bban) -> Self {
        Self { bban: Some(bban.into()), ..Self::default() }
    }

    /// The account of this card, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `pan`.
    pub fn pan(number: &str) -> Result<Self, InvalidValue> {
        Ok(Self { pan: Some(AccountNumber::checked("pan", number)?), ..Self::default() })
    }

    /// The account of this card, whose number the bank masked; at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `maskedPan`.
    pub fn masked_pan(number: &str) -> Result<Self, InvalidValue> {
        Ok(Self { masked_pan: Some(AccountNumber::checked("maskedPan", number)?), ..Self::default() })
    }

    /// The account of this telephone number, at most 35 characters.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `msisdn`.
    pub fn msisdn(number: &str) -> Result<Self, InvalidValue> {
        Ok(Self { msisdn: Some(AccountNumber::checked("msisdn", number)?), ..Self::default() })
    }

    /// Adds a clearing number; Handelsbanken wants it beside the creditor's number.
    #[must_use]
    pub fn clearing_number(mut self, number: &ClearingNumber) -> Self {
        self.clearing_number = Some(number.as_str().to_owned());
        self
    }

    /// Adds a currency.
    #[must_use]
    pub fn currency(mut self, currency: CurrencyCode) -> Self {
        self.currency = Some(currency);
        self
    }
}

/// The debtor's account as a bank tells it of a single payment: the shape with giro numbers. To pay there is
/// [`DebtorAccount`](crate::payment::DebtorAccount).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountReferenceWithGiro {
    /// International number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<AccountNumber>,
    /// Domestic number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bban: Option<AccountNumber>,
    /// Card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pan: Option<AccountNumber>,
    /// Card number, masked by the bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_pan: Option<AccountNumber>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msisdn: Option<AccountNumber>,
    /// Bankgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bankgiro_number: Option<AccountNumber>,
    /// Plusgiro number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plusgiro_number: Option<AccountNumber>,
    /// Clearing number, 1 to 5 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearing_number: Option<String>,
    /// Currency, where one number has several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
}

impl From<&AccountReference> for AccountReferenceWithGiro {
    fn from(account: &AccountReference) -> Self {
        let AccountReference { iban, bban, pan, masked_pan, msisdn, clearing_number, currency } =
            account.clone();
        let (bankgiro_number, plusgiro_number) = (None, None);
        Self {
            iban,
            bban,
            pan,
            masked_pan,
            msisdn,
            bankgiro_number,
            plusgiro_number,
            clearing_number,
            currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::TransactionCreditorAccount;

    #[test]
    fn each_shape_names_giro_numbers_its_own_way_or_not_at_all() {
        let debtor: AccountReferenceWithGiro =
            serde_json::from_str(r#"{"plusgiroNumber":"948294-5"}"#).unwrap();
        assert_eq!(debtor.plusgiro_number.unwrap().as_str(), "948294-5");
        let creditor: TransactionCreditorAccount =
            serde_json::from_str(r#"{"bankGiro":"524-7472"}"#).unwrap();
        assert_eq!(creditor.bank_giro.unwrap().as_str(), "524-7472");
        let plain: AccountReference = serde_json::from_str(r#"{"bankGiro":"1","msisdn":"070"}"#).unwrap();
        assert_eq!(serde_json::to_string(&plain).unwrap(), r#"{"msisdn":"070"}"#);
    }

    #[test]
    fn numbers_without_a_type_of_their_own_are_at_most_35_characters() {
        assert_eq!(AccountReference::pan(&"1".repeat(36)).unwrap_err().field(), "pan");
        assert_eq!(AccountReference::masked_pan("").unwrap_err().field(), "maskedPan");
        assert_eq!(AccountReference::msisdn("0\n").unwrap_err().field(), "msisdn");
        assert!(AccountReference::masked_pan("491234******1234").is_ok());
    }
}
