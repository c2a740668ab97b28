//! Sends requests.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderValue;
use http::header::ACCEPT_ENCODING;
use openpayments_transport::{
    BodyReader, Delivery, Effect, Limits, Request, Response, Transport, TransportError, TransportErrorKind,
};
use reqwest::Url;

use crate::patience::{self, Patience};
use crate::pools::{Pools, Settings};
use crate::target::Origins;
use crate::tls::Judge;
use crate::{BuildError, ClientIdentity, ReqwestTransportBuilder, failure};

/// [`Transport`] over reqwest and rustls.
///
/// Reads share pooled connections and speak HTTP/2 where the server does. Writes speak HTTP/1.1 on a connection that
/// is new or was idle for less than a second.
///
/// Clones share their connections. They are opened on the runtime that sends; it must be tokio with time and IO.
#[derive(Clone)]
pub struct ReqwestTransport {
    shared: Arc<Shared>,
}

struct Shared {
    judge: Judge,
    settings: Settings,
    pools: RwLock<Arc<Pools>>,
    origins: Origins,
    has_identity: AtomicBool,
}

impl ReqwestTransport {
    /// A builder with the defaults.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::new()
    }

    pub(crate) fn new(
        judge: Judge,
        settings: Settings,
        identity: Option<&ClientIdentity>,
    ) -> Result<Self, BuildError> {
        let pools = RwLock::new(Arc::new(Pools::new(&judge, &settings, identity)?));
        Ok(Self {
            shared: Arc::new(Shared {
                judge,
                settings,
                pools,
                origins: Origins::default(),
                has_identity: AtomicBool::new(identity.is_some()),
            }),
        })
    }

    /// Shows another client certificate from now on, as when a file was renewed.
    ///
    /// Requests under way end as they began; every later one opens a connection with the new certificate.
    ///
    /// # Errors
    /// [`BuildError`] when the certificate cannot be used; the old one stays.
    pub fn replace_identity(&self, identity: &ClientIdentity) -> Result<(), BuildError> {
        let fresh = Pools::new(&self.shared.judge, &self.shared.settings, Some(identity))?;
        // Named, so that it is closed after the lock is released.
        let _old = self.shared.swap(|_| Some(fresh));
        self.shared.has_identity.store(true, Ordering::Release);
        Ok(())
    }
}

impl Shared {
    fn pools(&self) -> Arc<Pools> {
        Arc::clone(&self.pools.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn swap(&self, fresh: impl FnOnce(&Arc<Pools>) -> Option<Pools>) -> Option<Arc<Pools>> {
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = fresh(&pools)?;
        Some(std::mem::replace(&mut *pools, Arc::new(fresh)))
    }

    /// Takes no more requests to the connections `used` has for reads.
    ///
    /// One of them has just failed in a way an HTTP/2 connection survives, and nobody can tell which: a path that
    /// swallows packets would make every further request wait for its deadline.
    fn abandon_reads(&self, used: &Arc<Pools>) {
        self.swap(|current| {
            let is_current = Arc::ptr_eq(current, used);
            is_current.then(|| used.with_fresh_reads(&self.settings).ok()).flatten()
        });
    }
}

type Sending<'f> = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'f>>;

impl Transport for ReqwestTransport {
    fn presents_certificate(&self) -> bool {
        self.shared.has_identity.load(Ordering::Acquire)
    }

    /// Written out, since many wait at once: what `async fn` would keep twice makes the future too large for the
    /// allocator's quick lists.
    fn send<'a, 'f>(&'a self, request: Request) -> Sending<'f>
    where
        'a: 'f,
        Self: 'f,
    {
        let (effect, limits) = (request.effect(), request.limits());
        let request = self.shared.origins.url(request.http().uri()).map(|url| prepare(request, url));
        Box::pin(async move {
            let request = request.map_err(invalid)?;
            let pools = self.shared.pools();
            let idle = self.shared.settings.read_idle_timeout;
            let result = exchange(pools.client(effect).execute(request), limits, idle).await;
            if let Err(error) = &result
                && effect == Effect::Read
                && leaves_a_doubtful_connection(error.kind())
            {
                self.shared.abandon_reads(&pools);
            }
            result
        })
    }
}

fn prepare(request: Request, url: Url) -> reqwest::Request {
    // The version stays the connection's matter.
    let (head, body) = request.into_http().into_parts();
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    request.headers_mut().entry(ACCEPT_ENCODING).or_insert(const { HeaderValue::from_static("gzip") });
    *request.body_mut() = Some(body.into());
    request
}

async fn exchange(
    sending: impl Future<Output = reqwest::Result<reqwest::Response>>,
    limits: Limits,
    idle: Duration,
) -> Result<Response, TransportError> {
    let timer = pin!(patience::timer(limits.total, idle));
    let mut patience = Patience::new(timer, limits.total, idle);
    let mut answer = patience.wait(sending).await?.map_err(|error| failure::classify(&error))?;
    let head = head_of(&mut answer);
    let mut reader = BodyReader::new(&head, limits)?;
    loop {
        let pushed = match patience.wait(answer.chunk()).await {
            Ok(Ok(Some(chunk))) => reader.push(&chunk),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => Err(failure::classify(&error)),
            Err(timeout) => Err(timeout),
        };
        // Returning drops the answer, and with it its connection.
        if let Err(error) = pushed {
            return Err(error.with_head(head.status, head.headers).with_body_start(reader.so_far()));
        }
    }
    reader.into_response(head)
}

fn head_of(answer: &mut reqwest::Response) -> http::response::Parts {
    let mut head = http::Response::new(());
    *head.status_mut() = answer.status();
    *head.version_mut() = answer.version();
    *head.headers_mut() = std::mem::take(answer.headers_mut());
    head.into_parts().0
}

fn leaves_a_doubtful_connection(kind: TransportErrorKind) -> bool {
    use openpayments_transport::Stage::Exchange;
    matches!(
        kind,
        TransportErrorKind::Timeout(Exchange)
            | TransportErrorKind::LimitExceeded
            | TransportErrorKind::Protocol
    )
}

fn invalid(objection: &'static str) -> TransportError {
    TransportError::new(TransportErrorKind::InvalidRequest, Delivery::NotSent).with_source(objection)
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
