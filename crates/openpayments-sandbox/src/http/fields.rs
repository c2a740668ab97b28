//! Reading a JSON body member by member: whatever is wrong is a 400 `FORMAT_ERROR` that names the member and never
//! repeats its value. Unknown members pass.

use jiff::civil::Date;
use openpayments_model::Amount;
use serde_json::{Map, Value};

use super::reply::Refusal;

/// Deeper nesting than any message of the protocol has.
const MOST_LEVELS: usize = 64;

/// An object of the body and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    members: &'a Map<String, Value>,
    path: String,
}

/// The body as a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Value, Refusal> {
    if levels(body) > MOST_LEVELS {
        return Err(Refusal::format("body", "nested too deeply"));
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::format("body", "not JSON"))?;
    if value.is_object() { Ok(value) } else { Err(Refusal::format("body", "not a JSON object")) }
}

fn levels(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Result<Self, Refusal> {
        let members = value.as_object().ok_or(Refusal::format("body", "not a JSON object"))?;
        Ok(Self { members, path: String::new() })
    }

    fn refuse(&self, name: &str, text: &'static str) -> Refusal {
        Refusal::format(&self.at(name), text)
    }

    /// The path of a member.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// A member that is there and not `null`.
    pub(super) fn any(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn required(&self, name: &str) -> Result<&'a Value, Refusal> {
        self.any(name).ok_or_else(|| self.refuse(name, "required"))
    }

    pub(super) fn inner(&self, name: &str) -> Result<Fields<'a>, Refusal> {
        let members = self.required(name)?.as_object().ok_or_else(|| self.refuse(name, "not an object"))?;
        Ok(Fields { members, path: self.at(name) })
    }

    pub(super) fn objects(&self, name: &str) -> Result<Option<Vec<Fields<'a>>>, Refusal> {
        let Some(value) = self.any(name) else {
            return Ok(None);
        };
        let items = value.as_array().ok_or_else(|| self.refuse(name, "not an array"))?;
        let read = items.iter().enumerate().map(|(at, item)| {
            let path = format!("{}[{at}]", self.at(name));
            let members = item.as_object().ok_or_else(|| Refusal::format(&path, "not an object"))?;
            Ok(Fields { members, path })
        });
        read.collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// A list of strings, none of them twice; `None` without the member.
    pub(super) fn ids(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.any(name) else {
            return Ok(None);
        };
        let items = value.as_array().ok_or_else(|| self.refuse(name, "not an array"))?;
        if items.is_empty() {
            return Err(self.refuse(name, "at least one is required"));
        }
        let ids = items.iter().map(|item| item.as_str().map(str::to_owned));
        let ids: Vec<String> =
            ids.collect::<Option<_>>().ok_or_else(|| self.refuse(name, "not a list of strings"))?;
        let different: std::collections::BTreeSet<&String> = ids.iter().collect();
        if different.len() < ids.len() {
            return Err(self.refuse(name, "the same id twice"));
        }
        Ok(Some(ids))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        self.required(name)?.as_bool().ok_or_else(|| self.refuse(name, "true or false"))
    }

    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        if self.any(name).is_some() { self.flag(name).map(Some) } else { Ok(None) }
    }

    pub(super) fn count(&self, name: &str) -> Result<u32, Refusal> {
        let number = self.required(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.refuse(name, "a whole number, not negative"))
    }

    pub(super) fn optional_text(&self, name: &str, longest: usize) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.any(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| self.refuse(name, "not a string"))?;
        if text.chars().count() > longest {
            return Err(self.refuse(name, "too long"));
        }
        if text.chars().any(char::is_control) {
            return Err(self.refuse(name, "control characters"));
        }
        Ok(Some(text))
    }

    pub(super) fn text(&self, name: &str, longest: usize) -> Result<&'a str, Refusal> {
        let text = self.optional_text(name, longest)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| self.refuse(name, "required"))
    }

    pub(super) fn optional_date(&self, name: &str) -> Result<Option<Date>, Refusal> {
        let text = self.optional_text(name, 10)?;
        text.map(|text| date(text).ok_or_else(|| self.refuse(name, "a date such as 2026-12-31"))).transpose()
    }

    pub(super) fn date(&self, name: &str) -> Result<Date, Refusal> {
        self.optional_date(name)?.ok_or_else(|| self.refuse(name, "required"))
    }

    /// An amount above zero, written as a string of at most 14 digits and 3 decimals.
    pub(super) fn payable(&self, name: &str) -> Result<Amount, Refusal> {
        let inner = self.inner(name)?;
        let (currency, value) = (inner.text("currency", 3)?, inner.text("amount", 19)?);
        let amount = Amount::parse(currency, value)
            .map_err(|why| inner.refuse(member_of(why.field()), "not an amount of money"))?;
        amount.check_payable().map_err(|why| inner.refuse(member_of(why.field()), "cannot be paid"))?;
        Ok(amount)
    }
}

fn member_of(field: &str) -> &'static str {
    if field == "currency" { "currency" } else { "amount" }
}

/// `yyyy-mm-dd` and nothing else.
pub(super) fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if plain { text.parse().ok() } else { None }
}

/// Whether `text` is made of 1 to `most` ASCII letters and digits.
pub(super) fn is_alphanumeric(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether `text` is made of `least` to `most` digits and hyphens, as giro numbers are.
pub(super) fn is_giro(text: &str) -> bool {
    (5..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// Whether `text` has the form of an IBAN. Check digits are not looked at: test data of the banks themselves fail them.
pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes {
        [a, b, c, d, rest @ ..] => {
            [a, b].iter().all(|b| b.is_ascii_uppercase())
                && [c, d].iter().all(|b| b.is_ascii_digit())
                && (1..=30).contains(&rest.len())
                && rest.iter().all(u8::is_ascii_alphanumeric)
        }
        _ => false,
    }
}
