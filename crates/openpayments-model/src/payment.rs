//! Payments: what is paid to whom, and by which product.
//!
//! A product is a type, so that a body cannot be sent to another product's path. A single payment is a
//! [`Transfer`], a standing order a [`Periodic`], a bulk payment a [`Bulk`] of the product; a giro payment is none of these.

mod address;
mod answered;
mod bulk;
mod debtor;
mod giro;
mod path;
mod periodic;
mod product;
mod stored;
mod terms;
mod transfer;

use serde::Serialize;

pub use self::address::Address;
pub use self::answered::{CancellationStarted, CreatedPayment, PaymentState};
pub use self::bulk::{Bulk, BulkEntry};
pub use self::debtor::DebtorAccount;
pub use self::giro::{GiroNumber, GiroReference, GiroType, InvoiceReference, SwedishGiroPayment};
pub use self::path::{CancellationRef, PaymentPath, PaymentProduct, PaymentRef, PaymentService};
pub use self::periodic::{ExecutionRule, Frequency, Periodic};
pub use self::product::{Domestic, International, Sepa, TransferProduct};
pub use self::stored::{StoredBulkEntry, StoredPayment, StructuredRemittance};
pub use self::terms::{Likeness, PaymentTerms};
pub use self::transfer::{DomesticPayment, InternationalPayment, SepaCreditTransfer, Transfer};

/// A payment that can be created: its path and its body.
pub trait PaymentOrder: Serialize {
    /// Where it is sent.
    const PATH: PaymentPath;

    /// Who pays whom how much: what the bank has to keep of it.
    fn terms(&self) -> PaymentTerms;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountReference;
    use crate::identifier::Bban;
    use crate::{Amount, Iban, InvalidValue, Rule};
    use jiff::civil::date;

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

    #[test]
    fn i025_a_day_that_is_over_is_refused_and_a_weekend_is_left_to_the_bank() {
        let on = |day| payment("1", "SEK", "A").unwrap().requested_execution_date(day);
        let sunday = date(2026, 11, 22);
        assert_eq!(on(sunday).check_on(date(2026, 11, 23)).unwrap_err().field(), "requestedExecutionDate");
        assert!(on(sunday).check_on(sunday).is_ok());
    }

    #[test]
    fn i016_each_product_has_its_currencies() {
        let new = |currency| {
            let debtor = DebtorAccount::iban(&Iban::parse("SE4550000000058398257466").unwrap());
            let creditor = AccountReference::iban(&Iban::parse("FI2112345600000785").unwrap());
            let amount = Amount::parse(currency, "1").unwrap();
            let sepa = SepaCreditTransfer::new(debtor.clone(), amount, creditor.clone(), "A");
            (sepa.is_ok(), InternationalPayment::new(debtor, amount, creditor, "A").is_ok())
        };
        assert_eq!(new("EUR"), (true, true));
        assert_eq!(new("SEK"), (false, true));
        assert_eq!(new("XXX"), (false, false));
    }

    #[test]
    fn every_product_goes_to_its_own_path() {
        assert_eq!(DomesticPayment::PATH, PaymentPath::DOMESTIC);
        assert_eq!(SepaCreditTransfer::PATH.to_string(), "payments/sepa-credit-transfers");
        assert_eq!(InternationalPayment::PATH.to_string(), "payments/international");
        assert_eq!(SwedishGiroPayment::PATH.to_string(), "payments/swedish-giro");
        assert_eq!(Periodic::<Domestic>::PATH.to_string(), "periodic-payments/domestic");
        assert_eq!(Bulk::<International>::PATH.to_string(), "bulk-payments/international");
    }
}
