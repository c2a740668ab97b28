//! Standing orders: on which days a periodic payment is made.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

/// No standing order is followed further than this many instalments, so that a clock moved by centuries ends.
const MOST_INSTALMENTS: i32 = 400;
/// Nor further than this many years.
const MOST_YEARS: i32 = 10;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frequency {
    Days(i32),
    Months(i32),
}

impl Frequency {
    /// The protocol's word for it.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "Daily" => Self::Days(1),
            "Weekly" => Self::Days(7),
            "EveryTwoWeeks" => Self::Days(14),
            "Monthly" => Self::Months(1),
            "EveryTwoMonths" => Self::Months(2),
            "Quarterly" => Self::Months(3),
            "SemiAnnual" => Self::Months(6),
            "Annual" => Self::Months(12),
            _ => return None,
        })
    }
}

/// What happens to a day on which banks rest. Without a rule it is paid on that very day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Following,
    Preceding,
}

impl Rule {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "following" => Some(Self::Following),
            "preceding" => Some(Self::Preceding),
            _ => None,
        }
    }
}

/// The plan of a periodic payment and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) start: Date,
    pub(crate) end: Option<Date>,
    pub(crate) frequency: Frequency,
    /// As the client wrote it.
    pub(crate) frequency_word: String,
    pub(crate) rule: Option<Rule>,
    /// The day of the month, 31 for its last; it says nothing where the order goes by days.
    pub(crate) day: Option<i8>,
    /// Which instalment comes next.
    pub(crate) next: i32,
    /// How many were paid.
    pub(crate) paid: u32,
}

impl Schedule {
    /// The day of the next instalment; `None` when there is none.
    pub(crate) fn next_day(&self) -> Option<Date> {
        self.day_of(self.next).map(|day| self.working_day(day))
    }

    /// Leaves out what would have been due before `today`.
    pub(crate) fn skip_to(&mut self, today: Date) {
        while self.next_day().is_some_and(|day| day < today) {
            self.next += 1;
        }
    }

    /// The plain day of an instalment.
    fn day_of(&self, nth: i32) -> Option<Date> {
        if nth >= MOST_INSTALMENTS {
            return None;
        }
        let day = match self.frequency {
            Frequency::Days(days) => self.start.checked_add(Span::new().days(days.checked_mul(nth)?)).ok()?,
            Frequency::Months(months) => {
                let wanted = self.day.unwrap_or(self.start.day());
                let in_month = |shift: i32| {
                    let month = self.start.first_of_month().checked_add(shift.months()).ok()?;
                    month.with().day(wanted.min(month.days_in_month())).build().ok()
                };
                let late = in_month(0).is_some_and(|first| first < self.start);
                in_month(months.checked_mul(nth)?.checked_add(i32::from(late))?)?
            }
        };
        let horizon = self.start.checked_add(MOST_YEARS.years()).unwrap_or(Date::MAX);
        (day <= self.end.unwrap_or(Date::MAX).min(horizon)).then_some(day)
    }

    fn working_day(&self, day: Date) -> Date {
        let (saturday, sunday) = match self.rule {
            None => return day,
            Some(Rule::Following) => (2, 1),
            Some(Rule::Preceding) => (-1, -2),
        };
        let shift = match day.weekday() {
            Weekday::Saturday => saturday,
            Weekday::Sunday => sunday,
            _ => 0,
        };
        day.checked_add(shift.days()).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(
        frequency: &str,
        start: Date,
        day: Option<i8>,
        rule: Option<Rule>,
        end: Option<Date>,
    ) -> Vec<String> {
        let frequency_word = frequency.to_owned();
        let frequency = Frequency::parse(frequency).unwrap();
        let mut schedule = Schedule { start, end, frequency, frequency_word, rule, day, next: 0, paid: 0 };
        let mut days = Vec::new();
        while let Some(day) = schedule.next_day().filter(|_| days.len() < 3) {
            days.push(day.to_string());
            schedule.next += 1;
        }
        days
    }

    #[test]
    fn instalments_fall_on_their_days() {
        let start = date(2026, 1, 30);
        assert_eq!(days("Daily", start, None, None, None), ["2026-01-30", "2026-01-31", "2026-02-01"]);
        assert_eq!(
            days("EveryTwoWeeks", start, Some(1), None, None),
            ["2026-01-30", "2026-02-13", "2026-02-27"]
        );
        assert_eq!(days("Monthly", start, None, None, None), ["2026-01-30", "2026-02-28", "2026-03-30"]);
        assert_eq!(days("Monthly", start, Some(31), None, None), ["2026-01-31", "2026-02-28", "2026-03-31"]);
        assert_eq!(days("Quarterly", start, Some(1), None, None), ["2026-02-01", "2026-05-01", "2026-08-01"]);
        assert_eq!(days("Annual", start, None, None, Some(date(2027, 1, 30))), ["2026-01-30", "2027-01-30"]);
    }

    #[test]
    fn a_rule_moves_days_of_rest() {
        let saturday = date(2026, 1, 31);
        let weekly = |rule| days("Weekly", saturday, None, Some(rule), None).remove(0);
        assert_eq!(weekly(Rule::Following), "2026-02-02");
        assert_eq!(weekly(Rule::Preceding), "2026-01-30");
    }

    #[test]
    fn no_order_goes_on_for_ever() {
        let mut schedule = Schedule {
            start: date(2026, 1, 1),
            end: None,
            frequency: Frequency::Months(12),
            frequency_word: "Annual".to_owned(),
            rule: None,
            day: None,
            next: 0,
            paid: 0,
        };
        schedule.skip_to(Date::MAX);
        assert!(schedule.next <= 11, "{}", schedule.next);
    }
}
