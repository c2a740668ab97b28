//! `_links` of the platform's answers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Links by name. Banks send more and other names than the standard has; all are kept.
///
/// A link may be an object with `href` or plain text; `null` and empty ones read as no link. `Debug` shows the names
/// only, since addresses carry ids and, in SCA, what must stay between us and the PSU.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Links(BTreeMap<String, String>);

impl Links {
    /// The address of a link.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names that are there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, A: Into<String>> FromIterator<(N, A)> for Links {
    fn from_iter<I: IntoIterator<Item = (N, A)>>(links: I) -> Self {
        Self(links.into_iter().map(|(name, address)| (name.into(), address.into())).collect())
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[derive(Serialize)]
struct Sent<'a> {
    href: &'a str,
}

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, href)| (name, Sent { href })))
    }
}

/// One link: its address, if it has one.
struct Received(Option<String>);

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
                Ok(Received(Some(href.to_owned()).filter(|href| !href.is_empty())))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Received, A::Error> {
                let mut href = None;
                while let Some(name) = members.next_key::<Cow<'de, str>>()? {
                    if name == "href" {
                        href = members.next_value::<Option<String>>()?.filter(|href| !href.is_empty());
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Received(href))
            }
        }
        deserializer.deserialize_any(Link)
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let links: BTreeMap<String, Received> = crate::reading::or_default(deserializer)?;
        Ok(Self(links.into_iter().filter_map(|(name, link)| Some((name, link.0?))).collect()))
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
    fn debug_shows_names_and_no_address() {
        let links: Links =
            [("scaOAuth", "https://auth.example/connect/authorize?state=x")].into_iter().collect();
        assert_eq!(format!("{links:?}"), r#"{"scaOAuth"}"#);
    }
}
