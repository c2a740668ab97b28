//! Reads successful answers.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use openpayments_model::message::TppMessage;
use serde::de::DeserializeOwned;

use crate::refusal::refusal;
use crate::{ApiError, ApiErrorKind};

/// The JSON of a 2xx answer.
pub(crate) fn json<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, ApiError> {
    let text = success_text(response)?;
    serde_json::from_str(text).map_err(|_| unreadable::<T>(response.status(), text))
}

/// The body of a 2xx answer as text.
pub(crate) fn success_text(response: &Response<Bytes>) -> Result<&str, ApiError> {
    succeeded(response)?;
    let unreadable = |what| ApiError::new(ApiErrorKind::Protocol, response.status()).at(what);
    if !is_json(response) {
        return Err(unreadable("the content type"));
    }
    std::str::from_utf8(response.body()).map_err(|_| unreadable("the text encoding"))
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

/// A success that carries an error message was refused after all.
pub(crate) fn not_refused(status: StatusCode, messages: &[TppMessage]) -> Result<(), ApiError> {
    if messages.iter().any(TppMessage::is_error) {
        return Err(ApiError::new(ApiErrorKind::Refused, status).with_messages(messages.to_vec()));
    }
    Ok(())
}

/// Whether the body may be read as JSON: a JSON type, or none at all. Only UTF-8 is read.
pub(crate) fn is_json(response: &Response<Bytes>) -> bool {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return true;
    };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let json = media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"));
    json && parts.all(|part| part.strip_prefix("charset=").is_none_or(|set| set.trim_matches('"') == "utf-8"))
}

/// Reads once more, slowly, to tell where it failed. The reader's own words may hold a value and are dropped.
fn unreadable<T: DeserializeOwned>(status: StatusCode, text: &str) -> ApiError {
    let mut reader = serde_json::Deserializer::from_str(text);
    let place = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) if error.path().iter().next().is_some() => error.path().to_string(),
        Err(error) => format!("line {} column {}", error.inner().line(), error.inner().column()),
        Ok(_) => "the end".to_owned(),
    };
    ApiError::new(ApiErrorKind::Protocol, status).at(place)
}
