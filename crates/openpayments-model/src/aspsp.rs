//! The bank directory: countries, cities and banks (ASPSPs).

use serde::{Deserialize, Serialize};

use crate::BicFi;
use crate::identifier::{AffiliatedAspspId, CityId};

/// A country the platform reaches. `UK` stands for the United Kingdom, not the ISO code `GB`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Country {
    /// Two letters, by ISO 3166 with the exception above.
    pub iso_country_code: String,
    /// English name, at most 140 characters.
    pub name: String,
}

/// A city in which banks of the directory have their seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct City {
    /// Its id, a UUID.
    pub city_id: CityId,
    /// Its name.
    pub name: String,
    /// Its country's two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iso_country_code: Option<String>,
}

/// A bank as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AspspSummary {
    /// Its BIC, by which every later call selects it.
    pub bic_fi: BicFi,
    /// Its name; may end in a blank, as sent.
    pub name: String,
    /// Where its logo is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
}

/// A bank in full. All but BIC and name may be absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Aspsp {
    /// Its BIC.
    pub bic_fi: BicFi,
    /// Its name.
    pub name: String,
    /// Where its logo is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// City of its seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country of its seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Postal code, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Street and number, at most 140 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Organisation number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_number: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    /// Payment products it offers, such as `domestic`.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub global_payment_products: Vec<String>,
    /// Ways to authorise it announces. Only the answer to the choice of a method decides.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub supported_authorization_methods: Vec<AuthorizationMethod>,
    /// Banks under its roof, such as savings banks.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub affiliated_aspsps: Vec<AffiliatedAspsp>,
    /// What it can do for payments.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub payment_initiation: PaymentCapabilities,
}

/// A way to authorise that a bank announces: `OAuth2` with the address of a discovery document, or `Decoupled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthorizationMethod {
    /// `OAuth2`, `Decoupled` or another word.
    pub name: String,
    /// Address of the discovery document, or empty.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub uri: String,
}

/// A bank under the roof of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AffiliatedAspsp {
    /// What `X-AffiliatedASPSP-ID` carries.
    pub id: AffiliatedAspspId,
    /// Its name.
    pub name: String,
}

/// What a bank can do for payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentCapabilities {
    /// Whether many payments can be signed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_baskets_supported: Option<bool>,
    /// How many payments a basket may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_basket_limit: Option<u32>,
}
