//! How PSUs sign at a bank.

use openpayments_model::authorisation::AuthenticationType;
use openpayments_model::status::ScaStatus;
use serde::{Deserialize, Deserializer, Serialize};

/// How a PSU gets to the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approach {
    /// Through the browser and back.
    Redirect,
    /// On a device of his own, while the client polls.
    Decoupled,
}

/// A way to sign that the PSU chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Method {
    /// Its id (`authenticationMethodId`).
    pub id: String,
    /// Its kind (`authenticationType`).
    #[serde(rename = "type", deserialize_with = "known_kind")]
    pub kind: AuthenticationType,
    /// Its name, to show.
    pub name: String,
    /// What its challenge is.
    pub challenge: Challenge,
}

/// What `challengeData` carries for a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Challenge {
    /// The token that starts the app.
    AutostartToken,
    /// The text of a QR code that is another one each second.
    AnimatedQr,
    /// A picture of a QR code, another one each second.
    AnimatedQrPicture,
}

/// One stage of a decoupled authorisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Step {
    /// The `scaStatus` meanwhile.
    #[serde(deserialize_with = "running_status")]
    pub status: ScaStatus,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// Whether it is there only when money goes to a recipient that the PSU has not paid before.
    #[serde(default)]
    pub new_recipient: bool,
}

/// What a stage waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsFor {
    /// The PSU, in an app that is opened with the challenge the client gets.
    Challenge,
    /// The PSU, in an app he opens by himself: the client gets no challenge and says so to him.
    App,
    /// Nobody: it passes.
    Nobody,
}

/// How long the PSU has to open the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct StartWindow {
    /// So many seconds.
    pub seconds: u32,
    /// From when on.
    pub from: WindowStart,
}

/// What begins a start window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowStart {
    /// The choice of the method.
    Method,
    /// The start of the authorisation.
    Authorisation,
}

fn known_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AuthenticationType, D::Error> {
    let text = String::deserialize(deserializer)?;
    let known = AuthenticationType::KNOWN;
    known.iter().find(|it| it.as_str() == text).cloned().ok_or_else(|| {
        let allowed: Vec<&str> = known.iter().map(AuthenticationType::as_str).collect();
        serde::de::Error::custom(format!("unknown type `{text}`, expected one of {}", allowed.join(", ")))
    })
}

fn running_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ScaStatus, D::Error> {
    let text = String::deserialize(deserializer)?;
    let running = || ScaStatus::KNOWN.iter().filter(|status| !status.is_final());
    running().find(|it| it.as_str() == text).cloned().ok_or_else(|| {
        let allowed: Vec<&str> = running().map(ScaStatus::as_str).collect();
        serde::de::Error::custom(format!("unknown status `{text}`, expected one of {}", allowed.join(", ")))
    })
}
