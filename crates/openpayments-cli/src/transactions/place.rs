//! Where an export stopped, so that the next one goes on behind it and writes nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use openpayments::model::transaction::{ReportList, Transaction, TransactionKey, TransactionKeys};
use serde::{Deserialize, Serialize};

/// Banks book on days that were read before: an export looks so many days back.
const LATE: i64 = 7;

/// Since when and up to which day was exported, and what that was of the days on which banks may still book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    since: Date,
    /// The last day of which there was something.
    pub(crate) day: Option<Date>,
    seen: BTreeMap<Date, BTreeSet<TransactionKey>>,
}

impl From<Date> for Place {
    /// Nothing is exported yet; the first day is this.
    fn from(since: Date) -> Self {
        Self { since, day: None, seen: BTreeMap::new() }
    }
}

impl Place {
    /// The day to read from.
    pub(crate) fn next(&self) -> Result<Date, jiff::Error> {
        let late = self.day.map(|day| day.checked_sub(LATE.days())).transpose()?;
        Ok(late.map_or(self.since, |late| late.max(self.since)))
    }

    /// Takes out what was exported before, and moves on behind what is left. The rows are all there are since
    /// [`next`](Self::next).
    pub(crate) fn pass(&mut self, rows: Vec<Transaction>) -> Vec<Transaction> {
        let mut keys = TransactionKeys::new();
        let keyed = rows.into_iter().map(|row| (keys.key(ReportList::Booked, &row), row));
        let mut new = Vec::new();
        for (key, row) in keyed {
            if row.booking_date.is_none_or(|day| self.seen.entry(day).or_default().insert(key)) {
                self.day = self.day.max(row.booking_date);
                new.push(row);
            }
        }
        if let Ok(next) = self.next() {
            self.seen.retain(|day, _| *day >= next);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

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
        let mut place = Place::from(date(2026, 11, 1));
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
    fn what_a_bank_books_late_is_not_left_out_and_what_was_never_asked_for_does_not_come() {
        let mut place = Place::from(date(2026, 11, 1));
        place.pass(vec![row("2026-11-01", "a"), row("2026-11-05", "b")]);
        assert_eq!(place.next().unwrap(), date(2026, 11, 1));
        let late = vec![row("2026-11-01", "a"), row("2026-11-03", "late"), row("2026-11-05", "b")];
        assert_eq!(texts(&place.pass(late)), ["late"]);
        assert_eq!(place.day, Some(date(2026, 11, 5)));
        place.pass(vec![row("2026-11-20", "c")]);
        assert_eq!(place.next().unwrap(), date(2026, 11, 13));
        assert_eq!(place.seen.len(), 1, "no more is kept than is needed");
    }

    #[test]
    fn a_place_comes_back_as_it_was_kept() {
        let mut place = Place::from(date(2026, 11, 1));
        place.pass(vec![row("2026-11-01", "a")]);
        let kept = serde_json::to_string(&place).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&kept).unwrap(), place);
        assert!(!kept.contains("\"a\""), "no text of the bank's is kept");
    }
}
