//! Made-up histories: what happened on an account on a day depends on the account and the day alone, so nothing is stored
//! and every day that passes on the sandbox's clock brings its own entries.

use jiff::civil::{Date, Weekday, date};
use rust_decimal::Decimal;

use super::account::{Account, Kind};

/// One made-up entry. A balance looks at a year of them, so that one takes no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) date: Date,
    /// Which of its day it is; the first is 1.
    nth: usize,
    /// Tells the entries of two accounts apart.
    account: u64,
    /// Negative when money left the account.
    pub(crate) amount: Decimal,
    pub(crate) counterparty: &'static str,
    words: &'static str,
    /// ISO 20022 bank transaction code.
    pub(crate) code: &'static str,
}

impl Entry {
    pub(crate) fn reference(&self) -> String {
        format!("{}{:02}-{:06}", self.date.strftime("%Y%m%d"), self.nth, self.account)
    }

    /// What the bank says of it; of a purchase, where it was.
    pub(crate) fn text(&self) -> String {
        if self.code == AT_A_SHOP {
            format!("{} {}", self.words, self.counterparty)
        } else {
            self.words.to_owned()
        }
    }
}

const AT_A_SHOP: &str = "PMNT-CCRD-POSD";

/// The entries of all days from `from` to `to`, oldest first.
pub(crate) fn entries_of(account: &Account, from: Date, to: Date) -> Vec<Entry> {
    let first = from.max(account.opened);
    if first > to {
        return Vec::new();
    }
    first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= to)
        .flat_map(|day| entries_of_day(account, day))
        .collect()
}

/// Shops and senders that nobody can mistake for real ones.
const SHOPS: [(&str, &str); 8] = [
    ("Låtsas Livs", "Kortköp"),
    ("Exempelkaféet", "Kortköp"),
    ("Påhittade Pendeltåg", "Biljett"),
    ("Testapoteket", "Kortköp"),
    ("Fiktiva Bokhandeln", "Kortköp"),
    ("Sandlådans Pizzeria", "Swish"),
    ("Provdatabutiken", "Kortköp"),
    ("Exempelgymmet", "Autogiro"),
];

fn entries_of_day(account: &Account, day: Date) -> Vec<Entry> {
    let since = day.duration_since(date(2000, 1, 1)).as_hours() / 24;
    let mut dice = Dice(account.dice ^ since.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut entries = Vec::new();
    let mut note = |amount: Decimal, counterparty, words, code| {
        let (nth, account) = (entries.len() + 1, account.dice % 1_000_000);
        entries.push(Entry { date: day, nth, account, amount, counterparty, words, code });
    };
    match account.kind {
        Kind::Current => {
            if day.day() == 25 {
                note(Decimal::new(3_200_000, 2), "Påhittade Arbetsgivaren AB", "Lön", "PMNT-RCDT-SALA");
            }
            if day.day() == 28 {
                note(Decimal::new(-845_000, 2), "Exempelhyresvärden", "Hyra", "PMNT-ICDT-DMCT");
            }
            for _ in 0..2 + dice.below(2) {
                let at = usize::try_from(dice.below(8)).unwrap_or_default();
                let (shop, text) = SHOPS.get(at).copied().unwrap_or(("Låtsas Livs", "Kortköp"));
                let cents = i64::try_from(2_000 + dice.below(28_000)).unwrap_or(2_000);
                note(Decimal::new(-cents, 2), shop, text, AT_A_SHOP);
            }
        }
        Kind::Savings => {
            for _ in 0..2 {
                let cents = i64::try_from(100 + dice.below(4_900)).unwrap_or(100);
                note(Decimal::new(cents, 2), "Öresavrundning", "Växel till sparande", "PMNT-RCDT-ESCT");
            }
            if day.weekday() == Weekday::Saturday {
                note(Decimal::new(-15_000, 2), "Låtsaskonto", "Överföring", "PMNT-ICDT-BOOK");
            }
        }
    }
    entries
}

/// SplitMix64: enough for plausible noise.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::Banks;
    use crate::world::account::accounts_of;
    use crate::world::mint::Mint;
    use openpayments_banks::Profiles;
    use openpayments_model::Context;

    #[test]
    fn every_account_has_at_least_forty_booked_entries_in_a_month() {
        let today = date(2026, 3, 2);
        for bank in Banks::of(&Profiles::built_in()).iter() {
            for account in accounts_of(&Mint::new(1), bank, Context::Private, "198301014882", today) {
                let booked = entries_of(&account, date(2026, 1, 31), date(2026, 3, 1));
                assert!(booked.len() >= 40, "{} {}", bank.bic(), booked.len());
                assert!(!entries_of(&account, today, today).is_empty(), "pending");
            }
        }
    }

    #[test]
    fn references_are_unique_and_balances_stay_above_zero() {
        let today = date(2026, 3, 2);
        for bank in Banks::of(&Profiles::built_in()).iter() {
            for account in accounts_of(&Mint::new(7), bank, Context::Private, "198301014882", today) {
                let mut seen: Vec<_> =
                    account.booked_history(today).into_iter().map(|e| e.reference()).collect();
                let all = seen.len();
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len(), all);
                assert!(
                    account.available(&[], today) > Decimal::from(1000),
                    "{}",
                    account.available(&[], today)
                );
            }
        }
    }
}
