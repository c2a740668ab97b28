//! Which way to sign is taken. Never simply the first in the list.

use openpayments_model::authorisation::ScaMethod;
use openpayments_model::identifier::ScaMethodId;

/// What the caller prefers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MethodPreference {
    /// Ask, unless there is only one.
    #[default]
    Ask,
    /// BankID on the device the PSU uses now, by link.
    ThisDevice,
    /// BankID on another device, by QR code.
    OtherDevice,
    /// This one and no other.
    Method(ScaMethodId),
}

/// BankID's methods by their ids, best first (order of the platform's own clients).
const THIS_DEVICE: [&str; 2] = ["mbid_same_device", "mbid"];
const OTHER_DEVICE: [&str; 4] =
    ["mbid_animated_qr_token", "mbid_animated_qr_image", "mbid", "mbid_same_device"];

/// The device that a method, or a preference where the method leaves it open, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    This,
    Other,
    Either,
}

impl MethodPreference {
    /// The way that the preference settles on, if it does.
    pub(crate) fn settle<'a>(&self, methods: &'a [ScaMethod]) -> Option<&'a ScaMethod> {
        let named = |id: &str| methods.iter().find(|method| method.authentication_method_id.as_str() == id);
        let best = match self {
            Self::Ask => None,
            Self::ThisDevice => THIS_DEVICE.into_iter().find_map(named),
            Self::OtherDevice => OTHER_DEVICE.into_iter().find_map(named),
            Self::Method(id) => return named(id.as_str()),
        };
        best.or(match methods {
            [only] => Some(only),
            _ => None,
        })
    }

    pub(crate) fn device(&self) -> Device {
        match self {
            Self::ThisDevice => Device::This,
            Self::OtherDevice => Device::Other,
            Self::Ask | Self::Method(_) => Device::Either,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods(ids: &[&str]) -> Vec<ScaMethod> {
        let one =
            |id: &&str| serde_json::json!({"authenticationType": "PUSH_OTP", "authenticationMethodId": id});
        serde_json::from_value(ids.iter().map(one).collect()).unwrap()
    }

    fn settled(preference: &MethodPreference, ids: &[&str]) -> Option<String> {
        preference.settle(&methods(ids)).map(|method| method.authentication_method_id.to_string())
    }

    #[test]
    fn a13_a_way_to_sign_is_chosen_by_preference_never_by_its_place() {
        let all = ["unknown", "mbid", "mbid_same_device", "mbid_animated_qr_token"];
        assert_eq!(settled(&MethodPreference::OtherDevice, &all).unwrap(), "mbid_animated_qr_token");
        assert_eq!(settled(&MethodPreference::ThisDevice, &all).unwrap(), "mbid_same_device");
        assert_eq!(settled(&MethodPreference::Ask, &all), None);
        assert_eq!(settled(&MethodPreference::OtherDevice, &["app", "card"]), None);
        assert_eq!(settled(&MethodPreference::Ask, &["app"]).unwrap(), "app");
    }

    #[test]
    fn i139_a_way_that_is_not_offered_is_not_taken() {
        let wanted = MethodPreference::Method(ScaMethodId::parse("mbid").unwrap());
        assert_eq!(settled(&wanted, &["app"]), None);
    }
}
