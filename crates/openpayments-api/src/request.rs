//! Builds requests: fills path templates, sets the headers of a flow, marks what is personal.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::uri::InvalidUri;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use openpayments_model::{InvalidValue, Rule};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::{BuildError, CallContext};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Puts one segment, percent-encoded, into each `{placeholder}` of a path template.
pub(crate) fn path<const N: usize>(template: &str, segments: [&str; N]) -> String {
    let mut path = String::with_capacity(template.len() + 40 * N);
    let mut rest = template;
    for segment in segments {
        let Some((before, after)) = rest.split_once('{') else {
            break;
        };
        path.push_str(before);
        path.extend(utf8_percent_encode(segment, UNRESERVED));
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    path.push_str(rest);
    path
}

/// Whether a path says where it leads: no dot segments, and nothing encoded that a server could read as one.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let hidden = ["%2e", "%2f", "%5c", "%00"];
    !path.split('/').any(|segment| matches!(segment, "." | ".."))
        && !path.starts_with("//")
        && !hidden.iter().any(|hidden| lower.contains(hidden))
}

/// A query of the given pairs, or nothing.
pub(crate) fn query<'a, V: AsRef<str>>(pairs: impl IntoIterator<Item = (&'a str, V)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(name);
        query.push('=');
        query.extend(utf8_percent_encode(value.as_ref(), UNRESERVED));
    }
    query
}

/// A request under construction.
pub(crate) struct Builder {
    method: Method,
    uri: Result<Uri, InvalidUri>,
    headers: HeaderMap,
    /// The first fault; it is told when the request is finished.
    fault: Option<InvalidValue>,
}

impl Builder {
    pub(crate) fn new(method: &Method, path_and_query: impl Into<Bytes>) -> Self {
        // Room for what a call that names no person carries in all, once the client has added its own.
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let uri = Uri::from_maybe_shared(path_and_query.into());
        Self { method: method.clone(), uri, headers, fault: None }
    }

    /// Sets the headers of a call to a bank.
    pub(crate) fn for_bank(mut self, context: &CallContext) -> Self {
        match context.bic() {
            Some(bic) => self.insert("x-bicfi", bic.as_str(), false),
            None => self.fault = Some(InvalidValue::new("X-BicFi", Rule::Missing)),
        }
        self.insert_psu(context);
        if let Some(preferred) = context.prefers_redirect() {
            self.insert("tpp-redirect-preferred", if preferred { "true" } else { "false" }, false);
        }
        self.for_platform(context)
    }

    /// Sets what is known of the PSU.
    pub(crate) fn for_psu(mut self, context: &CallContext) -> Self {
        self.insert_psu(context);
        self
    }

    fn insert_psu(&mut self, context: &CallContext) {
        let Some(psu) = context.known_psu() else {
            return;
        };
        self.headers.reserve(11);
        for (name, value) in psu.headers() {
            self.insert(name, &value, true);
        }
    }

    /// Sets the headers of a call to the API host that names no bank.
    pub(crate) fn for_platform(mut self, context: &CallContext) -> Self {
        for (name, value) in context.extra_headers() {
            self.headers.insert(name, value.clone());
        }
        self.with_request_id(context)
    }

    /// Sets where the PSU comes back to: where something is created or an authorisation starts.
    pub(crate) fn for_redirect(mut self, context: &CallContext) -> Self {
        if let Some(uri) = context.own_redirect_uri() {
            self = self.header("tpp-redirect-uri", uri.as_str());
        }
        if let Some(uri) = context.own_nok_redirect_uri() {
            self = self.header("tpp-nok-redirect-uri", uri.as_str());
        }
        self
    }

    /// Sets the caller's own request id, when there is one.
    pub(crate) fn with_request_id(self, context: &CallContext) -> Self {
        match context.own_request_id() {
            Some(id) => self.header("x-request-id", &id.to_string()),
            None => self,
        }
    }

    /// Sets the bank under the bank's roof: only where something is created.
    pub(crate) fn for_affiliated(self, context: &CallContext) -> Self {
        match context.affiliated_aspsp() {
            Some(id) => self.header("x-affiliatedaspsp-id", id.as_str()),
            None => self,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.insert(name, value, false);
        self
    }

    /// A header that names a person, a company or what they own: hidden in `Debug` and in header compression.
    pub(crate) fn personal_header(mut self, name: &'static str, value: &str) -> Self {
        self.insert(name, value, true);
        self
    }

    fn insert(&mut self, name: &'static str, value: &str, sensitive: bool) {
        let visible = value.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        match HeaderValue::from_str(value).ok().filter(|_| visible) {
            Some(mut value) => {
                value.set_sensitive(sensitive);
                self.headers.insert(HeaderName::from_static(name), value);
            }
            None => {
                self.fault.get_or_insert(InvalidValue::new(name, Rule::Character));
            }
        }
    }

    /// Takes back what the caller gave, to be told when the request is finished.
    pub(crate) fn fault(mut self, fault: Option<InvalidValue>) -> Self {
        self.fault = self.fault.or(fault);
        self
    }

    /// Finishes a request without a body.
    pub(crate) fn empty(self) -> Result<http::Request<Bytes>, BuildError> {
        self.body(Bytes::new())
    }

    /// Finishes a request with a JSON body.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<http::Request<Bytes>, BuildError> {
        let body = serde_json::to_vec(body).map_err(BuildError::body)?;
        self.json_text(body.into())
    }

    /// Finishes a request whose JSON body is already written; authorisations start with an empty one.
    pub(crate) fn json_text(mut self, body: Bytes) -> Result<http::Request<Bytes>, BuildError> {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body(body)
    }

    /// Finishes a request with a form body.
    pub(crate) fn form(mut self, body: String) -> Result<http::Request<Bytes>, BuildError> {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.headers.insert(CONTENT_TYPE, form);
        self.body(body.into())
    }

    fn body(self, body: Bytes) -> Result<http::Request<Bytes>, BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault.into());
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri.map_err(|error| BuildError::http(error.into()))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i029_an_id_stays_one_segment() {
        for (id, encoded) in
            [("../../token", "..%2F..%2Ftoken"), ("%2e%2e", "%252e%252e"), ("a?x=1#y", "a%3Fx%3D1%23y")]
        {
            assert_eq!(path("/psd2/{id}/status", [id]), format!("/psd2/{encoded}/status"));
        }
    }

    #[test]
    fn a_query_is_encoded() {
        assert_eq!(query([("a", "x&y"), ("b", "å")]), "?a=x%26y&b=%C3%A5");
        assert_eq!(query::<&str>([]), "");
    }
}
