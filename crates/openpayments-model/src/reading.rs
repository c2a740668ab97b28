//! Reading what banks send: the shapes they really use, without losing anything.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

/// A string, borrowed where the input allows.
pub(crate) fn str<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    struct Text;
    impl<'de> Visitor<'de> for Text {
        type Value = Cow<'de, str>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Cow::Borrowed(text))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Cow::Owned(text.to_owned()))
        }
        fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
            Ok(Cow::Owned(text))
        }
    }
    deserializer.deserialize_str(Text)
}

/// A missing member and `null` both read as the type's default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// One object or a list of them; some banks send the one, some the other.
pub(crate) struct Listed<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_or_many(deserializer).map(Self)
    }
}

fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object or a list of objects")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
        fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<Self::Value, A::Error> {
            let one = T::deserialize(de::value::MapAccessDeserializer::new(one))?;
            Ok(vec![one])
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = list.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }
    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// A whole number, or the same as text (`"4"`).
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u32;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            u32::try_from(number).map_err(|_| E::custom("number out of range"))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map_err(|_| E::custom("not a whole number"))
        }
    }
    deserializer.deserialize_any(Whole)
}

/// `true` and `false`, or the same as text in any case (`"True"`).
pub(crate) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Truth;
    impl Visitor<'_> for Truth {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }
        fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Self::Value, E> {
            Ok(truth)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            match text {
                _ if text.eq_ignore_ascii_case("true") => Ok(true),
                _ if text.eq_ignore_ascii_case("false") => Ok(false),
                _ => Err(E::custom("neither true nor false")),
            }
        }
    }
    deserializer.deserialize_any(Truth)
}

/// As [`truth`], or none when it is absent or neither.
pub(crate) fn truth_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Bool(truth) => Some(truth),
        serde_json::Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        serde_json::Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

/// A whole number, the same as text, or nothing that can be understood, which reads as none.
pub(crate) fn whole_number_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A text that may be absent, `null` or, by mistake, something else: that reads as none.
pub(crate) fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    })
}

/// A day that may be absent, or impossible (`2024-02-30`), which reads as none: no answer is lost for a date that is
/// not essential to it.
pub(crate) fn date_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<jiff::civil::Date>, D::Error> {
    Ok(text_or_none(deserializer)?.and_then(|text| date(&text)))
}

/// `2026-11-23`, and nothing longer: a time zone beside a day leaves open which day is meant.
pub(crate) fn date(text: &str) -> Option<jiff::civil::Date> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_i16, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0')))
    };
    let year = number(&[y0, y1, y2, y3]).filter(|year| *year > 0)?;
    let month = i8::try_from(number(&[m0, m1])?).ok()?;
    let day = i8::try_from(number(&[d0, d1])?).ok()?;
    jiff::civil::Date::new(year, month, day).ok()
}

/// `tppMessages`: a list, one alone, or nothing; what is no message is left out, since a warning must not cost the
/// answer it stands in.
pub(crate) fn messages<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<crate::message::TppMessage>, D::Error> {
    let read = |value| serde_json::from_value(value).ok();
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Array(list) => list.into_iter().filter_map(read).collect(),
        one @ serde_json::Value::Object(_) => read(one).into_iter().collect(),
        _ => Vec::new(),
    })
}

/// Turns our own refusal into the reader's error, without the value.
pub(crate) fn refused<E: Error>(invalid: &crate::InvalidValue) -> E {
    E::custom(invalid)
}
