//! Authorisations: how a PSU signs a consent or a payment.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::identifier::{AuthorisationId, ScaMethodId};
use crate::link::Links;
use crate::mask::Hidden;
use crate::message::TppMessage;
use crate::status::ScaStatus;

open_enum! {
    /// How the PSU meets the bank, from the answer header `ASPSP-SCA-Approach`. OAuth counts as redirect.
    pub enum ScaApproach {
        /// The PSU goes to the bank's page and comes back.
        Redirect = "REDIRECT",
        /// The PSU stays here and signs in an app.
        Decoupled = "DECOUPLED",
        /// The PSU's bank credentials pass through us. Not supported.
        Embedded = "EMBEDDED",
    }
}

open_enum! {
    /// The kind of a method. Banks use it loosely as a label for BankID variants; the method's id says more.
    pub enum AuthenticationType {
        /// A code by text message.
        SmsOtp = "SMS_OTP",
        /// A chip, or BankID on this device.
        ChipOtp = "CHIP_OTP",
        /// A picture, or BankID by QR code.
        PhotoOtp = "PHOTO_OTP",
        /// A push message.
        PushOtp = "PUSH_OTP",
    }
}

/// A way to sign that the bank offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ScaMethod {
    /// Its kind.
    pub authentication_type: AuthenticationType,
    /// Its id, by which it is chosen.
    pub authentication_method_id: ScaMethodId,
    /// Name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Explanation to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// The answer to starting an authorisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StartedAuthorisation {
    /// Where it stands.
    pub sca_status: ScaStatus,
    /// Its id.
    pub authorisation_id: AuthorisationId,
    /// Ways to sign to choose from.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub sca_methods: Vec<ScaMethod>,
    /// The way that is already chosen, if the bank chose.
    #[serde(default)]
    pub chosen_sca_method: Option<ScaMethod>,
    /// What to show, if a way is already chosen.
    #[serde(default)]
    pub challenge_data: Option<ChallengeData>,
    /// Text to show to the PSU.
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Where to go next.
    #[serde(rename = "_links", default)]
    pub links: Links,
}

/// The answer to choosing a method.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SelectedMethod {
    /// Where the authorisation stands.
    pub sca_status: ScaStatus,
    /// The chosen way.
    #[serde(default)]
    pub chosen_sca_method: Option<ScaMethod>,
    /// What to show, when the PSU stays here.
    #[serde(default)]
    pub challenge_data: Option<ChallengeData>,
    /// Text to show to the PSU.
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Where to go next: `scaOAuth` or `scaRedirect`, when the PSU goes to the bank.
    #[serde(rename = "_links", default)]
    pub links: Links,
    /// Errors and warnings.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub tpp_messages: Vec<TppMessage>,
}

/// The answer to asking where an authorisation stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ScaState {
    /// Where it stands.
    pub sca_status: ScaStatus,
    /// What to show while it is pending; changes with every round and, for animated codes, every second.
    #[serde(default)]
    pub challenge_data: Option<ChallengeData>,
    /// Text to show to the PSU.
    #[serde(default, alias = "message")]
    pub psu_message: Option<String>,
    /// Why it failed, or that another signer is needed.
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pub tpp_messages: Vec<TppMessage>,
}

/// What the PSU needs to sign: a token or a picture.
///
/// It can start a signature in the PSU's name, so it lives in memory only: not serialised, not shown in `Debug`,
/// wiped when dropped.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChallengeData {
    /// Tokens; the first one counts. Sent as text by some and as a list by others.
    #[serde(default, deserialize_with = "secrets")]
    pub data: Vec<SecretString>,
    /// A ready picture: base64, a data URI or a URL.
    #[serde(default)]
    pub image: Option<SecretString>,
    /// Text that must be shown to the PSU.
    #[serde(default)]
    pub additional_information: Option<String>,
}

impl ChallengeData {
    /// The token that counts.
    pub fn token(&self) -> Option<&SecretString> {
        self.data.first().filter(|token| !token.expose_secret().is_empty())
    }
}

impl fmt::Debug for ChallengeData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChallengeData({Hidden:?})")
    }
}

fn secrets<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<SecretString>, D::Error> {
    Ok(crate::reading::one_or_many(deserializer)?.into_iter().map(SecretString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i072_a_challenge_comes_as_text_or_as_a_list() {
        for (json, count) in [
            (r#"{"data":"token"}"#, 1),
            (r#"{"data":["token","later"]}"#, 2),
            (r#"{"data":[]}"#, 0),
            (r#"{"data":null}"#, 0),
            ("{}", 0),
        ] {
            let challenge: ChallengeData = serde_json::from_str(json).unwrap();
            assert_eq!(challenge.data.len(), count, "{json}");
            assert_eq!(challenge.token().is_some(), count > 0);
        }
        assert!(serde_json::from_str::<ChallengeData>(r#"{"data":[1,2]}"#).is_err());
    }
}
