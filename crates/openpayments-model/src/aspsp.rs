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
    /// An id of the platform's own; most answers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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
    /// Its country's id; the platform's file has it in place of the letters, its answers do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_id: Option<String>,
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
    /// An id of the platform's own; most answers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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
    /// An id of the platform's own; most answers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub global_payment_products: Vec<String>,
    /// Ways to authorise it announces. Only the answer to the choice of a method decides.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub supported_authorization_methods: Vec<AuthorizationMethod>,
    /// Banks under its roof, such as savings banks.
    #[serde(default, deserialize_with = "crate::reading::or_default", skip_serializing_if = "Vec::is_empty")]
    pub affiliated_aspsps: Vec<AffiliatedAspsp>,
    /// What it can do for payments.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub payment_initiation: PaymentCapabilities,
    /// Members this version has no name for, as they came: what the bank can do for account information among them.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl Aspsp {
    /// How many days of transactions the bank gives (`transactionHistoryMaxDays`). The platform's docs name the member
    /// and not the object it stands in, so it is looked for one level deep.
    pub fn transaction_history_max_days(&self) -> Option<u64> {
        const NAME: &str = "transactionHistoryMaxDays";
        let nested = self.other.values().filter_map(|value| value.get(NAME));
        self.other.get(NAME).into_iter().chain(nested).find_map(serde_json::Value::as_u64)
    }

    /// Whether the bank announces that PSUs can sign in an app without leaving. Only the answer to the choice of a
    /// method decides.
    pub fn announces_decoupled(&self) -> bool {
        self.supported_authorization_methods
            .iter()
            .any(|method| method.uri.is_empty() || method.name.eq_ignore_ascii_case("decoupled"))
    }
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
    #[serde(
        default,
        deserialize_with = "crate::reading::truth_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub signing_baskets_supported: Option<bool>,
    /// How many payments a basket may hold.
    #[serde(
        default,
        deserialize_with = "crate::reading::whole_number_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub signing_basket_limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_is_read_with_all_the_directory_has_and_with_next_to_nothing() {
        let json = r#"{"bicFi":"ESSESESS","name":"SEB ","globalPaymentProducts":["domestic"],
            "supportedAuthorizationMethods":[{"name":"Decoupled","uri":""}],"affiliatedAspsps":null,
            "paymentInitiation":{"signingBasketsSupported":true,"signingBasketLimit":100},
            "accountInformation":{"transactionHistoryMaxDays":760}}"#;
        let bank: Aspsp = serde_json::from_str(json).unwrap();
        assert_eq!(bank.name, "SEB ");
        assert!(bank.announces_decoupled());
        assert_eq!(bank.payment_initiation.signing_basket_limit, Some(100));
        assert_eq!(bank.transaction_history_max_days(), Some(760));
        let again: Aspsp = serde_json::from_str(&serde_json::to_string(&bank).unwrap()).unwrap();
        assert_eq!(again, bank);
        let bare: Aspsp =
            serde_json::from_str(r#"{"bicFi":"ESSESESS","name":"SEB","paymentInitiation":{}}"#).unwrap();
        assert_eq!(bare.transaction_history_max_days(), None);
    }
}
