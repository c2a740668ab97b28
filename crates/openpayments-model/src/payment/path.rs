//! Where a payment lives: service, product, id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::identifier::PaymentId;
use crate::{InvalidValue, Rule};

/// Whether one payment is made, one is repeated, or many are sent together: the first path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaymentService {
    /// One payment, `payments`.
    Single,
    /// A standing order, `periodic-payments`.
    Periodic,
    /// Many from one account, `bulk-payments`.
    Bulk,
}

impl PaymentService {
    /// The path segment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "payments",
            Self::Periodic => "periodic-payments",
            Self::Bulk => "bulk-payments",
        }
    }
}

/// By which rails money goes: the second path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaymentProduct {
    /// Within a country, not in euro: `domestic`.
    Domestic,
    /// In euro within the SEPA area: `sepa-credit-transfers`.
    SepaCreditTransfers,
    /// Across borders: `international`.
    International,
    /// To a Swedish bankgiro or plusgiro number: `swedish-giro`.
    SwedishGiro,
}

impl PaymentProduct {
    /// Every product.
    pub const ALL: [Self; 4] =
        [Self::Domestic, Self::SepaCreditTransfers, Self::International, Self::SwedishGiro];

    /// The path segment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domestic => "domestic",
            Self::SepaCreditTransfers => "sepa-credit-transfers",
            Self::International => "international",
            Self::SwedishGiro => "swedish-giro",
        }
    }
}

impl fmt::Display for PaymentProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PaymentProduct {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let rule = Rule::Form("domestic, sepa-credit-transfers, international or swedish-giro");
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(InvalidValue::new("paymentProduct", rule))
    }
}

impl Serialize for PaymentProduct {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PaymentProduct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::reading::str(deserializer)?.parse().map_err(|e| crate::reading::refused(&e))
    }
}

/// The two path segments of a payment: `payments/domestic` for example. `Display` and serde use that form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentPath {
    service: PaymentService,
    product: PaymentProduct,
}

impl PaymentPath {
    /// A single payment within a country, not in euro.
    pub const DOMESTIC: Self = Self::new(PaymentService::Single, PaymentProduct::Domestic);

    /// A service and a product. Which pairs a bank takes is up to the bank.
    pub const fn new(service: PaymentService, product: PaymentProduct) -> Self {
        Self { service, product }
    }

    /// `payments`, `periodic-payments` or `bulk-payments`.
    pub const fn service(self) -> &'static str {
        self.service.as_str()
    }

    /// `domestic`, `sepa-credit-transfers`, `international` or `swedish-giro`.
    pub const fn product(self) -> &'static str {
        self.product.as_str()
    }

    /// The service.
    pub const fn payment_service(self) -> PaymentService {
        self.service
    }

    /// The product.
    pub const fn payment_product(self) -> PaymentProduct {
        self.product
    }
}

impl fmt::Display for PaymentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service(), self.product())
    }
}

impl FromStr for PaymentPath {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        const SERVICES: [PaymentService; 3] =
            [PaymentService::Single, PaymentService::Periodic, PaymentService::Bulk];
        let found = text.split_once('/').and_then(|(service, product)| {
            Some(Self {
                service: SERVICES.into_iter().find(|known| known.as_str() == service)?,
                product: product.parse().ok()?,
            })
        });
        found.ok_or(InvalidValue::new("paymentPath", Rule::Form("payments/domestic")))
    }
}

impl Serialize for PaymentPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaymentPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::reading::str(deserializer)?.parse().map_err(|e| crate::reading::refused(&e))
    }
}

/// A payment that was created: its id and the path it lives under. It serialises, so that it can be kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PaymentRef {
    /// Where it was sent.
    pub path: PaymentPath,
    /// Its id.
    pub id: PaymentId,
}

impl PaymentRef {
    /// The cancellation of this payment, which some banks want signed.
    pub fn cancellation(&self) -> CancellationRef {
        CancellationRef { payment: self.clone() }
    }
}

/// The cancellation of a payment, as something that is signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CancellationRef {
    /// The payment that is cancelled.
    pub payment: PaymentRef,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_can_be_kept_and_read_back() {
        let payment = PaymentRef {
            path: PaymentPath::new(PaymentService::Bulk, PaymentProduct::SepaCreditTransfers),
            id: PaymentId::parse("p-1").unwrap(),
        };
        let json = serde_json::to_string(&payment).unwrap();
        assert_eq!(json, r#"{"path":"bulk-payments/sepa-credit-transfers","id":"p-1"}"#);
        assert_eq!(serde_json::from_str::<PaymentRef>(&json).unwrap(), payment);
        for text in ["", "payments", "payments/gold", "salaries/domestic", "payments/domestic/x"] {
            assert!(text.parse::<PaymentPath>().is_err(), "{text}");
        }
    }
}
