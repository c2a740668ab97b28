//! Authorisations: how a PSU signs a consent or a payment.

mod challenge;

use serde::{Deserialize, Serialize};

pub use self::challenge::{ChallengeData, ChallengeImage, OtpFormat};
use crate::identifier::{AuthorisationId, ScaMethodId};
use crate::link::Links;
use crate::message::{self, TppMessage};
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
    /// Version of the kind, where the bank tells several apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_version: Option<String>,
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
    /// Errors and warnings.
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl StartedAuthorisation {
    /// What should be known although it succeeded.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

/// The answer to choosing a method.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SelectedMethod {
    /// Where the authorisation stands. The platform's file lets an answer leave it out: then it is unknown and empty,
    /// and asking for the status tells.
    #[serde(default = "not_told")]
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
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl SelectedMethod {
    /// What should be known although it was answered.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

fn not_told() -> ScaStatus {
    ScaStatus::from("")
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
    #[serde(default, deserialize_with = "crate::reading::messages")]
    pub tpp_messages: Vec<TppMessage>,
}

impl ScaState {
    /// What should be known although it was answered.
    pub fn warnings(&self) -> impl Iterator<Item = &TppMessage> {
        message::warnings(&self.tpp_messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_method_does_not_hide_the_others() {
        let started: StartedAuthorisation = serde_json::from_str(
            r#"{"scaStatus":"received","authorisationId":"a","_links":{},"scaMethods":[
                {"authenticationType":"PUSH_DEC","authenticationMethodId":""},
                {"authenticationType":"PUSH_DEC","authenticationMethodId":"mbid"}]}"#,
        )
        .unwrap();
        let ids: Vec<_> =
            started.sca_methods.iter().map(|method| method.authentication_method_id.as_str()).collect();
        assert_eq!(ids, ["", "mbid"]);
    }

    #[test]
    fn a_chosen_method_without_a_status_is_an_unknown_status_that_ends_nothing() {
        let selected: SelectedMethod = serde_json::from_str(r#"{"psuMessage":"Open the app."}"#).unwrap();
        assert_eq!(selected.sca_status.as_str(), "");
        assert!(!selected.sca_status.is_final());
    }
}
