//! The products that pay to an account.

use super::PaymentProduct;
use crate::{Amount, CurrencyCode, InvalidValue, Rule};

/// A product that pays to an account, and so can be paid once ([`Transfer`](super::Transfer)), be repeated
/// ([`Periodic`](super::Periodic)) and be sent in bulk ([`Bulk`](super::Bulk)).
pub trait TransferProduct: Sealed {
    /// The path segment.
    const PRODUCT: PaymentProduct;

    /// Checks that this product can pay `amount`.
    ///
    /// # Errors
    /// [`InvalidValue`] naming `instructedAmount`, or `currency` with [`Rule::Conflict`].
    fn check_amount(amount: &Amount) -> Result<(), InvalidValue>;
}

mod sealed {
    /// Keeps the products to those of the platform.
    pub trait Sealed {}
}
use self::sealed::Sealed;

/// Within one country, in any currency but the euro, which goes by SEPA credit transfer.
///
/// Banks cut the remittance text much shorter than the standard does: Swedbank at 35 or 10 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domestic {}

/// In euro within the SEPA area.
///
/// OP in Finland wants the creditor's address when the money leaves the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sepa {}

/// Across borders, in any currency.
///
/// Who bears the fees cannot be chosen: the platform takes no charge bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum International {}

impl Sealed for Domestic {}
impl Sealed for Sepa {}
impl Sealed for International {}

impl TransferProduct for Domestic {
    const PRODUCT: PaymentProduct = PaymentProduct::Domestic;

    fn check_amount(amount: &Amount) -> Result<(), InvalidValue> {
        if amount.currency() == CurrencyCode::EUR {
            let why = Rule::Conflict("euro goes by sepa credit transfer, not as a domestic payment");
            return Err(InvalidValue::new("currency", why));
        }
        amount.check_payable()
    }
}

impl TransferProduct for Sepa {
    const PRODUCT: PaymentProduct = PaymentProduct::SepaCreditTransfers;

    fn check_amount(amount: &Amount) -> Result<(), InvalidValue> {
        if amount.currency() != CurrencyCode::EUR {
            let why = Rule::Conflict("a sepa credit transfer is in euro");
            return Err(InvalidValue::new("currency", why));
        }
        amount.check_payable()
    }
}

impl TransferProduct for International {
    const PRODUCT: PaymentProduct = PaymentProduct::International;

    fn check_amount(amount: &Amount) -> Result<(), InvalidValue> {
        amount.check_payable()
    }
}
