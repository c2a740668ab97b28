//! What the headers of an answer tell beside its body.

use std::fmt;

use http::header::LOCATION;
use http::{HeaderMap, HeaderName};
use openpayments_model::authorisation::ScaApproach;

/// The headers of an answer that tell something beside its body.
///
/// `Debug` does not show the location: it names the thing that was created.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerHeaders {
    /// How the PSU meets the bank (`ASPSP-SCA-Approach`); none when it is absent, or there twice and not the same.
    pub sca_approach: Option<ScaApproach>,
    /// Where what was created is (`Location`); as it came, not checked.
    pub location: Option<String>,
}

impl AnswerHeaders {
    /// Those of an answer.
    pub fn of<B>(response: &http::Response<B>) -> Self {
        let headers = response.headers();
        let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
        Self { sca_approach: approach(headers).unwrap_or_default(), location: location.map(str::to_owned) }
    }
}

impl fmt::Debug for AnswerHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerHeaders")
            .field("sca_approach", &self.sca_approach)
            .field("location", &self.location.as_ref().map(|_| "…"))
            .finish()
    }
}

const APPROACH: HeaderName = HeaderName::from_static("aspsp-sca-approach");

/// Two different approaches: neither can be believed.
pub(crate) struct TwoApproaches;

/// The approach in either case of letters.
pub(crate) fn approach(headers: &HeaderMap) -> Result<Option<ScaApproach>, TwoApproaches> {
    let mut found = None;
    for value in headers.get_all(APPROACH) {
        let word = value.to_str().unwrap_or_default().trim();
        let known = ScaApproach::KNOWN.iter().find(|known| known.as_str().eq_ignore_ascii_case(word));
        let word = known.cloned().unwrap_or_else(|| ScaApproach::from(word.to_ascii_uppercase().as_str()));
        if found.as_ref().is_some_and(|earlier| *earlier != word) {
            return Err(TwoApproaches);
        }
        found = Some(word);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &str)]) -> AnswerHeaders {
        let mut response = http::Response::builder();
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        AnswerHeaders::of(&response.body(()).unwrap())
    }

    #[test]
    fn i046_i047_the_approach_is_read_in_either_case_and_once() {
        let name = "ASPSP-SCA-Approach";
        assert_eq!(of(&[]), AnswerHeaders::default());
        assert_eq!(of(&[(name, "decoupled")]).sca_approach, Some(ScaApproach::Decoupled));
        assert_eq!(of(&[(name, "OAUTH")]).sca_approach.unwrap().as_str(), "OAUTH");
        assert_eq!(of(&[(name, "REDIRECT"), (name, "REDIRECT")]).sca_approach, Some(ScaApproach::Redirect));
        assert_eq!(of(&[(name, "REDIRECT"), (name, "DECOUPLED")]).sca_approach, None);
    }

    #[test]
    fn a_location_is_kept_and_not_printed() {
        let headers = of(&[("Location", "/psd2/consent/v1/consents/secret")]);
        assert_eq!(headers.location.as_deref(), Some("/psd2/consent/v1/consents/secret"));
        assert!(!format!("{headers:?}").contains("secret"));
    }
}
