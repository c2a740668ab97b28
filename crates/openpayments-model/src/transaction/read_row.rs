//! Reads one entry of an account, member by member. Written by hand because a derived reader would hold every member
//! twice to collect the unknown ones.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Map;

use super::leaf::leaf;
use super::{Transaction, TransactionExtra};
use crate::Amount;
use crate::link::Links;
use crate::reading::Listed;

/// Members that many entries have.
#[derive(Clone, Copy)]
enum Common {
    BankTransactionCode,
    BookingDate,
    CreditorAccount,
    CreditorName,
    DebtorAccount,
    DebtorName,
    EndToEndId,
    EntryReference,
    Links,
    ProprietaryBankTransactionCode,
    RemittanceStructured,
    RemittanceUnstructured,
    TransactionAmount,
    TransactionId,
    TransactionListId,
    ValueDate,
}

/// Members that few entries have.
#[derive(Clone, Copy)]
enum Rare {
    AdditionalInformation,
    CheckId,
    CreditorId,
    CurrencyExchange,
    MandateId,
    PurposeCode,
    UltimateCreditor,
    UltimateDebtor,
}

enum Name {
    Common(Common, &'static str),
    Rare(Rare, &'static str),
    Other(String),
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
                let common = |member, name| Ok(Name::Common(member, name));
                let rare = |member, name| Ok(Name::Rare(member, name));
                match name {
                    "bankTransactionCode" => common(Common::BankTransactionCode, "bankTransactionCode"),
                    "bookingDate" => common(Common::BookingDate, "bookingDate"),
                    "creditorAccount" => common(Common::CreditorAccount, "creditorAccount"),
                    "creditorName" => common(Common::CreditorName, "creditorName"),
                    "debtorAccount" => common(Common::DebtorAccount, "debtorAccount"),
                    "debtorName" => common(Common::DebtorName, "debtorName"),
                    "endToEndId" => common(Common::EndToEndId, "endToEndId"),
                    "entryReference" => common(Common::EntryReference, "entryReference"),
                    "_links" => common(Common::Links, "_links"),
                    "proprietaryBankTransactionCode" => {
                        common(Common::ProprietaryBankTransactionCode, "proprietaryBankTransactionCode")
                    }
                    "remittanceInformationStructured" => {
                        common(Common::RemittanceStructured, "remittanceInformationStructured")
                    }
                    "remittanceInformationUnstructured" => {
                        common(Common::RemittanceUnstructured, "remittanceInformationUnstructured")
                    }
                    "transactionAmount" => common(Common::TransactionAmount, "transactionAmount"),
                    "transactionId" => common(Common::TransactionId, "transactionId"),
                    "transactionListId" => common(Common::TransactionListId, "transactionListId"),
                    "valueDate" => common(Common::ValueDate, "valueDate"),
                    "additionalInformation" => rare(Rare::AdditionalInformation, "additionalInformation"),
                    "checkId" => rare(Rare::CheckId, "checkId"),
                    "creditorId" => rare(Rare::CreditorId, "creditorId"),
                    "currencyExchange" => rare(Rare::CurrencyExchange, "currencyExchange"),
                    "mandateId" => rare(Rare::MandateId, "mandateId"),
                    "purposeCode" => rare(Rare::PurposeCode, "purposeCode"),
                    "ultimateCreditor" => rare(Rare::UltimateCreditor, "ultimateCreditor"),
                    "ultimateDebtor" => rare(Rare::UltimateDebtor, "ultimateDebtor"),
                    other => Ok(Name::Other(other.to_owned())),
                }
            }
        }
        deserializer.deserialize_identifier(NameVisitor)
    }
}

/// Puts what was read in its place; a second value for one place is refused.
fn put<T, E: de::Error>(place: &mut Option<T>, value: Option<T>, name: &'static str) -> Result<(), E> {
    if place.is_some() {
        return Err(E::duplicate_field(name));
    }
    *place = value;
    Ok(())
}

/// An entry of which some members are read.
struct Draft {
    row: Transaction,
    amount: Option<Amount>,
    links: Option<Links>,
}

impl Draft {
    fn new() -> Self {
        let row = Transaction {
            transaction_id: None,
            entry_reference: None,
            end_to_end_id: None,
            booking_date: None,
            value_date: None,
            transaction_amount: Amount::NOTHING,
            creditor_name: None,
            creditor_account: None,
            debtor_name: None,
            debtor_account: None,
            remittance_information_unstructured: None,
            remittance_information_structured: None,
            bank_transaction_code: None,
            proprietary_bank_transaction_code: None,
            transaction_list_id: None,
            extra: None,
            links: Links::default(),
            other: Map::new(),
        };
        Self { row, amount: None, links: None }
    }

    fn common<'de, A: MapAccess<'de>>(
        &mut self,
        member: Common,
        name: &'static str,
        from: &mut A,
    ) -> Result<(), A::Error> {
        let row = &mut self.row;
        let odd = &mut row.other;
        match member {
            Common::BankTransactionCode => put(&mut row.bank_transaction_code, leaf(from, name, odd)?, name),
            Common::BookingDate => put(&mut row.booking_date, leaf(from, name, odd)?, name),
            Common::CreditorAccount => put(&mut row.creditor_account, from.next_value()?, name),
            Common::CreditorName => put(&mut row.creditor_name, leaf(from, name, odd)?, name),
            Common::DebtorAccount => put(&mut row.debtor_account, from.next_value()?, name),
            Common::DebtorName => put(&mut row.debtor_name, leaf(from, name, odd)?, name),
            Common::EndToEndId => put(&mut row.end_to_end_id, leaf(from, name, odd)?, name),
            Common::EntryReference => put(&mut row.entry_reference, leaf(from, name, odd)?, name),
            Common::Links => put(&mut self.links, Some(from.next_value()?), name),
            Common::ProprietaryBankTransactionCode => {
                put(&mut row.proprietary_bank_transaction_code, leaf(from, name, odd)?, name)
            }
            Common::RemittanceStructured => {
                put(&mut row.remittance_information_structured, leaf(from, name, odd)?, name)
            }
            Common::RemittanceUnstructured => {
                put(&mut row.remittance_information_unstructured, leaf(from, name, odd)?, name)
            }
            Common::TransactionAmount => put(&mut self.amount, Some(from.next_value()?), name),
            Common::TransactionId => put(&mut row.transaction_id, leaf(from, name, odd)?, name),
            Common::TransactionListId => put(&mut row.transaction_list_id, leaf(from, name, odd)?, name),
            Common::ValueDate => put(&mut row.value_date, leaf(from, name, odd)?, name),
        }
    }

    fn rare<'de, A: MapAccess<'de>>(
        &mut self,
        member: Rare,
        name: &'static str,
        from: &mut A,
    ) -> Result<(), A::Error> {
        let (extra, odd) = (&mut self.row.extra, &mut self.row.other);
        let place: fn(&mut TransactionExtra) -> &mut Option<String> = match member {
            Rare::AdditionalInformation => |extra| &mut extra.additional_information,
            Rare::CheckId => |extra| &mut extra.check_id,
            Rare::CreditorId => |extra| &mut extra.creditor_id,
            Rare::CurrencyExchange => {
                let Listed(rates) = from.next_value()?;
                if !rates.is_empty() {
                    extra.get_or_insert_default().currency_exchange.extend(rates);
                }
                return Ok(());
            }
            Rare::MandateId => |extra| &mut extra.mandate_id,
            Rare::PurposeCode => {
                let code = leaf(from, name, odd)?;
                return put_rare(extra, |extra| &mut extra.purpose_code, code, name);
            }
            Rare::UltimateCreditor => |extra| &mut extra.ultimate_creditor,
            Rare::UltimateDebtor => |extra| &mut extra.ultimate_debtor,
        };
        put_rare(extra, place, leaf(from, name, odd)?, name)
    }
}

/// Puts a value among the rare ones, for which room is made only then.
fn put_rare<T, E: de::Error>(
    extra: &mut Option<Box<TransactionExtra>>,
    place: impl FnOnce(&mut TransactionExtra) -> &mut Option<T>,
    value: Option<T>,
    name: &'static str,
) -> Result<(), E> {
    match value {
        None => Ok(()),
        value => put(place(extra.get_or_insert_default()), value, name),
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Transaction;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a transaction")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Transaction, A::Error> {
        let mut draft = Draft::new();
        while let Some(name) = members.next_key::<Name>()? {
            match name {
                Name::Common(member, name) => draft.common(member, name, &mut members)?,
                Name::Rare(member, name) => draft.rare(member, name, &mut members)?,
                Name::Other(name) => {
                    let value = members.next_value()?;
                    draft.row.other.insert(name, value);
                }
            }
        }
        let missing = || de::Error::missing_field("transactionAmount");
        draft.row.transaction_amount = draft.amount.ok_or_else(missing)?;
        draft.row.links = draft.links.unwrap_or_default();
        Ok(draft.row)
    }
}

impl<'de> Deserialize<'de> for Transaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(members: &str) -> Result<Transaction, serde_json::Error> {
        let json = format!(r#"{{"transactionAmount":{{"currency":"SEK","amount":"-1.50"}}{members}}}"#);
        serde_json::from_str(&json)
    }

    fn again(row: &Transaction) -> Transaction {
        serde_json::from_str(&serde_json::to_string(row).unwrap()).unwrap()
    }

    #[test]
    fn i078_an_impossible_date_is_left_out_and_kept_as_it_came() {
        for day in ["2024-02-30", "0000-00-00", "2026-11-02+01:00", "2026-11-02T00:00:00Z", "20261102", ""] {
            let row = read(&format!(r#","bookingDate":"{day}","valueDate":"2026-11-02""#)).unwrap();
            assert_eq!(row.booking_date, None, "{day}");
            assert!(row.value_date.is_some());
            assert_eq!(row.other["bookingDate"], day);
            assert_eq!(row.odd_members().collect::<Vec<_>>(), ["bookingDate"]);
            assert_eq!(again(&row), row);
        }
    }

    #[test]
    fn i076_a_blank_id_is_no_id_and_the_row_is_kept() {
        let row =
            read(r#","transactionId":" ","creditorName":7,"debtorName":["a"],"ultimateDebtor":1.5"#).unwrap();
        assert_eq!(row.transaction_id, None);
        assert_eq!(row.creditor_name, None);
        assert_eq!(row.odd_members().count(), 4);
        assert_eq!(again(&row), row);
    }

    #[test]
    fn i062_a_member_that_comes_twice_is_refused() {
        for twice in [
            r#","transactionAmount":{"currency":"SEK","amount":"2"}"#,
            r#","bookingDate":"2026-11-02","bookingDate":"2026-11-03""#,
            r#","valueDate":"x","valueDate":"y""#,
            r#","mandateId":"1","mandateId":"2""#,
        ] {
            assert!(read(twice).is_err(), "{twice}");
        }
    }

    #[test]
    fn what_few_rows_have_stands_among_the_others_on_the_wire() {
        let row = read(
            r#","mandateId":"m","purposeCode":"SALA","ultimateCreditor":null,"ourOwn":{"a":1},
               "creditorAccount":{"bankGiro":"5805-6201"},"debtorAccount":null,
               "currencyExchange":{"sourceCurrency":"EUR","exchangeRate":"11.25","unitCurrency":"1 euro",
                 "targetCurrency":"SEK","quotationDate":"2026-11-02"}"#,
        )
        .unwrap();
        let extra = row.extra.as_ref().unwrap();
        assert_eq!(extra.purpose_code.as_ref().unwrap().as_str(), "SALA");
        assert_eq!(extra.currency_exchange[0].rate().unwrap().to_string(), "11.25");
        assert_eq!(extra.currency_exchange[0].unit_currency, "1 euro");
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(json["mandateId"], "m");
        assert_eq!(json["ourOwn"]["a"], 1);
        assert_eq!(again(&row), row);
        assert!(read("").unwrap().extra.is_none());
    }

    #[test]
    fn every_leaf_is_named_as_one() {
        for name in super::super::row::LEAVES {
            let row = read(&format!(r#","{name}":false"#)).unwrap();
            assert_eq!(row.odd_members().collect::<Vec<_>>(), [name]);
        }
    }
}
