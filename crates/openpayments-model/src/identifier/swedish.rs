//! Numbers of Swedish people and companies.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::check_digit::is_luhn;
use super::{CorporateId, PsuId};
use crate::mask::Hidden;
use crate::{InvalidValue, Rule};

/// A Swedish personal number, or a coordination number, in its form of 12 digits. `Debug` shows nothing of it.
///
/// Banks take it as `PSU-ID`. A coordination number is the number of someone who is not registered in Sweden: 60 is
/// added to the day.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonalNumber(String);

const PERSONAL: &str = "personalNumber";

impl PersonalNumber {
    /// Reads `yyyymmddNNNN`, `yymmdd-NNNN` or `yymmddNNNN`, as of `today`: the century of the short forms is the latest
    /// in which the day is not in the future, and the one before when the sign is `+` (people over a hundred).
    ///
    /// ```
    /// use jiff::civil::date;
    /// use openpayments_model::identifier::PersonalNumber;
    ///
    /// let today = date(2026, 11, 23);
    /// let number = PersonalNumber::parse("811228-9874", today)?;
    /// assert_eq!(number.expose(), "198112289874");
    /// assert_eq!(PersonalNumber::parse("121212+1212", today)?.expose(), "191212121212");
    /// # Ok::<(), openpayments_model::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// [`Rule::Form`], [`Rule::Range`] for a day that does not exist or has not come yet, [`Rule::CheckDigits`].
    pub fn parse(text: &str, today: Date) -> Result<Self, InvalidValue> {
        let refused = |rule| InvalidValue::new(PERSONAL, rule);
        let form = || refused(Rule::Form("yyyymmddNNNN"));
        let (digits, elder) = without_sign(text).ok_or_else(form)?;
        let number = match digits.len() {
            12 => digits,
            10 => {
                let this_century = today.year() / 100;
                let in_century = |century: i16| format!("{century:02}{digits}");
                let past = in_century(this_century);
                let is_past = born(&past).is_some_and(|day| day <= today);
                let century = this_century - i16::from(!is_past) - i16::from(elder);
                in_century(century)
            }
            _ => return Err(form()),
        };
        let short = number.get(2..).ok_or_else(form)?;
        let born = born(&number).ok_or(refused(Rule::Range("a day that exists")))?;
        if born > today {
            return Err(refused(Rule::Range("a day that has come")));
        }
        if !is_luhn(short) {
            return Err(refused(Rule::CheckDigits));
        }
        Ok(Self(number))
    }

    /// The 12 digits.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The day of birth.
    pub fn birthday(&self) -> Date {
        born(&self.0).unwrap_or(Date::MIN)
    }

    /// Whether it is a coordination number.
    pub fn is_coordination_number(&self) -> bool {
        self.0.as_bytes().get(6).is_some_and(|tens| *tens >= b'6')
    }

    /// The same as a PSU's id.
    pub fn to_psu_id(&self) -> PsuId {
        PsuId::of_digits(&self.0)
    }
}

/// The digits, and whether the sign before the last four is a plus.
fn without_sign(text: &str) -> Option<(String, bool)> {
    let signed = text.len().checked_sub(5).and_then(|at| text.split_at_checked(at));
    let (digits, elder) = match signed {
        Some((head, tail)) if tail.starts_with(['-', '+']) => {
            let elder = tail.starts_with('+');
            // A plus goes with two digits of the year, a minus with either.
            if elder && head.len() != 6 {
                return None;
            }
            (format!("{head}{}", tail.get(1..)?), elder)
        }
        _ => (text.to_owned(), false),
    };
    digits.bytes().all(|b| b.is_ascii_digit()).then_some((digits, elder))
}

/// The day of birth in a number of 12 digits.
fn born(number: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let day = if day > 60 { day - 60 } else { day };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|date| date.year() > 0)
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalNumber({Hidden:?})")
    }
}

/// A Swedish organisation number in its form of 10 digits. `Debug` shows nothing of it: sole traders have their
/// personal number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrganisationNumber(String);

const ORGANISATION: &str = "organisationNumber";

impl OrganisationNumber {
    /// Reads `NNNNNN-NNNN`, with or without the hyphen, or 12 digits that begin with `16`.
    ///
    /// ```
    /// use openpayments_model::identifier::OrganisationNumber;
    ///
    /// assert_eq!(OrganisationNumber::parse("556016-0680")?.expose(), "5560160680");
    /// # Ok::<(), openpayments_model::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    /// [`Rule::Form`], [`Rule::CheckDigits`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = |rule| InvalidValue::new(ORGANISATION, rule);
        let form = || refused(Rule::Form("NNNNNN-NNNN"));
        let (digits, elder) = without_sign(text).ok_or_else(form)?;
        let digits = match digits.len() {
            10 => digits,
            12 => digits.strip_prefix("16").ok_or_else(form)?.to_owned(),
            _ => return Err(form()),
        };
        if elder {
            return Err(form());
        }
        if !is_luhn(&digits) {
            return Err(refused(Rule::CheckDigits));
        }
        Ok(Self(digits))
    }

    /// The 10 digits.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with its hyphen, for people.
    pub fn hyphenated(&self) -> String {
        let (head, tail) = self.0.split_at(6);
        format!("{head}-{tail}")
    }

    /// Whether it is made like a company's: its third digit is 2 or more, so that no birthday can look like it.
    pub fn is_of_a_legal_person(&self) -> bool {
        self.0.as_bytes().get(2).is_some_and(|digit| *digit >= b'2')
    }

    /// The same as a company's id.
    pub fn to_corporate_id(&self) -> CorporateId {
        CorporateId::of_digits(&self.0)
    }
}

impl FromStr for OrganisationNumber {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text)
    }
}

impl fmt::Debug for OrganisationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganisationNumber({Hidden:?})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::check_digit::luhn_digit;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);

    fn rule(text: &str) -> Rule {
        PersonalNumber::parse(text, TODAY).unwrap_err().rule()
    }

    #[test]
    fn i017_wrong_numbers_are_refused_and_never_echoed() {
        assert_eq!(rule("191212121213"), Rule::CheckDigits);
        assert_eq!(rule("191213121212"), Rule::Range("a day that exists"));
        assert_eq!(rule("202612121212"), Rule::Range("a day that has come"));
        assert_eq!(rule("189902300000"), Rule::Range("a day that exists"));
        for text in
            ["", "1", "19121212121", "19121212121x", "１91212121212", "19121212+1212", "1912121-21212"]
        {
            let error = PersonalNumber::parse(text, TODAY).unwrap_err();
            assert_eq!(error.rule(), Rule::Form("yyyymmddNNNN"), "{text}");
            assert!(text.len() < 2 || !error.to_string().contains(text));
        }
    }

    #[test]
    fn i017_accepted_forms_become_twelve_digits() {
        for (text, digits) in [
            ("191212121212", "191212121212"),
            ("19121212-1212", "191212121212"),
            ("121212-1212", "201212121212"),
            ("121212+1212", "191212121212"),
            ("8112289874", "198112289874"),
            ("6408233234", "196408233234"),
        ] {
            assert_eq!(PersonalNumber::parse(text, TODAY).unwrap().expose(), digits, "{text}");
        }
    }

    /// Published by the Swedish tax agency as an example of a coordination number.
    #[test]
    fn i017_a_coordination_number_has_sixty_on_its_day() {
        let number = PersonalNumber::parse("701063-2391", TODAY).unwrap();
        assert!(number.is_coordination_number());
        assert_eq!(number.birthday(), date(1970, 10, 3));
        assert!(!PersonalNumber::parse("811228-9874", TODAY).unwrap().is_coordination_number());
    }

    #[test]
    fn organisation_numbers_are_read_in_every_form() {
        for text in ["5560160680", "556016-0680", "165560160680", "16556016-0680"] {
            let number = OrganisationNumber::parse(text).unwrap();
            assert_eq!(number.hyphenated(), "556016-0680", "{text}");
            assert!(number.is_of_a_legal_person());
        }
        // The tax agency's own.
        assert!(OrganisationNumber::parse("202100-5489").is_ok());
        assert_eq!(OrganisationNumber::parse("5560160681").unwrap_err().rule(), Rule::CheckDigits);
        for text in ["", "556016068", "195560160680", "556016+0680", "556016068O"] {
            assert!(OrganisationNumber::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn k1_neither_number_is_printed() {
        let person = PersonalNumber::parse("191212121212", TODAY).unwrap();
        let company = OrganisationNumber::parse("5560160680").unwrap();
        let shown =
            format!("{person:?} {company:?} {:?} {:?}", person.to_psu_id(), company.to_corporate_id());
        assert!(!shown.bytes().any(|b| b.is_ascii_digit()), "{shown}");
    }

    proptest! {
        #[test]
        fn every_real_day_makes_a_number_and_its_short_form_reads_back(
            year in 1927_i16..=2025, month in 1_i8..=12, day in 1_i8..=28, birth in 0_u16..1000, shift in 0_i8..=1,
        ) {
            let short = format!("{:02}{month:02}{:02}{birth:03}", year % 100, day + shift * 60);
            let short = format!("{short}{}", luhn_digit(&short));
            let long = format!("{}{short}", year / 100);
            let number = PersonalNumber::parse(&long, TODAY).unwrap();
            prop_assert_eq!(number.expose(), long.as_str());
            prop_assert_eq!(number.birthday(), date(year, month, day));
            prop_assert_eq!(PersonalNumber::parse(&short, TODAY).unwrap(), number);
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,16}") {
            let _ = PersonalNumber::parse(&text, TODAY);
            let _ = OrganisationNumber::parse(&text);
        }
    }
}
