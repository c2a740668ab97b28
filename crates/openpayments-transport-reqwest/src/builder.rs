//! Puts a transport together.

use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::pools::Settings;
use crate::tls::Judge;
use crate::{ClientIdentity, ReqwestTransport, Trust};

/// Collects what a [`ReqwestTransport`] needs. Made with [`ReqwestTransport::builder`].
///
/// `Debug` shows neither the key nor a proxy's address, which may hold a password.
#[must_use = "a builder sends nothing"]
pub struct ReqwestTransportBuilder {
    trust: Trust,
    identity: Option<ClientIdentity>,
    settings: Settings,
}

impl ReqwestTransportBuilder {
    pub(crate) fn new() -> Self {
        Self { trust: Trust::default(), identity: None, settings: Settings::default() }
    }

    /// Whose server certificates are accepted. Default: [`Trust::Platform`].
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// The client certificate to show when a server asks for one.
    pub fn identity(mut self, identity: ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// How long finding the address, connecting and the TLS handshake may take together. Default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How long the other side may be silent once the request is under way. Default 15 s.
    pub fn read_idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.read_idle_timeout = timeout;
        self
    }

    /// How long an unused connection for reads is kept. Default 20 s. For writes it is always less than a second.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.pool_idle_timeout = timeout;
        self
    }

    /// Connects to `address` where requests say `host`, without asking DNS. Certificates are checked for `host` all
    /// the same. The port is that of the request.
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.settings.resolve.push((host.into(), address));
        self
    }

    /// Sends `https` requests through the proxy at this URL. Plain `http` stays on this machine and is never proxied.
    ///
    /// # Errors
    /// [`BuildErrorKind::InvalidProxy`] when the URL is none.
    pub fn https_proxy(mut self, url: &str) -> Result<Self, BuildError> {
        self.settings.proxy = Some(https_proxy(url, None)?);
        Ok(self)
    }

    /// Takes the proxy for `https` requests from the environment: `HTTPS_PROXY` or `ALL_PROXY`, in upper or lower
    /// case, and the exceptions from `NO_PROXY`. Without this call the environment is not looked at.
    ///
    /// # Errors
    /// [`BuildErrorKind::InvalidProxy`] when a variable is set to something that is no URL.
    pub fn https_proxy_from_environment(mut self) -> Result<Self, BuildError> {
        let url = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()));
        self.settings.proxy = match url {
            Some(url) => Some(https_proxy(&url, reqwest::NoProxy::from_env())?),
            None => None,
        };
        Ok(self)
    }

    /// Sends a header of a gateway's with every request to either host, unless the request has one of that name: what a proxy
    /// of your own, or a sandbox beyond this machine, lets its clients in by. Its value is shown nowhere.
    pub fn gateway_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.settings.gateway.insert(name, value);
        self
    }

    /// Builds it. Nothing is sent, nothing is spawned, and no async runtime is needed.
    ///
    /// # Errors
    /// [`BuildError`] when there is nothing to trust.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        let judge = Judge::new(&self.trust)?;
        ReqwestTransport::new(judge, self.settings, self.identity.as_ref())
    }
}

fn https_proxy(url: &str, except: Option<reqwest::NoProxy>) -> Result<reqwest::Proxy, BuildError> {
    // The cause is left out: it may quote the URL.
    let proxy = reqwest::Proxy::https(url).map_err(|_| BuildError::new(BuildErrorKind::InvalidProxy))?;
    Ok(proxy.no_proxy(except))
}

impl fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransportBuilder")
            .field("trust", &self.trust)
            .field("identity", &self.identity)
            .field("settings", &self.settings)
            .finish()
    }
}

/// What kept a transport from being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// The operating system has no root certificates. Install them, or use [`Trust::Only`].
    NoPlatformTrust,
    /// The root certificates given are none.
    InvalidRoots,
    /// The proxy's address is not a URL.
    InvalidProxy,
    /// The HTTP client refused its settings.
    Client,
}

/// A transport that could not be built.
#[derive(Debug)]
pub struct BuildError {
    kind: BuildErrorKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(kind: BuildErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What was wrong.
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BuildErrorKind::NoPlatformTrust => "the operating system has no root certificates",
            BuildErrorKind::InvalidRoots => "the root certificates are not valid",
            BuildErrorKind::InvalidProxy => "the proxy's address is not a url",
            BuildErrorKind::Client => "the http client refused its settings",
        })
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
