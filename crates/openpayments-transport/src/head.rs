//! What the head of an answer must look like before its body is read.

use http::header::CONTENT_ENCODING;
use http::response::Parts;
use http::{HeaderMap, Version};

use crate::{Delivery, Limits, TransportError, TransportErrorKind};

/// How a body is encoded, of the encodings that were offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
}

/// Checks size, version, status and encoding.
pub(crate) fn check(head: &Parts, limits: Limits) -> Result<Coding, TransportError> {
    if head.headers.len() > limits.header_fields || size(&head.headers) > limits.header_bytes {
        return Err(refused(TransportErrorKind::LimitExceeded, head));
    }
    // A final answer to a request that asked for no upgrade is 200 to 599.
    let status = head.status.as_u16();
    if head.version < Version::HTTP_11 || !(200..=599).contains(&status) {
        return Err(refused(TransportErrorKind::Protocol, head));
    }
    coding(&head.headers).ok_or_else(|| refused(TransportErrorKind::Protocol, head))
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum()
}

/// `None` for everything that was not offered: another encoding, or several in a row.
fn coding(headers: &HeaderMap) -> Option<Coding> {
    let mut fields = headers.get_all(CONTENT_ENCODING).iter();
    let coding = match fields.next().map(http::HeaderValue::as_bytes) {
        None => Coding::Identity,
        Some(name) if name.trim_ascii().eq_ignore_ascii_case(b"identity") => Coding::Identity,
        Some(name) if name.trim_ascii().eq_ignore_ascii_case(b"gzip") => Coding::Gzip,
        Some(_) => return None,
    };
    fields.next().is_none().then_some(coding)
}

fn refused(kind: TransportErrorKind, head: &Parts) -> TransportError {
    let error = TransportError::new(kind, Delivery::Unknown);
    if kind == TransportErrorKind::LimitExceeded {
        // Too large to be worth keeping.
        return error.with_head(head.status, HeaderMap::new());
    }
    error.with_head(head.status, head.headers.clone())
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Response, StatusCode};

    use super::*;

    fn head(build: impl FnOnce(&mut Parts)) -> Parts {
        let (mut head, ()) = Response::new(()).into_parts();
        build(&mut head);
        head
    }

    fn kind_of(head: &Parts) -> Option<TransportErrorKind> {
        check(head, Limits::default()).err().map(|error| error.kind())
    }

    #[test]
    fn no_encoding_identity_and_gzip_are_read_i041() {
        for (value, coding) in [
            (None, Coding::Identity),
            (Some("identity"), Coding::Identity),
            (Some("gzip"), Coding::Gzip),
            (Some("GZip"), Coding::Gzip),
        ] {
            let head = head(|head| {
                if let Some(value) = value {
                    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(value));
                }
            });
            assert_eq!(check(&head, Limits::default()).ok(), Some(coding), "{value:?}");
        }
    }

    #[test]
    fn any_other_encoding_is_refused_i041() {
        for value in ["br", "gzip, gzip", "x-evil", "x-gzip", "gzip, identity", "deflate", ""] {
            let head = head(|head| {
                head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(value));
            });
            assert_eq!(kind_of(&head), Some(TransportErrorKind::Protocol), "{value:?}");
        }
    }

    #[test]
    fn two_encoding_fields_are_refused_even_when_equal_i041() {
        let head = head(|head| {
            head.headers.append(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            head.headers.append(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        });
        assert_eq!(kind_of(&head), Some(TransportErrorKind::Protocol));
    }

    #[test]
    fn the_129th_header_field_is_one_too_many_i045() {
        let with = |count: usize| {
            head(|head| {
                for _ in 0..count {
                    head.headers.append("x-filler", HeaderValue::from_static("v"));
                }
            })
        };
        assert_eq!(kind_of(&with(128)), None);
        assert_eq!(kind_of(&with(129)), Some(TransportErrorKind::LimitExceeded));
    }

    #[test]
    fn names_and_values_count_towards_the_header_limit_c12() {
        let with = |value: usize| {
            head(|head| {
                head.headers.insert("x", HeaderValue::from_str(&"v".repeat(value)).unwrap());
            })
        };
        assert_eq!(kind_of(&with(64 * 1024 - 1)), None);
        assert_eq!(kind_of(&with(64 * 1024)), Some(TransportErrorKind::LimitExceeded));
    }

    #[test]
    fn an_old_version_or_a_status_outside_200_to_599_is_refused_i052_i053() {
        for version in [Version::HTTP_09, Version::HTTP_10] {
            assert_eq!(kind_of(&head(|head| head.version = version)), Some(TransportErrorKind::Protocol));
        }
        for status in [100, 101, 199, 600, 700, 999] {
            let head = head(|head| head.status = StatusCode::from_u16(status).unwrap());
            assert_eq!(kind_of(&head), Some(TransportErrorKind::Protocol), "{status}");
        }
    }
}
