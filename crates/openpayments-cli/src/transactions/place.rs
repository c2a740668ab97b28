//! Where an export stopped, so that the next one goes on behind it and writes nothing twice.

use std::collections::BTreeSet;

use jiff::civil::Date;
use openpayments::model::transaction::{ReportList, Transaction, TransactionKey, TransactionKeys};
use serde::{Deserialize, Serialize};

/// The last day of which something was exported, and what that was: banks book more on a day that was read before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) day: Option<Date>,
    /// What was exported of that day.
    seen: BTreeSet<TransactionKey>,
}

impl Place {
    /// Takes out what was exported before, and moves on behind what is left. The rows are all there are since the day of
    /// the place.
    pub(crate) fn pass(&mut self, rows: Vec<Transaction>) -> Vec<Transaction> {
        let mut keys = TransactionKeys::new();
        let keyed = rows.into_iter().map(|row| (keys.key(ReportList::Booked, &row), row));
        let is_new = |key: &TransactionKey, row: &Transaction| {
            self.day.is_none() || row.booking_date != self.day || !self.seen.contains(key)
        };
        let new: Vec<_> = keyed.filter(|(key, row)| is_new(key, row)).collect();
        for (key, row) in &new {
            if row.booking_date > self.day {
                self.day = row.booking_date;
                self.seen.clear();
            }
            if row.booking_date.is_some() && row.booking_date == self.day {
                self.seen.insert(key.clone());
            }
        }
        new.into_iter().map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: &str, text: &str) -> Transaction {
        let json = serde_json::json!({
            "bookingDate": day,
            "transactionAmount": {"currency": "SEK", "amount": "-10.00"},
            "remittanceInformationUnstructured": text,
        });
        serde_json::from_str(&json.to_string()).unwrap()
    }

    fn texts(rows: &[Transaction]) -> Vec<&str> {
        rows.iter().filter_map(|row| row.remittance_information_unstructured.as_deref()).collect()
    }

    #[test]
    fn the_next_export_has_what_came_since_and_nothing_twice() {
        let mut place = Place::default();
        let first = vec![row("2026-11-01", "a"), row("2026-11-02", "b")];
        assert_eq!(place.pass(first).len(), 2);
        // The same day again with one more of it, an equal one, and a new day.
        let again = vec![
            row("2026-11-02", "b"),
            row("2026-11-02", "b"),
            row("2026-11-02", "c"),
            row("2026-11-03", "d"),
        ];
        assert_eq!(texts(&place.pass(again.clone())), ["b", "c", "d"]);
        let last = vec![row("2026-11-03", "d")];
        assert!(place.pass(last).is_empty());
        let later = vec![row("2026-11-03", "d"), row("2026-11-03", "e")];
        assert_eq!(texts(&place.pass(later)), ["e"]);
    }

    #[test]
    fn a_place_comes_back_as_it_was_kept() {
        let mut place = Place::default();
        place.pass(vec![row("2026-11-01", "a")]);
        let kept = serde_json::to_string(&place).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&kept).unwrap(), place);
        assert!(!kept.contains("\"a\""), "no text of the bank's is kept");
    }
}
