//! Reads refusals: which message codes and statuses mean what.

use std::time::Duration;

use bytes::Bytes;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use openpayments_model::message::{Problem, TppMessage};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::limits;
use crate::{ApiError, ApiErrorKind};

/// What an answer outside 2xx and 3xx means. Codes count first, the status where no code decides.
pub(crate) fn refusal(response: &Response<Bytes>) -> ApiError {
    let status = response.status();
    // Whatever the content type says: gateways get it wrong.
    let messages = std::str::from_utf8(response.body())
        .ok()
        .filter(|text| limits::check(text).is_ok())
        .map(messages)
        .unwrap_or_default();
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
    messages
        .iter()
        .find_map(|message| by_code(&message.code, status))
        .unwrap_or_else(|| by_status(status, !messages.is_empty()))
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
        | "TOKEN_EXPIRED"
        // The platform's own, not in the standard.
        | "AUTHENTICATION_SESSION_EXPIRED"
        | "AUTHORISATION_PENDING_API"
        | "BANKID_NOT_ACTIVATED"
        | "CREDITOR_ACCOUNT_FLAGGED"
        | "DAILY_LIMIT"
        | "PSU_RIGHTS_MISSING"
        | "TPP_KYC_INVALID" => ApiErrorKind::Refused,
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

/// A 403 without a code is how the platform refuses a token that is not for the call; one with a code of the bank's own
/// is the bank's refusal.
fn by_status(status: StatusCode, has_code: bool) -> ApiErrorKind {
    match status.as_u16() {
        403 if !has_code => ApiErrorKind::Forbidden,
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

/// The members an error body may have: OAuth's, the standard's, RFC 7807's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    tpp_messages: Value,
    #[serde(default)]
    code: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    detail: Value,
    #[serde(default)]
    additional_errors: Value,
}

/// The messages in a body of any form, at most 32; nothing when it has none of them.
pub(crate) fn messages(text: &str) -> Vec<TppMessage> {
    let body = text.trim_start();
    let mut messages = if body.starts_with('[') {
        // How the bank directory sends them.
        serde_json::from_str(body).map(listed).unwrap_or_default()
    } else {
        serde_json::from_str(body).map(of_object).unwrap_or_default()
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

fn of_object(body: Body) -> Vec<TppMessage> {
    if let Value::String(error) = body.error {
        return vec![TppMessage::error(error)];
    }
    let messages = listed(body.tpp_messages);
    if !messages.is_empty() || !body.code.is_string() {
        return messages;
    }
    let problem = json!({
        "code": body.code,
        "title": text_or_null(body.title),
        "detail": text_or_null(body.detail),
        "additionalErrors": further(body.additional_errors),
    });
    serde_json::from_value(problem).map(Problem::into_messages).unwrap_or_default()
}

/// What is no message is left out.
fn listed(value: Value) -> Vec<TppMessage> {
    let read = |value: Value| {
        let is_message = value.get("code").is_some_and(Value::is_string);
        serde_json::from_value(value).ok().filter(|_| is_message)
    };
    match value {
        Value::Array(list) => list.into_iter().filter_map(read).collect(),
        one => read(one).into_iter().collect(),
    }
}

fn text_or_null(value: Value) -> Value {
    if value.is_string() { value } else { Value::Null }
}

fn further(value: Value) -> Vec<Value> {
    let Value::Array(list) = value else {
        return Vec::new();
    };
    let has_code = |problem: &Value| problem.get("code").is_some_and(Value::is_string);
    list.into_iter().filter(has_code).collect()
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

    /// Every code of the platform's file and every one it has added since, with what it means.
    const CODES: &[(&str, ApiErrorKind)] = &[
        ("FORMAT_ERROR", ApiErrorKind::Refused),
        ("PARAMETER_NOT_CONSISTENT", ApiErrorKind::Refused),
        ("PARAMETER_NOT_SUPPORTED", ApiErrorKind::Refused),
        ("TIMESTAMP_INVALID", ApiErrorKind::Refused),
        ("PERIOD_INVALID", ApiErrorKind::Refused),
        ("EXECUTION_DATE_INVALID", ApiErrorKind::Refused),
        ("REFERENCE_MIX_INVALID", ApiErrorKind::Refused),
        ("CARD_INVALID", ApiErrorKind::Refused),
        ("PAYMENT_FAILED", ApiErrorKind::Refused),
        ("RESOURCE_UNKNOWN", ApiErrorKind::Refused),
        ("RESOURCE_EXPIRED", ApiErrorKind::Refused),
        ("RESOURCE_BLOCKED", ApiErrorKind::Refused),
        ("PSU_CREDENTIALS_INVALID", ApiErrorKind::Refused),
        ("CORPORATE_ID_INVALID", ApiErrorKind::Refused),
        ("SERVICE_INVALID", ApiErrorKind::Unsupported),
        ("SERVICE_BLOCKED", ApiErrorKind::Unsupported),
        ("PRODUCT_INVALID", ApiErrorKind::Unsupported),
        ("PRODUCT_UNKNOWN", ApiErrorKind::Unsupported),
        ("SESSIONS_NOT_SUPPORTED", ApiErrorKind::Unsupported),
        ("NO_PIIS_ACTIVATION", ApiErrorKind::Unsupported),
        ("REQUESTED_FORMATS_INVALID", ApiErrorKind::Unsupported),
        ("SCA_METHOD_UNKNOWN", ApiErrorKind::MethodUnknown),
        ("CONSENT_UNKNOWN", ApiErrorKind::ConsentInvalid),
        ("CONSENT_INVALID", ApiErrorKind::ConsentInvalid),
        ("CONSENT_EXPIRED", ApiErrorKind::ConsentExpired),
        ("CERTIFICATE_INVALID", ApiErrorKind::Certificate),
        ("CERTIFICATE_EXPIRED", ApiErrorKind::Certificate),
        ("CERTIFICATE_BLOCKED", ApiErrorKind::Certificate),
        ("CERTIFICATE_REVOKE", ApiErrorKind::Certificate),
        ("CERTIFICATE_MISSING", ApiErrorKind::Certificate),
        ("SIGNATURE_INVALID", ApiErrorKind::Certificate),
        ("SIGNATURE_MISSING", ApiErrorKind::Certificate),
        ("REQUIRED_KID_MISSING", ApiErrorKind::Certificate),
        ("CANCELLATION_INVALID", ApiErrorKind::Conflict),
        ("STATUS_INVALID", ApiErrorKind::Conflict),
        ("REFERENCE_STATUS_INVALID", ApiErrorKind::Conflict),
        ("CONFLICT", ApiErrorKind::Conflict),
        ("ACCESS_EXCEEDED", ApiErrorKind::QuotaExhausted),
        ("AUTHENTICATION_SESSION_EXPIRED", ApiErrorKind::Refused),
        ("AUTHORISATION_PENDING_API", ApiErrorKind::Refused),
        ("BANKID_NOT_ACTIVATED", ApiErrorKind::Refused),
        ("CREDITOR_ACCOUNT_FLAGGED", ApiErrorKind::Refused),
        ("DAILY_LIMIT", ApiErrorKind::Refused),
        ("PSU_RIGHTS_MISSING", ApiErrorKind::Refused),
        ("TPP_KYC_INVALID", ApiErrorKind::Refused),
        ("invalid_client", ApiErrorKind::InvalidClient),
        ("invalid_scope", ApiErrorKind::InvalidScope),
        ("invalid_grant", ApiErrorKind::InvalidGrant),
    ];

    #[test]
    fn a_code_decides_whatever_the_status() {
        for (code, kind) in CODES {
            for status in [400, 401, 403, 404, 405, 406, 409, 429, 500, 503] {
                assert_eq!(with_code(status, code), *kind, "{code} with {status}");
            }
        }
    }

    #[test]
    fn a_code_we_do_not_know_leaves_it_to_the_status() {
        for (status, kind) in [
            (400, ApiErrorKind::Refused),
            (401, ApiErrorKind::Refused),
            (403, ApiErrorKind::Refused),
            (404, ApiErrorKind::Refused),
            (405, ApiErrorKind::Unsupported),
            (409, ApiErrorKind::Conflict),
            (429, ApiErrorKind::RateLimited),
            (503, ApiErrorKind::Unavailable),
        ] {
            assert_eq!(with_code(status, "BRAND_NEW"), kind, "{status}");
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
        for (content_type, body) in [
            ("text/plain", r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#),
            ("application/json", r#"{"tppMessages":{"category":"ERROR","code":"FORMAT_ERROR"}}"#),
            ("application/json", r#"{"tppMessages":[7,{"code":"FORMAT_ERROR","text":{}}]}"#),
            (
                "application/json",
                r#"{"code":"FORMAT_ERROR","title":1,"additionalErrors":null,"_links":null}"#,
            ),
            (
                "application/json",
                r#"{"code":"FORMAT_ERROR","additionalErrors":[{"title":"x"},{"code":"X"}]}"#,
            ),
        ] {
            let error = answer(400, content_type, body);
            assert_eq!(error.messages()[0].code, "FORMAT_ERROR", "{body}");
        }
        let oauth = answer(400, "application/json", r#"{"error":"invalid_scope"}"#);
        assert_eq!(oauth.kind(), ApiErrorKind::InvalidScope);
    }

    #[test]
    fn an_answer_without_a_readable_body_shows_its_status_and_nothing_else() {
        let deep = format!(r#"{{"tppMessages":{}"#, "[".repeat(10_000));
        for (content_type, body) in [
            ("text/html", "<html>Anna</html>"),
            ("text/plain", "Anna"),
            ("application/json", ""),
            ("application/json", "{"),
            ("application/json", "\u{feff}[]"),
            ("application/json", deep.as_str()),
        ] {
            let error = answer(502, content_type, body);
            assert_eq!(error.to_string(), "the platform or the bank is not available (http 502)");
            assert!(error.messages().is_empty());
        }
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
