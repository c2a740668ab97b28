//! Who pays whom how much: what a bank must have kept of a payment before anybody signs it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::StoredPayment;
use crate::Amount;
use crate::account::{Account, AccountNumber, AccountReferenceWithGiro};
use crate::transaction::{Transaction, TransactionCreditorAccount};

/// Who pays whom how much, of a payment about to be signed. Made by [`PaymentOrder::terms`](super::PaymentOrder::terms),
/// to hold against what the bank says it keeps. `Debug` masks the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentTerms {
    debtor: AccountReferenceWithGiro,
    transfers: Vec<Transferred>,
    is_bulk: bool,
}

/// One amount to one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Transferred {
    amount: Amount,
    creditor: AccountReferenceWithGiro,
    /// The payer's reference that travels with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl Transferred {
    pub(super) fn new(
        amount: Amount,
        creditor: impl Into<AccountReferenceWithGiro>,
        reference: Option<&String>,
    ) -> Self {
        Self { amount, creditor: creditor.into(), reference: reference.cloned() }
    }
}

/// By what an entry of an account is like a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Likeness {
    /// By the payer's reference that travelled with it, and by amount where the currency is the same.
    Reference,
    /// By its amount, and by nothing that speaks against it. Two payments alike look the same.
    Amount,
}

impl PaymentTerms {
    pub(super) fn single(debtor: impl Into<AccountReferenceWithGiro>, transfer: Transferred) -> Self {
        Self { debtor: debtor.into(), transfers: vec![transfer], is_bulk: false }
    }

    pub(super) fn bulk(
        debtor: impl Into<AccountReferenceWithGiro>,
        transfers: impl Iterator<Item = Transferred>,
    ) -> Self {
        Self { debtor: debtor.into(), transfers: transfers.collect(), is_bulk: true }
    }

    /// Whether it may be paid from this account: no number that both name differs.
    pub fn may_be_paid_from(&self, account: &Account) -> bool {
        let account = AccountReferenceWithGiro {
            iban: account.iban.clone(),
            bban: account.bban.clone(),
            msisdn: account.msisdn.clone(),
            bankgiro_number: account.bankgiro_number.clone(),
            plusgiro_number: account.plusgiro_number.clone(),
            clearing_number: account.clearing_number.clone(),
            ..AccountReferenceWithGiro::default()
        };
        !differ(&self.debtor, &account)
    }

    /// By what an entry of the debtor's account may be this payment, or one payment of a bulk; `None` when it is another.
    /// The day is not looked at.
    pub fn likeness(&self, entry: &Transaction) -> Option<Likeness> {
        let each = self.transfers.iter().filter_map(|asked| asked.likeness(entry));
        each.min_by_key(|likeness| *likeness != Likeness::Reference)
    }

    /// The members in which what the bank keeps differs, as the protocol spells them; none when nothing contradicts.
    ///
    /// Amounts and currencies are compared as numbers, accounts by the kinds of number both sides name, without blanks
    /// and hyphens. What the bank leaves out contradicts nothing, and names are not compared: banks write them their own
    /// way, or put in the registered one. Of a bulk payment each entry has to be there once, in any order.
    pub fn differences(&self, kept: &StoredPayment) -> Vec<&'static str> {
        let mut differences = Vec::new();
        if kept.debtor_account.as_ref().is_some_and(|kept| differ(&self.debtor, kept)) {
            differences.push("debtorAccount");
        }
        if self.is_bulk {
            if !kept.payments.is_empty() && !self.is_all_in(kept) {
                differences.push("payments");
            }
            return differences;
        }
        for asked in &self.transfers {
            if kept.instructed_amount.is_some_and(|kept| kept != asked.amount) {
                differences.push("instructedAmount");
            }
            if kept.creditor_account.as_ref().is_some_and(|kept| differ(&asked.creditor, kept)) {
                differences.push("creditorAccount");
            }
        }
        differences
    }

    fn is_all_in(&self, kept: &StoredPayment) -> bool {
        let mut left: Vec<_> = kept.payments.iter().collect();
        let each = self.transfers.iter().all(|asked| {
            let is_it = |kept: &&super::StoredBulkEntry| {
                kept.instructed_amount.is_none_or(|kept| kept == asked.amount)
                    && kept
                        .creditor_account
                        .as_ref()
                        .is_none_or(|kept| !differ(&asked.creditor, &kept.into()))
            };
            let at = left.iter().position(is_it);
            at.map(|at| left.swap_remove(at)).is_some()
        });
        each && left.is_empty()
    }
}

impl Transferred {
    fn likeness(&self, entry: &Transaction) -> Option<Likeness> {
        let paid = entry.transaction_amount;
        let same_currency = paid.currency() == self.amount.currency();
        if paid.value() > Decimal::ZERO || (same_currency && -paid.value() != self.amount.value()) {
            return None;
        }
        let references = (trimmed(self.reference.as_deref()), trimmed(entry.end_to_end_id.as_deref()));
        if let (Some(asked), Some(kept)) = references {
            return (asked == kept).then_some(Likeness::Reference);
        }
        let creditor = entry.creditor_account.as_deref().map(named);
        let is_another = creditor.is_some_and(|creditor| differ(&self.creditor, &creditor));
        (same_currency && !is_another).then_some(Likeness::Amount)
    }
}

fn named(account: &TransactionCreditorAccount) -> AccountReferenceWithGiro {
    let account = account.clone();
    AccountReferenceWithGiro {
        iban: account.iban,
        bban: account.bban,
        pan: account.pan,
        masked_pan: account.masked_pan,
        msisdn: account.msisdn,
        bankgiro_number: account.bank_giro,
        plusgiro_number: account.plus_giro,
        clearing_number: None,
        currency: account.currency,
    }
}

fn trimmed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Whether the two cannot be the same account.
fn differ(asked: &AccountReferenceWithGiro, kept: &AccountReferenceWithGiro) -> bool {
    let numbers = [
        (&asked.iban, &kept.iban),
        (&asked.pan, &kept.pan),
        (&asked.masked_pan, &kept.masked_pan),
        (&asked.msisdn, &kept.msisdn),
        (&asked.bankgiro_number, &kept.bankgiro_number),
        (&asked.plusgiro_number, &kept.plusgiro_number),
    ];
    let numbers_differ = numbers.into_iter().any(|pair| match pair {
        (Some(asked), Some(kept)) => plain(asked.as_str()) != plain(kept.as_str()),
        _ => false,
    });
    let currencies_differ = matches!((asked.currency, kept.currency), (Some(a), Some(k)) if a != k);
    numbers_differ || currencies_differ || domestic_numbers_differ(asked, kept)
}

/// A domestic number has its clearing number before it, beside it, or nowhere.
fn domestic_numbers_differ(asked: &AccountReferenceWithGiro, kept: &AccountReferenceWithGiro) -> bool {
    let (Some(asked_number), Some(kept_number)) = (&asked.bban, &kept.bban) else {
        return false;
    };
    let forms = |number: &AccountNumber, clearing: &Option<String>| {
        let number = plain(number.as_str());
        let clearing = clearing.as_deref().map(plain);
        (clearing.as_ref().map(|clearing| format!("{clearing}{number}")), clearing, number)
    };
    let (asked_whole, asked_clearing, asked_number) = forms(asked_number, &asked.clearing_number);
    let (kept_whole, kept_clearing, kept_number) = forms(kept_number, &kept.clearing_number);
    if asked_number == kept_number {
        return matches!((asked_clearing, kept_clearing), (Some(a), Some(k)) if a != k);
    }
    asked_whole.as_ref() != Some(&kept_number) && kept_whole.as_ref() != Some(&asked_number)
}

fn plain(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
