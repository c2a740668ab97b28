//! The two HTTP clients inside, each with its own connections: one for reads, one for writes.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderMap;
use openpayments_transport::Effect;
use rustls::ClientConfig;

use crate::tls::Judge;
use crate::{BuildError, BuildErrorKind, ClientIdentity};

/// A write's connection is new, or was idle for less than a second: a server or a box on the way that closes idle
/// connections has hardly had the time to.
const WRITE_IDLE: Duration = Duration::from_millis(900);

/// Parsing stops here; what the caller allows is counted afterwards and is usually less.
const MOST_HEADER_FIELDS: usize = 256;

/// As for the fields, for the sum of their sizes over HTTP/2, where each counts 32 bytes more than it has.
const LARGEST_HEADER_LIST: u32 = 128 * 1024;

/// What both clients are built with.
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_idle_timeout: Duration,
    pub(crate) pool_idle_timeout: Duration,
    pub(crate) resolve: Vec<(String, SocketAddr)>,
    pub(crate) proxy: Option<reqwest::Proxy>,
    pub(crate) gateway: HeaderMap,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_idle_timeout: Duration::from_secs(15),
            pool_idle_timeout: Duration::from_secs(20),
            resolve: Vec::new(),
            proxy: None,
            gateway: HeaderMap::new(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_idle_timeout", &self.read_idle_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("resolve", &self.resolve)
            .field("proxy", &self.proxy.is_some())
            .field("gateway", &self.gateway.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// Open connections, made with one client certificate.
pub(crate) struct Pools {
    reads: reqwest::Client,
    writes: reqwest::Client,
    reads_tls: ClientConfig,
}

impl Pools {
    pub(crate) fn new(
        judge: &Judge,
        settings: &Settings,
        identity: Option<&ClientIdentity>,
    ) -> Result<Self, BuildError> {
        let reads_tls = judge.config(identity, &["h2", "http/1.1"])?;
        let writes_tls = judge.config(identity, &["http/1.1"])?;
        Ok(Self {
            reads: reads(settings, reads_tls.clone())?,
            writes: writes(settings, writes_tls)?,
            reads_tls,
        })
    }

    /// The same without the connections for reads; requests under way on those go on.
    pub(crate) fn with_fresh_reads(&self, settings: &Settings) -> Result<Self, BuildError> {
        Ok(Self {
            reads: reads(settings, self.reads_tls.clone())?,
            writes: self.writes.clone(),
            reads_tls: self.reads_tls.clone(),
        })
    }

    pub(crate) fn client(&self, effect: Effect) -> &reqwest::Client {
        match effect {
            Effect::Read => &self.reads,
            Effect::Write => &self.writes,
        }
    }
}

fn reads(settings: &Settings, tls: ClientConfig) -> Result<reqwest::Client, BuildError> {
    let builder = common(settings, tls)
        .pool_idle_timeout(settings.pool_idle_timeout)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_max_header_list_size(LARGEST_HEADER_LIST);
    finish(builder)
}

fn writes(settings: &Settings, tls: ClientConfig) -> Result<reqwest::Client, BuildError> {
    finish(common(settings, tls).http1_only().pool_idle_timeout(WRITE_IDLE))
}

fn common(settings: &Settings, tls: ClientConfig) -> reqwest::ClientBuilder {
    let mut builder = reqwest::Client::builder()
        // A client that makes its own TLS configuration panics when no crypto provider is installed.
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        // Without a second line the client would keep a copy of each request to send again.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .referer(false)
        .no_proxy()
        .default_headers(settings.gateway.clone())
        .connect_timeout(settings.connect_timeout)
        .http1_max_headers(MOST_HEADER_FIELDS);
    for (host, address) in &settings.resolve {
        builder = builder.resolve(host, *address);
    }
    match &settings.proxy {
        Some(proxy) => builder.proxy(proxy.clone()),
        None => builder,
    }
}

fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, BuildError> {
    builder.build().map_err(|error| BuildError::new(BuildErrorKind::Client).with_source(error.without_url()))
}
