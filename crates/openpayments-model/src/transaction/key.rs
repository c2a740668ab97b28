//! What an entry is known by: on whichever page it stands, however often it is read.

use std::collections::HashMap;
use std::fmt::{self, Write};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ReportList, Transaction};
use crate::account::AccountNumber;
use crate::identifier::TransactionId;

/// What an entry of one account is known by, to keep it under and to know it again. Made by [`TransactionKeys`].
///
/// It is text such as `booked-` or `pending-` and 32 hexadecimal digits: a digest, out of which nobody reads a name or an
/// amount. A pending entry and a booked one never have the same: see
/// [`Transaction::is_possibly_booked_as`] for which became which.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransactionKey(Box<str>);

impl TransactionKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives keys to the entries of one account, over one reading of all its pages.
///
/// The key comes from what the bank says the entry is: its id, else the platform's own key, else its reference; of a
/// booked entry with its day and amount, since some banks give one id twice. An entry without any of these is known by
/// all that it says. Blanks around a text count for nothing, and neither do the order of entries and the ends of pages.
/// Entries that nothing tells apart have keys of their own, with a number behind it: each one is kept, and read again
/// they have the same keys between them.
///
/// ```
/// use openpayments_model::transaction::{ReportList, TransactionKeys, TransactionsPage};
///
/// let page: TransactionsPage = serde_json::from_str(r#"{"transactions":{"booked":[
///     {"bookingDate":"2026-11-02","transactionAmount":{"currency":"SEK","amount":"-35.00"},"creditorName":"Kiosk"},
///     {"bookingDate":"2026-11-02","transactionAmount":{"currency":"SEK","amount":"-35.00"},"creditorName":"Kiosk"}
/// ]}}"#).unwrap();
/// let mut keys = TransactionKeys::new();
/// let keys: Vec<_> = page.transactions.booked.iter().map(|row| keys.key(ReportList::Booked, row)).collect();
/// assert_ne!(keys[0], keys[1]);
/// ```
#[derive(Debug, Default)]
pub struct TransactionKeys {
    /// How many entries had this digest so far.
    met: HashMap<[u8; 16], u32>,
}

impl TransactionKeys {
    /// Before the first page.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of the next entry. Give it each entry of the reading once.
    pub fn key(&mut self, list: ReportList, entry: &Transaction) -> TransactionKey {
        let digest = digest(list, entry);
        let met = self.met.entry(digest).or_default();
        *met += 1;
        let mut key = format!("{}-", list.as_str());
        for byte in digest {
            // Writing to a string cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        if *met > 1 {
            let _ = write!(key, "-{met}");
        }
        TransactionKey(key.into())
    }
}

/// The first 128 bits of a hash of what makes the entry the one it is.
fn digest(list: ReportList, entry: &Transaction) -> [u8; 16] {
    let mut hash = Parts(Sha256::new());
    hash.text(Some(list.as_str()));
    let id = entry.transaction_id.as_ref().map(TransactionId::as_str);
    let is_booked = list == ReportList::Booked;
    let named = [
        ("id", id),
        ("list id", entry.transaction_list_id.as_deref().filter(|_| is_booked)),
        ("reference", entry.entry_reference.as_deref()),
    ];
    let name = named.into_iter().find(|(_, name)| name.is_some_and(|name| !name.trim().is_empty()));
    if let Some((kind, name)) = name {
        hash.text(Some(kind));
        hash.text(name);
        // The amount of a pending entry may change, and its day is not settled.
        if is_booked {
            hash.day(entry.booking_date);
            hash.amount(entry);
        }
    } else {
        hash.content(entry);
    }
    let mut digest = [0; 16];
    for (to, from) in digest.iter_mut().zip(hash.0.finalize()) {
        *to = from;
    }
    digest
}

/// Values one after the other, so that no two lists of them read alike.
struct Parts(Sha256);

impl Parts {
    fn text(&mut self, text: Option<&str>) {
        let words = text.unwrap_or_default().split_whitespace();
        for word in words {
            self.0.update(word);
            self.0.update([0x20]);
        }
        // No text has this byte.
        self.0.update([0xff]);
    }

    fn day(&mut self, day: Option<Date>) {
        self.text(day.map(|day| day.to_string()).as_deref());
    }

    fn number(&mut self, number: Option<&AccountNumber>) {
        self.text(number.map(AccountNumber::as_str));
    }

    fn amount(&mut self, entry: &Transaction) {
        self.text(Some(entry.transaction_amount.currency().as_str()));
        self.text(Some(&entry.transaction_amount.value().normalize().to_string()));
    }

    fn content(&mut self, entry: &Transaction) {
        self.text(Some("content"));
        self.day(entry.booking_date);
        self.day(entry.value_date);
        self.amount(entry);
        for text in [
            &entry.end_to_end_id,
            &entry.creditor_name,
            &entry.debtor_name,
            &entry.remittance_information_unstructured,
            &entry.remittance_information_structured,
            &entry.bank_transaction_code,
            &entry.proprietary_bank_transaction_code,
        ] {
            self.text(text.as_deref());
        }
        let creditor = entry.creditor_account.as_deref();
        self.number(creditor.and_then(|account| account.iban.as_ref()));
        self.number(creditor.and_then(|account| account.bban.as_ref()));
        self.number(creditor.and_then(|account| account.bank_giro.as_ref()));
        self.number(creditor.and_then(|account| account.plus_giro.as_ref()));
        let debtor = entry.debtor_account.as_deref();
        self.number(debtor.and_then(|account| account.iban.as_ref()));
        self.number(debtor.and_then(|account| account.bban.as_ref()));
    }
}
