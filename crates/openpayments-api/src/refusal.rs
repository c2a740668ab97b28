//! Reads refusals: which message codes and statuses mean what.

use std::time::Duration;

use bytes::Bytes;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use openpayments_model::message::{OAuthError, TppMessage};
use serde::Deserialize;

use crate::answer::is_json;
use crate::{ApiError, ApiErrorKind};

/// What an answer outside 2xx and 3xx means. Codes count first, the status where no code decides.
pub(crate) fn refusal(response: &Response<Bytes>) -> ApiError {
    let status = response.status();
    let messages = if is_json(response) { messages(response.body()) } else { Vec::new() };
    let kind = kind(response, status, &messages);
    ApiError::new(kind, status).with_messages(messages).with_retry_after(retry_after(response))
}

fn kind(response: &Response<Bytes>, status: StatusCode, messages: &[TppMessage]) -> ApiErrorKind {
    if status == StatusCode::UNAUTHORIZED && names_invalid_token(response) {
        return ApiErrorKind::TokenRejected;
    }
    // Swedbank answers so when older transactions are asked for; it has no code for it (platform docs, bank pages).
    let wants_sca = |message: &TppMessage| {
        message.text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("requires sca"))
    };
    if status == StatusCode::UNAUTHORIZED && messages.iter().any(wants_sca) {
        return ApiErrorKind::ScaRequired;
    }
    messages.iter().find_map(|message| by_code(&message.code, status)).unwrap_or_else(|| by_status(status))
}

/// What a code means, whatever the status: banks pair them in ways the standard does not. Only a token code needs its
/// status, since it alone leads to a resend.
fn by_code(code: &str, status: StatusCode) -> Option<ApiErrorKind> {
    Some(match code {
        "TOKEN_UNKNOWN" | "TOKEN_INVALID" | "TOKEN_EXPIRED" if status == StatusCode::UNAUTHORIZED => {
            ApiErrorKind::TokenRejected
        }
        "FORMAT_ERROR"
        | "PARAMETER_NOT_CONSISTENT"
        | "PARAMETER_NOT_SUPPORTED"
        | "TIMESTAMP_INVALID"
        | "PERIOD_INVALID"
        | "EXECUTION_DATE_INVALID"
        | "REFERENCE_MIX_INVALID"
        | "CARD_INVALID"
        | "PAYMENT_FAILED"
        | "RESOURCE_UNKNOWN"
        | "RESOURCE_EXPIRED"
        | "RESOURCE_BLOCKED"
        | "PSU_CREDENTIALS_INVALID"
        | "CORPORATE_ID_INVALID"
        | "TOKEN_UNKNOWN"
        | "TOKEN_INVALID"
        | "TOKEN_EXPIRED" => ApiErrorKind::Refused,
        "SERVICE_INVALID"
        | "SERVICE_BLOCKED"
        | "PRODUCT_INVALID"
        | "PRODUCT_UNKNOWN"
        | "SESSIONS_NOT_SUPPORTED"
        | "NO_PIIS_ACTIVATION"
        | "REQUESTED_FORMATS_INVALID" => ApiErrorKind::Unsupported,
        "SCA_METHOD_UNKNOWN" => ApiErrorKind::MethodUnknown,
        "CONSENT_UNKNOWN" | "CONSENT_INVALID" => ApiErrorKind::ConsentInvalid,
        "CONSENT_EXPIRED" => ApiErrorKind::ConsentExpired,
        "CANCELLATION_INVALID" | "STATUS_INVALID" | "REFERENCE_STATUS_INVALID" | "CONFLICT" => {
            ApiErrorKind::Conflict
        }
        "ACCESS_EXCEEDED" => ApiErrorKind::QuotaExhausted,
        "CERTIFICATE_INVALID"
        | "CERTIFICATE_EXPIRED"
        | "CERTIFICATE_BLOCKED"
        | "CERTIFICATE_REVOKE"
        | "CERTIFICATE_REVOKED"
        | "CERTIFICATE_MISSING"
        | "SIGNATURE_INVALID"
        | "SIGNATURE_MISSING"
        | "REQUIRED_KID_MISSING" => ApiErrorKind::Certificate,
        "invalid_client" | "unauthorized_client" => ApiErrorKind::InvalidClient,
        "invalid_scope" => ApiErrorKind::InvalidScope,
        "invalid_grant" => ApiErrorKind::InvalidGrant,
        _ => return None,
    })
}

fn by_status(status: StatusCode) -> ApiErrorKind {
    match status.as_u16() {
        403 => ApiErrorKind::Forbidden,
        405 | 406 | 415 => ApiErrorKind::Unsupported,
        409 => ApiErrorKind::Conflict,
        429 => ApiErrorKind::RateLimited,
        408 | 500..=599 => ApiErrorKind::Unavailable,
        400..=499 => ApiErrorKind::Refused,
        _ => ApiErrorKind::Protocol,
    }
}

/// `WWW-Authenticate: Bearer error="invalid_token"` (RFC 6750 section 3.1).
fn names_invalid_token(response: &Response<Bytes>) -> bool {
    let named = |value: &http::HeaderValue| {
        let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
        value.starts_with("bearer") && value.contains(r#"error="invalid_token""#)
    };
    response.headers().get_all(WWW_AUTHENTICATE).iter().any(named)
}

/// Seconds to wait, when one plain number is given; a date or nonsense is ignored, more than a day is a day.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let mut values = response.headers().get_all(RETRY_AFTER).iter();
    let seconds: u64 = values.next()?.to_str().ok()?.trim().parse().ok()?;
    let only_one = values.next().is_none();
    only_one.then(|| Duration::from_secs(seconds.min(24 * 60 * 60)))
}

/// The forms an error body takes: the standard's, RFC 7807, a bare list (bank directory), OAuth.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Listed(Vec<TppMessage>),
    Standard {
        #[serde(rename = "tppMessages")]
        messages: Vec<TppMessage>,
    },
    Problem {
        code: String,
        #[serde(default)]
        detail: Option<String>,
        #[serde(default, rename = "additionalErrors")]
        additional: Vec<Additional>,
    },
    OAuth(OAuthError),
}

#[derive(Deserialize)]
struct Additional {
    code: String,
    #[serde(default)]
    detail: Option<String>,
}

fn messages(body: &[u8]) -> Vec<TppMessage> {
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        return Vec::new();
    };
    let mut messages = match body {
        Body::Listed(messages) | Body::Standard { messages } => messages,
        Body::Problem { code, detail, additional } => {
            let first = Additional { code, detail };
            std::iter::once(first).chain(additional).map(TppMessage::from).collect()
        }
        Body::OAuth(error) => vec![TppMessage::error(error.error)],
    };
    messages.truncate(32);
    for message in &mut messages {
        for text in
            [Some(&mut message.code), message.path.as_mut(), message.text.as_mut()].into_iter().flatten()
        {
            shorten(text);
        }
    }
    messages
}

impl From<Additional> for TppMessage {
    fn from(problem: Additional) -> Self {
        let mut message = Self::error(problem.code);
        message.text = problem.detail;
        message
    }
}

/// Keeps at most 2 KiB of a text that came from outside.
fn shorten(text: &mut String) {
    if text.len() > 2048 {
        let end = (0..=2048).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> ApiError {
        let response = Response::builder()
            .status(status)
            .header("content-type", content_type)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        refusal(&response)
    }

    fn with_code(status: u16, code: &str) -> ApiErrorKind {
        let body = format!(r#"{{"tppMessages":[{{"category":"ERROR","code":"{code}"}}]}}"#);
        answer(status, "application/json", &body).kind()
    }

    #[test]
    fn a_code_decides_whatever_the_status() {
        for (code, kind) in [
            ("FORMAT_ERROR", ApiErrorKind::Refused),
            ("PRODUCT_INVALID", ApiErrorKind::Unsupported),
            ("CONSENT_EXPIRED", ApiErrorKind::ConsentExpired),
            ("CONSENT_UNKNOWN", ApiErrorKind::ConsentInvalid),
            ("ACCESS_EXCEEDED", ApiErrorKind::QuotaExhausted),
            ("CERTIFICATE_EXPIRED", ApiErrorKind::Certificate),
            ("STATUS_INVALID", ApiErrorKind::Conflict),
            ("SCA_METHOD_UNKNOWN", ApiErrorKind::MethodUnknown),
        ] {
            for status in [400, 401, 403, 404, 405, 409, 429] {
                assert_eq!(with_code(status, code), kind, "{code} with {status}");
            }
        }
    }

    #[test]
    fn t7_t8_only_a_token_code_with_401_rejects_the_token() {
        for code in ["TOKEN_UNKNOWN", "TOKEN_INVALID", "TOKEN_EXPIRED"] {
            assert_eq!(with_code(401, code), ApiErrorKind::TokenRejected);
            assert_eq!(with_code(400, code), ApiErrorKind::Refused);
        }
        for code in
            ["CONSENT_INVALID", "PSU_CREDENTIALS_INVALID", "CERTIFICATE_MISSING", "SIGNATURE_INVALID", "NEW"]
        {
            assert_ne!(with_code(401, code), ApiErrorKind::TokenRejected, "{code}");
        }
        let sca = r#"{"tppMessages":[{"category":"ERROR","code":"X","text":"Statement requires SCA"}]}"#;
        assert_eq!(answer(401, "application/json", sca).kind(), ApiErrorKind::ScaRequired);
    }

    #[test]
    fn without_a_code_the_status_decides() {
        for (status, kind) in [
            (400, ApiErrorKind::Refused),
            (401, ApiErrorKind::Refused),
            (403, ApiErrorKind::Forbidden),
            (404, ApiErrorKind::Refused),
            (405, ApiErrorKind::Unsupported),
            (408, ApiErrorKind::Unavailable),
            (429, ApiErrorKind::RateLimited),
            (503, ApiErrorKind::Unavailable),
        ] {
            assert_eq!(answer(status, "text/html", "<html>").kind(), kind, "{status}");
        }
    }

    #[test]
    fn every_form_of_an_error_body_is_read() {
        let cases = [
            ("application/json", r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#),
            ("application/json", r#"[{"category":"ERROR","code":"FORMAT_ERROR"}]"#),
            ("application/problem+json", r#"{"type":"about:blank","code":"FORMAT_ERROR","detail":"x"}"#),
        ];
        for (content_type, body) in cases {
            assert_eq!(answer(400, content_type, body).messages()[0].code, "FORMAT_ERROR", "{body}");
        }
        let oauth = answer(400, "application/json", r#"{"error":"invalid_scope"}"#);
        assert_eq!(oauth.kind(), ApiErrorKind::InvalidScope);
    }

    #[test]
    fn i081_a_flood_of_messages_is_cut() {
        let one = format!(r#"{{"category":"ERROR","code":"X","text":"{}"}}"#, "å".repeat(4000));
        let body = format!(r#"{{"tppMessages":[{}]}}"#, vec![one; 100].join(","));
        let error = answer(400, "application/json", &body);
        assert_eq!(error.messages().len(), 32);
        assert!(error.messages()[0].text.as_ref().unwrap().len() <= 2048);
    }

    #[test]
    fn k4_no_word_of_the_bank_is_in_the_error_text() {
        let body = r#"{"tppMessages":[{"category":"ERROR","code":"ANNA ANDERSSON 19121212","text":"Anna"}]}"#;
        let error = answer(400, "application/json", body);
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("ANNA") && !shown.contains("Anna"), "{shown}");
        }
    }

    #[test]
    fn i049_only_a_plain_wait_is_believed() {
        let wait = |values: &[&str]| {
            let mut response = Response::builder().status(429);
            for value in values {
                response = response.header("retry-after", *value);
            }
            refusal(&response.body(Bytes::new()).unwrap()).retry_after()
        };
        assert_eq!(wait(&["7"]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&["99999999"]), Some(Duration::from_hours(24)));
        for odd in [&["-1"][..], &["soon"], &["1", "2"], &["Mon, 23 Nov 2020 00:00:00 GMT"], &[]] {
            assert_eq!(wait(odd), None, "{odd:?}");
        }
    }
}
