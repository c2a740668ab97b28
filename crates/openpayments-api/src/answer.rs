//! Reads successful answers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::LazyLock;

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use memchr::memmem::Finder;
use openpayments_model::message::TppMessage;
use openpayments_model::transaction::TransactionsPage;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::limits;
use crate::refusal::{messages, refusal};
use crate::{ApiError, ApiErrorKind};

/// The JSON object of a 2xx answer. One that carries an error message was refused after all.
pub(crate) fn json<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, ApiError> {
    let text = success_text(response)?;
    not_refused(response, text)?;
    object(response, text)
}

/// As [`json`], of an answer that tells how something stands: error messages in it are part of the state.
pub(crate) fn state<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, ApiError> {
    let text = success_text(response)?;
    object(response, text).or_else(|unreadable| not_refused(response, text).and(Err(unreadable)))
}

/// As [`json`], of a page of transactions, which has a faster way to be read.
pub(crate) fn transactions(response: &Response<Bytes>) -> Result<TransactionsPage, ApiError> {
    let text = success_text(response)?;
    not_refused(response, text)?;
    if !text.trim_start().starts_with('{') {
        return object(response, text);
    }
    TransactionsPage::from_json(text).map_err(|_| unreadable::<TransactionsPage>(response, text))
}

/// Any JSON, as it came.
pub(crate) fn any(response: &Response<Bytes>) -> Result<&str, ApiError> {
    let text = success_text(response)?;
    not_refused(response, text)?;
    read::<IgnoredAny>(response, text).map(|_| text)
}

/// As [`json`], of an answer that some send bare and some within an object of one of these names.
pub(crate) fn bare_or_within<T: DeserializeOwned>(
    response: &Response<Bytes>,
    names: &[&str],
) -> Result<T, ApiError> {
    let text = success_text(response)?;
    not_refused(response, text)?;
    let members = object::<Members<'_>>(response, text)?;
    let within = names.iter().find_map(|name| members.get(*name));
    match within {
        Some(inner) if inner.get().starts_with('{') => object(response, inner.get()),
        _ => object(response, text),
    }
}

/// As [`json`], of a list that some send bare and some under one of these names.
pub(crate) fn list<T: DeserializeOwned>(
    response: &Response<Bytes>,
    names: &[&'static str],
) -> Result<Vec<T>, ApiError> {
    let text = success_text(response)?;
    not_refused(response, text)?;
    if text.trim_start().starts_with('[') {
        return read(response, text);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = Within { names, item: PhantomData }.deserialize(&mut reader).and_then(|list| {
        reader.end()?;
        Ok(list)
    });
    if let Ok(Some(list)) = found {
        return Ok(list);
    }
    // Once more and slowly, to tell what is wrong and where.
    let missing = names.first().copied().unwrap_or_default();
    let nowhere = || ApiError::new(ApiErrorKind::Protocol, response.status()).at(missing);
    let members = object::<Members<'_>>(response, text)?;
    let inner = names.iter().find_map(|name| members.get(*name)).ok_or_else(nowhere)?;
    read(response, inner.get())
}

/// Reads one list of an object and passes over its other members.
struct Within<'n, T> {
    names: &'n [&'static str],
    item: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Within<'_, T> {
    type Value = Option<Vec<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Within<'_, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut list = None;
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if list.is_none() && self.names.contains(&&*name) {
                list = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(list)
    }
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// A list would do for an object without required members; it is none.
fn object<'a, T: serde::Deserialize<'a>>(response: &Response<Bytes>, text: &'a str) -> Result<T, ApiError> {
    if !text.trim_start().starts_with('{') {
        return Err(ApiError::new(ApiErrorKind::Protocol, response.status()).at("the shape"));
    }
    read(response, text)
}

fn read<'a, T: serde::Deserialize<'a>>(response: &Response<Bytes>, text: &'a str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|_| unreadable::<T>(response, text))
}

/// The body of a 2xx answer as text that may be read.
pub(crate) fn success_text(response: &Response<Bytes>) -> Result<&str, ApiError> {
    succeeded(response)?;
    let unreadable = |what| ApiError::new(ApiErrorKind::Protocol, response.status()).at(what);
    if !is_json(response) {
        return Err(unreadable("the content type"));
    }
    let text = std::str::from_utf8(response.body()).map_err(|_| unreadable("the text encoding"))?;
    limits::check(text).map_err(|excess| {
        ApiError::new(ApiErrorKind::LimitExceeded, response.status()).at(excess.as_str())
    })?;
    Ok(text)
}

/// A 2xx answer whose body does not matter.
pub(crate) fn succeeded(response: &Response<Bytes>) -> Result<(), ApiError> {
    match response.status() {
        status if status.is_success() => Ok(()),
        status if status.is_redirection() => {
            Err(ApiError::new(ApiErrorKind::Protocol, status).at("a redirect"))
        }
        _ => Err(refusal(response)),
    }
}

/// Whether error messages are anywhere in the answer.
fn not_refused(response: &Response<Bytes>, text: &str) -> Result<(), ApiError> {
    // A list of messages alone is how the bank directory tells errors.
    let messages = if has(text.as_bytes(), &MESSAGES) || has(text.as_bytes(), &AN_ERROR) {
        messages(text)
    } else {
        Vec::new()
    };
    if messages.iter().any(TppMessage::is_error) {
        return Err(ApiError::new(ApiErrorKind::Refused, response.status()).with_messages(messages));
    }
    Ok(())
}

type Words = LazyLock<Finder<'static>>;
static MESSAGES: Words = LazyLock::new(|| Finder::new(br#""tppMessages""#));
static AN_ERROR: Words = LazyLock::new(|| Finder::new(br#""ERROR""#));

fn has(text: &[u8], words: &Words) -> bool {
    words.find(text).is_some()
}

/// What should be known of an answer although it succeeded: its `tppMessages` that are no errors, at most 32.
///
/// Answers whose type has a place for messages give the same by their own `warnings()`; this is for all others.
pub fn warnings(response: &Response<Bytes>) -> Vec<TppMessage> {
    if !has(response.body(), &MESSAGES) {
        return Vec::new();
    }
    let Ok(text) = success_text(response) else {
        return Vec::new();
    };
    let mut messages = messages(text);
    messages.retain(|message| !message.is_error());
    messages
}

/// Whether the body may be read as JSON: a JSON type, or none at all. Only UTF-8 is read.
pub(crate) fn is_json(response: &Response<Bytes>) -> bool {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return true;
    };
    // As nearly all are.
    if value == "application/json" {
        return true;
    }
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let json = media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"));
    json && parts.all(|part| part.strip_prefix("charset=").is_none_or(|set| set.trim_matches('"') == "utf-8"))
}

/// Reads once more, slowly, to tell where it failed. The reader's own words may hold a value and are dropped.
fn unreadable<'a, T: serde::Deserialize<'a>>(response: &Response<Bytes>, text: &'a str) -> ApiError {
    let mut reader = serde_json::Deserializer::from_str(text);
    let place = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) if error.path().iter().next().is_some() => error.path().to_string(),
        Err(error) => format!("line {} column {}", error.inner().line(), error.inner().column()),
        Ok(_) => "the end".to_owned(),
    };
    ApiError::new(ApiErrorKind::Protocol, response.status()).at(place)
}

#[cfg(test)]
mod tests {
    use openpayments_model::account::AccountBalances;

    use super::*;

    fn answer(content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
        let response = Response::builder().header("content-type", content_type);
        response.body(body.into()).unwrap()
    }

    fn kind(content_type: &str, body: impl Into<Bytes>) -> ApiErrorKind {
        json::<AccountBalances>(&answer(content_type, body)).unwrap_err().kind()
    }

    #[test]
    fn i061_where_an_object_is_due_nothing_else_is_read() {
        for body in ["", "null", "[]", "\"x\"", "{}", "7", "<html>"] {
            assert_eq!(kind("application/json", body), ApiErrorKind::Protocol, "{body}");
        }
    }

    #[test]
    fn i063_i064_only_one_clean_json_text_is_read() {
        let good = r#"{"balances":[]}"#;
        assert!(json::<AccountBalances>(&answer("application/json", good)).is_ok());
        for body in [
            format!("\u{feff}{good}"),
            format!("{good}{good}"),
            format!("{good}x"),
            format!("/* x */{good}"),
            r#"{"balances":NaN}"#.to_owned(),
            r#"{"balances":[],"account":{"iban":"\ud800"}}"#.to_owned(),
        ] {
            assert_eq!(kind("application/json", body), ApiErrorKind::Protocol);
        }
        assert_eq!(
            kind("application/json", &b"{\"balances\":[],\"x\":\"\xff\"}"[..]),
            ApiErrorKind::Protocol
        );
    }

    #[test]
    fn i048_only_json_in_utf_8_is_read() {
        let good = r#"{"balances":[]}"#;
        for content_type in ["text/html", "text/plain", "application/json; charset=latin1", "application/xml"]
        {
            assert_eq!(kind(content_type, good), ApiErrorKind::Protocol, "{content_type}");
        }
        for content_type in ["application/json;charset=UTF-8", "application/problem+json", "Application/JSON"]
        {
            assert!(json::<AccountBalances>(&answer(content_type, good)).is_ok(), "{content_type}");
        }
    }

    #[test]
    fn i060_i075_too_deep_or_too_long_is_a_limit_and_no_crash() {
        let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(kind("application/json", deep), ApiErrorKind::LimitExceeded);
        let long = format!(r#"{{"balances":[{}0]}}"#, "0,".repeat(100_000));
        assert_eq!(kind("application/json", long), ApiErrorKind::LimitExceeded);
    }

    #[test]
    fn i082_a_success_that_carries_an_error_was_refused() {
        for body in [
            r#"{"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#,
            r#"{"balances":[],"tppMessages":[{"category":"ERROR","code":"FORMAT_ERROR"}]}"#,
            r#"[{"category":"ERROR","code":"FORMAT_ERROR"}]"#,
        ] {
            let error = json::<AccountBalances>(&answer("application/json", body)).unwrap_err();
            assert_eq!(error.kind(), ApiErrorKind::Refused, "{body}");
            assert_eq!(error.messages()[0].code, "FORMAT_ERROR");
        }
    }

    #[test]
    fn a_warning_is_no_error_and_can_be_had_of_every_answer() {
        let body = r#"{"balances":[],"tppMessages":[{"category":"WARNING","code":"WARNING","text":"x"}]}"#;
        let answer = answer("application/json", body);
        assert!(json::<AccountBalances>(&answer).is_ok());
        assert_eq!(warnings(&answer)[0].code, "WARNING");
    }

    #[test]
    fn k4_what_cannot_be_read_is_named_by_its_place_alone() {
        let body =
            r#"{"balances":[{"balanceAmount":{"currency":"SEK","amount":"Anna"},"balanceType":"expected"}]}"#;
        let error = json::<AccountBalances>(&answer("application/json", body)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("balances[0].balanceAmount") && !shown.contains("Anna"), "{shown}");
    }
}
