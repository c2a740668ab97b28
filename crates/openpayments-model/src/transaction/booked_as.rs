//! Which booked entry a pending one may have become.

use jiff::Span;
use jiff::civil::Date;

use super::Transaction;
use crate::identifier::TransactionId;

/// How long an entry may be pending, in days: a card payment over a long holiday.
const LONGEST_PENDING: i32 = 14;

impl Transaction {
    /// Whether this pending entry may be the one that `booked` tells of. A guess, for a person or a rule of yours to
    /// confirm: banks give an entry another id and another text when they book it, and two alike are two all the same.
    ///
    /// It may be where the amount is the same, the days fit (booked at most 14 days later), and an id, a reference or
    /// the other party's name or text is found again: `12.03 SHOP` in `SHOP`. An entry that says nothing but its amount
    /// fits any.
    pub fn is_possibly_booked_as(&self, booked: &Self) -> bool {
        let days_fit = match (self.day(), booked.day()) {
            (Some(pending), Some(booked)) => {
                let last = pending.saturating_add(Span::new().days(LONGEST_PENDING));
                // Some banks tell the day of entry of a pending one, which may lie a day behind.
                let first = pending.saturating_sub(Span::new().days(1));
                (first..=last).contains(&booked)
            }
            _ => true,
        };
        self.transaction_amount == booked.transaction_amount
            && days_fit
            && (self.shares_a_name_with(booked) || self.says_alike(booked))
    }

    fn day(&self) -> Option<Date> {
        self.booking_date.or(self.value_date)
    }

    fn shares_a_name_with(&self, other: &Self) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| {
            let [one, other] = [one, other].map(|name| name.map(str::trim).filter(|name| !name.is_empty()));
            one.is_some() && one == other
        };
        let [own, others] =
            [self, other].map(|entry| entry.transaction_id.as_ref().map(TransactionId::as_str));
        same(own, others)
            || same(self.entry_reference.as_deref(), other.entry_reference.as_deref())
            || same(self.end_to_end_id.as_deref(), other.end_to_end_id.as_deref())
    }

    /// Whether what one of them says is found in what the other says.
    fn says_alike(&self, other: &Self) -> bool {
        let (own, others) = (self.sayings(), other.sayings());
        if own.is_empty() || others.is_empty() {
            return true;
        }
        own.iter().any(|one| others.iter().any(|other| one.contains(other) || other.contains(one)))
    }

    /// Names and texts, without what differs from one writing to another.
    fn sayings(&self) -> Vec<String> {
        let texts = [
            &self.creditor_name,
            &self.debtor_name,
            &self.remittance_information_unstructured,
            &self.remittance_information_structured,
        ];
        let plain = |text: &String| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        texts.into_iter().flatten().map(plain).filter(|text| !text.is_empty()).collect()
    }
}
