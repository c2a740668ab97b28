//! The referee as a transport: it stands between the client and the sandbox and keeps what Prism objects to.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, Uri};
use openpayments::transport::{Delivery, Request, Response, Transport, TransportError, TransportErrorKind};
use url::Url;

use crate::call::Call;
use crate::file::{File, own_path};
use crate::finding::Violation;
use crate::prism::Running;

/// Where Prism puts what it objects to.
const VIOLATIONS: &str = "sl-violations";
const REQUEST_ID: &str = "x-request-id";

/// Sends the calls that the file describes through Prism, and all others straight on.
#[derive(Debug)]
pub(crate) struct Referee {
    inner: Arc<dyn Transport>,
    prism: Url,
    is_mock: bool,
    sandbox: Url,
    file: File,
    calls: Vec<Call>,
    observed: Mutex<Vec<Observed>>,
    body: Mutex<Option<&'static str>>,
}

/// One call that came by.
#[derive(Debug)]
pub(crate) struct Observed {
    /// Which it was; none for what is no call of ours, such as a page for a browser.
    pub(crate) operation: Option<&'static str>,
    /// For payments, what the path says of them: `payments/domestic`.
    pub(crate) product: Option<String>,
    pub(crate) status: StatusCode,
    /// Objections to request and answer; none where the file does not describe the call.
    pub(crate) violations: Option<Vec<Violation>>,
}

impl Referee {
    pub(crate) fn new(inner: Arc<dyn Transport>, prism: &Running, sandbox: &Url, file: &File) -> Self {
        Self {
            inner,
            prism: prism.url().clone(),
            is_mock: prism.is_mock(),
            sandbox: sandbox.clone(),
            file: file.clone(),
            calls: Call::all(),
            observed: Mutex::default(),
            body: Mutex::default(),
        }
    }

    /// Takes what was observed since it was last asked.
    pub(crate) fn observed(&self) -> Vec<Observed> {
        std::mem::take(&mut self.observed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends this body with every call from now on, or the call's own again.
    pub(crate) fn replace_body(&self, body: Option<&'static str>) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }

    async fn judged(
        &self,
        request: Request,
        path: &str,
    ) -> Result<(Response, Vec<Violation>), TransportError> {
        let id = request.http().headers().get(REQUEST_ID).cloned();
        let mut through = at(request, &self.prism, path)?;
        let body = *self.body.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(body) = body {
            let (effect, limits) = (through.effect(), through.limits());
            let mut http = through.into_http();
            *http.body_mut() = Bytes::from_static(body.as_bytes());
            through = Request::new(http, effect).with_limits(limits);
        }
        let mut answer = self.inner.send(through).await?;
        // The file's examples carry somebody's request id.
        if let (true, Some(id)) = (self.is_mock, id) {
            answer.headers_mut().insert(REQUEST_ID, id);
        }
        let violations = answer.headers_mut().remove(VIOLATIONS);
        let violations = violations.as_ref().map(violations_in).transpose().map_err(unreadable)?;
        Ok((answer, violations.unwrap_or_default()))
    }
}

#[async_trait]
impl Transport for Referee {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let uri = request.http().uri().clone();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let operation = Call::of(&self.calls, request.http());
        let described = operation.is_some_and(|call| self.file.describes(call.path));
        let (answer, violations) = if let (true, Some(path)) = (described, own_path(path)) {
            let (answer, violations) = self.judged(request, path).await?;
            (answer, Some(violations))
        } else if uri.port_u16() == self.prism.port() {
            (self.inner.send(at(request, &self.sandbox, path)?).await?, None)
        } else {
            (self.inner.send(request).await?, None)
        };
        let operation = operation.map(|call| call.operation);
        let (product, status) = (product_in(path), answer.status());
        let observed = Observed { operation, product, status, violations };
        self.observed.lock().unwrap_or_else(PoisonError::into_inner).push(observed);
        Ok(answer)
    }
}

/// The request, to another host and path.
fn at(request: Request, host: &Url, path: &str) -> Result<Request, TransportError> {
    let (effect, limits) = (request.effect(), request.limits());
    let mut http = request.into_http();
    let target = format!("{}{path}", host.as_str().trim_end_matches('/'));
    *http.uri_mut() = target.parse::<Uri>().map_err(unreadable)?;
    Ok(Request::new(http, effect).with_limits(limits))
}

/// Service and product, in a path of payments.
fn product_in(path: &str) -> Option<String> {
    let mut steps = path.strip_prefix("/psd2/paymentinitiation/v1/")?.split(['/', '?']);
    Some(format!("{}/{}", steps.next()?, steps.next()?))
}

fn violations_in(header: &HeaderValue) -> Result<Vec<Violation>, serde_json::Error> {
    serde_json::from_slice(header.as_bytes())
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> TransportError {
    TransportError::new(TransportErrorKind::Protocol, Delivery::Unknown).with_source(error)
}
