//! Members of an entry that are read on their own: one that is odd costs nothing but itself.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::PurposeCode;
use crate::identifier::TransactionId;

/// What a member's text becomes.
pub(super) trait FromText: Sized {
    /// The value, or the text again when it cannot be read.
    fn from_text(text: Cow<'_, str>) -> Result<Self, String>;
}

impl FromText for String {
    fn from_text(text: Cow<'_, str>) -> Result<Self, String> {
        Ok(text.into_owned())
    }
}

impl FromText for Date {
    fn from_text(text: Cow<'_, str>) -> Result<Self, String> {
        crate::reading::date(&text).ok_or_else(|| text.into_owned())
    }
}

impl FromText for TransactionId {
    fn from_text(text: Cow<'_, str>) -> Result<Self, String> {
        Self::parse(&text).map_err(|_| text.into_owned())
    }
}

impl FromText for PurposeCode {
    fn from_text(text: Cow<'_, str>) -> Result<Self, String> {
        Ok(Self::from(text.as_ref()))
    }
}

/// A member that is read on its own.
enum Leaf<T> {
    Read(T),
    Absent,
    Odd(Value),
}

impl<'de, T: FromText> Deserialize<'de> for Leaf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LeafVisitor<T>(PhantomData<T>);
        impl<T: FromText> LeafVisitor<T> {
            fn text(text: Cow<'_, str>) -> Leaf<T> {
                match T::from_text(text) {
                    Ok(value) => Leaf::Read(value),
                    Err(text) => Leaf::Odd(Value::String(text)),
                }
            }
        }
        impl<'de, T: FromText> Visitor<'de> for LeafVisitor<T> {
            type Value = Leaf<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Self::text(Cow::Borrowed(text)))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Self::text(Cow::Owned(text)))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Leaf::Absent)
            }
            fn visit_bool<E: de::Error>(self, odd: bool) -> Result<Self::Value, E> {
                Ok(Leaf::Odd(odd.into()))
            }
            fn visit_i64<E: de::Error>(self, odd: i64) -> Result<Self::Value, E> {
                Ok(Leaf::Odd(odd.into()))
            }
            fn visit_u64<E: de::Error>(self, odd: u64) -> Result<Self::Value, E> {
                Ok(Leaf::Odd(odd.into()))
            }
            fn visit_f64<E: de::Error>(self, odd: f64) -> Result<Self::Value, E> {
                Ok(Leaf::Odd(odd.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, odd: A) -> Result<Self::Value, A::Error> {
                Value::deserialize(SeqAccessDeserializer::new(odd)).map(Leaf::Odd)
            }
            fn visit_map<A: MapAccess<'de>>(self, odd: A) -> Result<Self::Value, A::Error> {
                Value::deserialize(MapAccessDeserializer::new(odd)).map(Leaf::Odd)
            }
        }
        deserializer.deserialize_any(LeafVisitor(PhantomData))
    }
}

/// Reads a member that stands on its own; an odd one goes to the others.
pub(super) fn leaf<'de, T: FromText, A: MapAccess<'de>>(
    members: &mut A,
    name: &'static str,
    other: &mut Map<String, Value>,
) -> Result<Option<T>, A::Error> {
    match members.next_value::<Leaf<T>>()? {
        Leaf::Read(value) => Ok(Some(value)),
        Leaf::Absent => Ok(None),
        Leaf::Odd(value) => match other.insert(name.to_owned(), value) {
            None => Ok(None),
            Some(_) => Err(de::Error::duplicate_field(name)),
        },
    }
}
