//! Ids that the platform hands out, one type each so that no two can be swapped.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::mask::Tail;
use crate::{InvalidValue, Rule};

/// An opaque id that can stand as one segment of a path: not empty, not only dots, at most 256 bytes, no controls.
fn opaque(field: &'static str, text: &str) -> Result<Arc<str>, InvalidValue> {
    if text.trim().is_empty() {
        return Err(InvalidValue::new(field, Rule::Empty));
    }
    if text.len() > 256 {
        return Err(InvalidValue::new(field, Rule::TooLong(256)));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidValue::new(field, Rule::Character));
    }
    if matches!(text, "." | "..") {
        return Err(InvalidValue::new(field, Rule::Form("an id, not a dot segment")));
    }
    Ok(text.into())
}

/// Writes one id type, which is shared and not copied when it is cloned: `parse`, `as_str`, `Display`, serde. `Debug` shows the last four characters.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $field:literal) => {
        kept_id!($(#[$meta])* $name, $field);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&crate::reading::str(deserializer)?).map_err(|e| crate::reading::refused(&e))
            }
        }
    };
}

/// The same without `Deserialize`.
macro_rules! kept_id {
    ($(#[$meta:meta])* $name:ident, $field:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads an id as the platform handed it out; it is not interpreted.
            ///
            /// # Errors
            /// [`Rule::Empty`], [`Rule::TooLong`] over 256 bytes, [`Rule::Character`] with control characters,
            /// [`Rule::Form`] for `.` and `..`.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                opaque($field, text).map(Self)
            }

            /// The id as it was handed out.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), Tail(&self.0))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidValue;
            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

id!(
    /// A consent.
    ConsentId,
    "consentId"
);
id!(
    /// A payment.
    PaymentId,
    "paymentId"
);
id!(
    /// A signing basket: payments, or consents, that are signed at once.
    BasketId,
    "basketId"
);
id!(
    /// One authorisation of a consent, a payment or a basket.
    AuthorisationId,
    "authorisationId"
);
id!(
    /// An account as a consent names it (`resourceId`); constant for the lifetime of the consent.
    AccountId,
    "resourceId"
);
id!(
    /// A transaction whose details can be asked for.
    TransactionId,
    "transactionId"
);
id!(
    /// A city of the bank directory.
    CityId,
    "cityId"
);
id!(
    /// A bank under the roof of another (`X-AffiliatedASPSP-ID`), such as a savings bank.
    AffiliatedAspspId,
    "affiliatedAspspId"
);
kept_id!(
    /// A way to sign that a bank offers (`authenticationMethodId`), at most 35 characters. It never stands in a path, so
    /// what a bank offers is kept whatever it is: one odd method does not hide the others.
    ScaMethodId,
    "authenticationMethodId"
);

impl<'de> Deserialize<'de> for ScaMethodId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::reading::str(deserializer).map(|text| Self(text.as_ref().into()))
    }
}

/// The `X-Request-ID` of one attempt: a UUID that the platform echoes and logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(uuid::Uuid);

impl RequestId {
    /// Uses a UUID, for example the one that came with a request of your own client.
    pub fn new(uuid: uuid::Uuid) -> Self {
        Self(uuid)
    }

    /// Makes a version 4 UUID of 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The UUID.
    pub fn uuid(&self) -> uuid::Uuid {
        self.0
    }
}

impl std::str::FromStr for RequestId {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse().map(Self).map_err(|_| InvalidValue::new("X-Request-ID", Rule::Form("a UUID")))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i029_what_cannot_be_one_path_segment_is_no_id() {
        for text in ["", "  ", ".", "..", "a\nb", &"x".repeat(257)] {
            assert!(ConsentId::parse(text).is_err());
        }
        for text in ["../../token", "a/b", "%2e%2e", "?x=1", "#"] {
            assert!(ConsentId::parse(text).is_ok(), "{text} is percent-encoded when it is used");
        }
    }

    #[test]
    fn a_random_request_id_is_a_version_4_uuid() {
        assert_eq!(RequestId::from_random([0xff; 16]).uuid().get_version_num(), 4);
    }
}
