//! Why a value was refused.

use std::fmt;

/// A value that breaks a rule of the protocol, refused before anything is sent.
///
/// It names the field and the rule and never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct InvalidValue {
    field: &'static str,
    rule: Rule,
}

impl InvalidValue {
    /// `field` broke `rule`.
    pub const fn new(field: &'static str, rule: Rule) -> Self {
        Self { field, rule }
    }

    /// The field, as the protocol spells it.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The rule it broke.
    pub fn rule(&self) -> Rule {
        self.rule
    }
}

/// A rule a value can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// It was not given and this call cannot do without it.
    Missing,
    /// It is empty or only blanks.
    Empty,
    /// It is longer than this many characters.
    TooLong(usize),
    /// It has a character that is not allowed there: a control character, a blank, or text outside the field's alphabet.
    Character,
    /// It does not have the field's form; the text shows the form.
    Form(&'static str),
    /// Its country has no such identifier, or another length.
    Country,
    /// Its check digits do not match.
    CheckDigits,
    /// It must be greater than zero.
    NotPositive,
    /// It has more decimals than the currency.
    Decimals,
    /// It lies outside these bounds; the text shows them.
    Range(&'static str),
    /// It does not go together with another field; the text says with which and why.
    Conflict(&'static str),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is required for this call"),
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong(most) => write!(f, "must not be longer than {most} characters"),
            Self::Character => f.write_str("has a character that is not allowed"),
            Self::Form(form) => write!(f, "must have the form {form}"),
            Self::Country => f.write_str("has an unknown country or the wrong length for its country"),
            Self::CheckDigits => {
                f.write_str("the check digits do not match, most likely a digit is mistyped")
            }
            Self::NotPositive => f.write_str("must be greater than zero"),
            Self::Decimals => f.write_str("has more decimals than its currency"),
            Self::Range(bounds) => write!(f, "must be {bounds}"),
            Self::Conflict(why) => f.write_str(why),
        }
    }
}

/// Text a caller gave for a field: 1 to `most` characters, no control characters, not only blanks.
pub(crate) fn text(
    field: &'static str,
    most: usize,
    value: impl Into<String>,
) -> Result<String, InvalidValue> {
    let value = value.into();
    if value.trim().is_empty() {
        return Err(InvalidValue::new(field, Rule::Empty));
    }
    if value.chars().count() > most {
        return Err(InvalidValue::new(field, Rule::TooLong(most)));
    }
    if value.chars().any(is_unprintable) {
        return Err(InvalidValue::new(field, Rule::Character));
    }
    Ok(value)
}

/// Whether a character has no place in what a person reads and approves: control characters, and those that turn the
/// reading direction.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
