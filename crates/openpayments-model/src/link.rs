//! `_links` of the platform's answers, and where the PSU comes back to.

mod loopback;
mod redirect;

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use self::loopback::is_loopback;
pub use self::redirect::RedirectUri;

/// Links by name. Banks send more and other names than the standard has; all are kept.
///
/// A link may be an object with `href` or plain text; `null` and empty ones read as no link. An address with a control
/// character is refused. `Debug` shows the names only, since addresses carry ids and, in SCA, what must stay between us
/// and the PSU.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Kept apart, since a row of a list has one link and there are many rows.
    first: Option<Link>,
    /// Those with later names, each name once.
    rest: Box<[Link]>,
}

/// A name and an address.
type Link = (Cow<'static, str>, Box<str>);

impl Links {
    /// The last one counts of those with one name.
    fn of(first: Option<Link>, rest: Vec<Link>) -> Self {
        if rest.is_empty() {
            return Self { first, rest: Box::default() };
        }
        let mut all: Vec<Link> = first.into_iter().chain(rest).rev().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|later, kept| later.0 == kept.0);
        let mut all = all.into_iter();
        Self { first: all.next(), rest: all.collect() }
    }

    /// The address of a link.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, href)| href)
    }

    /// The names that are there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Names and addresses, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.first.iter().chain(&self.rest).map(|(name, href)| (name.as_ref(), href.as_ref()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl<N: Into<String>, A: Into<String>> FromIterator<(N, A)> for Links {
    fn from_iter<I: IntoIterator<Item = (N, A)>>(links: I) -> Self {
        let all = links.into_iter().map(|(name, address)| (Cow::Owned(name.into()), address.into().into()));
        Self::of(None, all.collect())
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[derive(Serialize)]
struct Sent<'a> {
    href: &'a str,
}

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, href)| (name, Sent { href })))
    }
}

/// A link's name; those that stand in every row of a list are not copied.
struct Name(Cow<'static, str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link's name")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
                const OFTEN: [&str; 4] = ["transactionDetails", "balances", "transactions", "account"];
                let often = OFTEN.into_iter().find(|often| *often == name);
                Ok(Name(often.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// One link: its address, if it has one.
#[derive(Default)]
struct Received(Option<Box<str>>);

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    href: Received,
}

/// An address, or none when it is empty.
fn address<E: de::Error>(href: &str) -> Result<Option<Box<str>>, E> {
    if href.bytes().any(|b| b.is_ascii_control()) {
        return Err(E::custom("a control character in a link"));
    }
    Ok(Some(href).filter(|href| !href.is_empty()).map(Box::from))
}

impl<'de> Deserialize<'de> for Received {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Link;
        impl<'de> Visitor<'de> for Link {
            type Value = Received;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Received, E> {
                Ok(Received(None))
            }
            fn visit_str<E: de::Error>(self, href: &str) -> Result<Received, E> {
                address(href).map(Received)
            }
            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Received, A::Error> {
                Object::deserialize(MapAccessDeserializer::new(members)).map(|object| object.href)
            }
        }
        deserializer.deserialize_any(Link)
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Links;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("links by name")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Links, E> {
                Ok(Links::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Links, A::Error> {
                let (mut first, mut rest) = (None, Vec::new());
                while let Some((Name(name), link)) = members.next_entry::<Name, Received>()? {
                    match link.0 {
                        Some(href) if first.is_none() => first = Some((name, href)),
                        Some(href) => rest.push((name, href)),
                        None => {}
                    }
                }
                Ok(Links::of(first, rest))
            }
        }
        deserializer.deserialize_any(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i074_links_come_as_objects_as_text_or_not_at_all() {
        let links: Links = serde_json::from_str(
            r#"{"self":{"href":"/psd2/a"},"account":"/psd2/b","next":null,"last":{"href":""},"odd":{"title":"x"}}"#,
        )
        .unwrap();
        assert_eq!(links.get("self"), Some("/psd2/a"));
        assert_eq!(links.get("account"), Some("/psd2/b"));
        assert_eq!(links.names().count(), 2);
        assert!(serde_json::from_str::<Links>("null").unwrap().is_empty());
    }

    #[test]
    fn i064_an_address_with_a_nul_is_refused() {
        assert!(serde_json::from_str::<Links>(r#"{"next":{"href":"/a\u0000b"}}"#).is_err());
    }

    #[test]
    fn the_last_link_of_one_name_counts() {
        let links: Links = serde_json::from_str(r#"{"b":"/1","a":"/2","b":"/3"}"#).unwrap();
        assert_eq!(links.iter().collect::<Vec<_>>(), [("a", "/2"), ("b", "/3")]);
        assert_eq!(serde_json::to_string(&links).unwrap(), r#"{"a":{"href":"/2"},"b":{"href":"/3"}}"#);
    }

    #[test]
    fn debug_shows_names_and_no_address() {
        let links: Links =
            [("scaOAuth", "https://auth.example/connect/authorize?state=x")].into_iter().collect();
        assert_eq!(format!("{links:?}"), r#"{"scaOAuth"}"#);
    }
}
