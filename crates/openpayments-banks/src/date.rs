//! When something was said: often only a year or a month is known.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// `2026`, `2026-10` or `2026-10-11`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FactDate(String);

impl FactDate {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: String) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize, least: u32, most: u32| match parts.next() {
            None => true,
            Some(part) => {
                part.len() == digits
                    && part.bytes().all(|b| b.is_ascii_digit())
                    && part.parse().is_ok_and(|number| (least..=most).contains(&number))
            }
        };
        let fits = number(4, 1, 9999) && number(2, 1, 12) && number(2, 1, 31);
        (fits && parts.next().is_none()).then_some(Self(text))
    }
}

impl fmt::Display for FactDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FactDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = || serde::de::Error::custom("a date is \"2026\", \"2026-10\" or \"2026-10-11\"");
        Self::parse(String::deserialize(deserializer)?).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_year_a_month_or_a_day() {
        for (text, fits) in [
            ("2026", true),
            ("2026-10", true),
            ("2026-10-11", true),
            ("", false),
            ("26", false),
            ("2026-13", false),
            ("2026-1", false),
            ("2026-10-32", false),
            ("2026-10-11-12", false),
            ("2026-", false),
        ] {
            assert_eq!(FactDate::parse(text.to_owned()).is_some(), fits, "{text}");
        }
    }
}
