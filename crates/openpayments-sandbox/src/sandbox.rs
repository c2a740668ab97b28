//! Starting the sandbox, and the handle a test holds on it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use openpayments_banks::{Profile, Profiles};
use url::Url;

use crate::authority::{Authority, ClientCertificate};
use crate::banks::Banks;
use crate::clock::{Clock, day_of};
use crate::error::{Error, ErrorKind};
use crate::fault::Faults;
use crate::http::{CONTROL, Front, HOME};
use crate::ledger::Ledger;
use crate::order::Order;
use crate::platform::{Admission, Platform};
use crate::quirk::Quirk;
use crate::secret::{ClientCredentials, Secret};
use crate::server::Server;
use crate::server::tls::{self, Asks};
use crate::settings::Approve;
use crate::world::grant::Client;
use crate::world::mint::hex;
use crate::world::{Rules, World};

/// A running platform. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    platform: Arc<Platform>,
    client: ClientCredentials,
    authority: Option<Authority>,
    client_certificate: Option<ClientCertificate>,
    api: Url,
    bankid: Url,
    control: Url,
    servers: Vec<Server>,
    bound: Vec<SocketAddr>,
}

impl Sandbox {
    /// Starts one on a free port of 127.0.0.1, without TLS, with PSUs that sign by themselves, and seed 1.
    ///
    /// # Errors
    /// [`ErrorKind::Listen`] when the machine gives no port.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Starts one set up otherwise.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where the auth host is: `{auth_url}connect/token`. The pages are there too.
    pub fn auth_url(&self) -> &Url {
        &self.platform.base
    }

    /// Where the API host is: `{api_url}psd2/…`. The same address as [`auth_url`](Self::auth_url), unless client
    /// certificates are demanded: then the API has a port of its own, since pages and tokens are had without one.
    pub fn api_url(&self) -> &Url {
        &self.api
    }

    /// The addresses it listens on: the one for everything, and the API host's where that has its own.
    pub fn bound(&self) -> &[SocketAddr] {
        &self.bound
    }

    /// What stands in for `https://app.bankid.com/`: `{bankid_url}?autostarttoken=…&redirect=null` opens the order.
    pub fn bankid_url(&self) -> &Url {
        &self.bankid
    }

    /// The id of the application that is registered from the start, a UUID.
    pub fn client_id(&self) -> &str {
        &self.client.id
    }

    /// Its secret.
    pub fn client_secret(&self) -> &Secret {
        &self.client.secret
    }

    /// The certificate to trust, where the sandbox speaks TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.authority.as_ref().map(Authority::certificate_pem)
    }

    /// A certificate that the API host takes, where it demands one.
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.client_certificate.as_ref()
    }

    /// Registers one more application; it starts with the redirect URIs registered until now, and is called like the first
    /// one with a number.
    pub fn register_client(&self) -> ClientCredentials {
        self.platform.with_world(|world, _| {
            let first = world.clients.get(&self.client.id);
            let (name, uris) =
                first.map(|one| (one.name.clone(), one.redirect_uris.clone())).unwrap_or_default();
            let name = format!("{name} {}", world.clients.len() + 1);
            new_client(world, name, uris)
        })
    }

    /// Whitelists a redirect URI for all applications. It is compared as an exact string, so spell it as the client will.
    pub fn register_redirect_uri(&self, uri: &Url) {
        self.platform.with_world(|world, _| {
            for client in world.clients.values_mut() {
                client.redirect_uris.push(uri.as_str().to_owned());
            }
        });
    }

    /// The redirect URIs of the first application.
    pub fn redirect_uris(&self) -> Vec<String> {
        self.platform.with_world(|world, _| {
            world.clients.get(&self.client.id).map(|client| client.redirect_uris.clone()).unwrap_or_default()
        })
    }

    /// The sandbox's time, to be moved.
    pub fn clock(&self) -> &Clock {
        &self.platform.clock
    }

    /// What was asked and booked.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(Arc::clone(&self.platform))
    }

    /// What goes wrong by script.
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.platform))
    }

    /// Switches a quirk on or off, for all answers from now on.
    pub fn set_quirk(&self, quirk: Quirk, on: bool) {
        self.platform.with_world(|world, _| world.set_quirk(quirk, on));
    }

    /// The quirks that are on.
    pub fn quirks(&self) -> Vec<Quirk> {
        self.platform.with_world(|world, _| world.quirks.iter().copied().collect())
    }

    /// Where the control API is: `{control_url}state` and so on. It answers on loopback only, to requests with
    /// `Authorization: Bearer` and the [`control_token`](Self::control_token).
    pub fn control_url(&self) -> &Url {
        &self.control
    }

    /// Opens the control API of this run; drawn anew, by chance, at every start.
    pub fn control_token(&self) -> &Secret {
        &self.platform.control_token
    }

    /// What waits for a person now.
    pub fn orders(&self) -> Vec<Order> {
        self.platform.with_world(|world, _| world.orders())
    }

    /// Approves an order: signs its present BankID round, or approves on the bank's page, whose next load leads back to
    /// the client.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownOrder`] when nothing with this id waits.
    pub fn approve(&self, order: &str) -> Result<(), Error> {
        let done = self.platform.with_world(|world, now| world.approve_order(order, now));
        if done { Ok(()) } else { Err(Error::new(ErrorKind::UnknownOrder, order)) }
    }

    /// Refuses an order.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownOrder`] when nothing with this id waits.
    pub fn refuse(&self, order: &str) -> Result<(), Error> {
        let done = self.platform.with_world(|world, _| world.refuse_order(order));
        if done { Ok(()) } else { Err(Error::new(ErrorKind::UnknownOrder, order)) }
    }

    /// Stops taking connections, lets running answers end for up to five seconds, and returns.
    pub async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
    }
}

/// How a sandbox is to be set up.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    listen: SocketAddr,
    /// The name it is reached by from beyond this machine.
    public_host: Option<String>,
    admission: Admission,
    tls: bool,
    authority: Option<Authority>,
    approve: Approve,
    seed: u64,
    client_name: String,
    redirect_uris: Vec<String>,
    settle_after: Option<Duration>,
    resets_weekly: bool,
    frozen_at: Option<Timestamp>,
    quirks: BTreeSet<Quirk>,
    profiles: Profiles,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_host: None,
            admission: Admission {
                hosts: HOME.map(str::to_owned).into(),
                access: None,
                demands_certificate: false,
                binds_tokens: false,
            },
            tls: false,
            authority: None,
            approve: Approve::default(),
            seed: 1,
            client_name: "Made-up Fintech AB".to_owned(),
            redirect_uris: Vec::new(),
            settle_after: None,
            resets_weekly: false,
            frozen_at: None,
            quirks: BTreeSet::new(),
            profiles: Profiles::built_in(),
        }
    }
}

impl Builder {
    /// Listens on this address; port 0 takes a free one.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.listen = address.into();
        self
    }

    /// Allows an address beyond loopback, and requests that name `host`, to whoever brings this access token: 16 to 128
    /// ASCII letters, digits, `-` and `_`, hard to guess.
    ///
    /// It is wanted for every page and every call, but not by what comes from this machine under `localhost`, `127.0.0.1`
    /// or `[::1]`. A browser opens any page once with `?access=` and the token, and keeps it in a cookie; other clients
    /// send `X-Sandbox-Access` beside whatever the platform wants. The control API stays on loopback.
    ///
    /// Where it listens beyond loopback, its own links name the host that was given first.
    pub fn beyond_loopback(mut self, host: impl Into<String>, access: impl Into<String>) -> Self {
        let host = host.into();
        self.admission.hosts.insert(host.clone());
        self.admission.access = Some(Secret::new(access.into()));
        self.public_host.get_or_insert(host);
        self
    }

    /// Speaks TLS with a certificate of its own authority: see [`Sandbox::ca_pem`].
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Speaks TLS, and demands a client certificate of its own authority on the API host, as the platform does in
    /// production. The API then has a port of its own: the next one, or a free one where a free one was asked for.
    pub fn require_client_certificate(mut self) -> Self {
        self.admission.demands_certificate = true;
        self.tls()
    }

    /// Demands client certificates, and binds each token to the one it was asked for with (RFC 8705): with another one it
    /// is refused as `TOKEN_INVALID`, and without one there is no token. The token endpoint asks for one then.
    pub fn bind_tokens(mut self) -> Self {
        self.admission.binds_tokens = true;
        self.require_client_certificate()
    }

    /// Speaks TLS with certificates of this authority, so that what was issued before a start is good after it.
    pub fn authority(mut self, authority: Authority) -> Self {
        self.authority = Some(authority);
        self.tls()
    }

    /// Who signs.
    pub fn approve(mut self, approve: Approve) -> Self {
        self.approve = approve;
        self
    }

    /// From which ids, tokens, codes and histories follow.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What people are told who asks, on the pages of bank and BankID, and what the client certificate says; *Made-up
    /// Fintech AB* unless named.
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.client_name = name.into();
        self
    }

    /// Whitelists a redirect URI, as an exact string.
    pub fn redirect_uri(mut self, uri: &Url) -> Self {
        self.redirect_uris.push(uri.as_str().to_owned());
        self
    }

    /// Books signed payments after this time, at every bank, instead of the bank's own.
    pub fn settle_after(mut self, delay: Duration) -> Self {
        self.settle_after = Some(delay);
        self
    }

    /// Forgets consents, payments, baskets and what was booked whenever a Sunday begins (UTC, by the sandbox's clock), as the
    /// real sandbox does every Sunday midnight. Applications, tokens and the [`Ledger`] stay.
    pub fn reset_weekly(mut self) -> Self {
        self.resets_weekly = true;
        self
    }

    /// Starts with a clock that stands at this moment and moves only when told.
    pub fn frozen_at(mut self, moment: Timestamp) -> Self {
        self.frozen_at = Some(moment);
        self
    }

    /// Starts with a quirk switched on.
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.insert(quirk);
        self
    }

    /// Adds a bank, or lets one behave by another profile than the one everybody shares.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profiles = self.profiles.and(profile);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for an address beyond loopback without an access token, for a token that is too simple and
    /// for a name of the real platform, [`ErrorKind::Listen`] when the address is taken or not this machine's, [`ErrorKind::Certificates`] when TLS material cannot be made.
    pub async fn start(self) -> Result<Sandbox, Error> {
        self.check_access()?;
        self.check_names()?;
        let authority = match (self.tls, self.authority.clone()) {
            (false, _) => None,
            (true, None) => Some(Authority::generate()?),
            (true, given) => given,
        };
        let acceptor = |asks| {
            let make = |own| tls::acceptor(own, &self.admission.hosts, asks);
            authority.as_ref().map(make).transpose()
        };
        let (listener, base) = self.listen_on(self.listen).await?;
        let mut bound = vec![local(&listener)?];
        let (platform, client) = self.platform(base)?;
        let front = Front::new(Arc::clone(&platform));
        let mut servers = Vec::new();
        let (mut api, mut client_certificate) = (platform.base.clone(), None);
        if let Some(authority) = authority.as_ref().filter(|_| self.admission.demands_certificate) {
            let mut next = self.listen;
            next.set_port(if next.port() == 0 { 0 } else { next.port().wrapping_add(1) });
            let (listener, url) = self.listen_on(next).await?;
            bound.push(local(&listener)?);
            servers.push(Server::spawn(listener, acceptor(Asks::Always)?, front.clone()));
            api = url;
            client_certificate = Some(authority.issue_client(&self.client_name)?);
        }
        let asks = if self.admission.binds_tokens { Asks::Optionally } else { Asks::Nothing };
        servers.push(Server::spawn(listener, acceptor(asks)?, front));
        let under = |path: &str| {
            platform.base.join(path).map_err(|e| Error::new(ErrorKind::Settings, "address").caused_by(e))
        };
        let (bankid, control) = (under("bankid")?, under(CONTROL)?);
        tracing::info!(address = %platform.base, api = %api, ?bound, "the sandbox listens");
        Ok(Sandbox { platform, client, authority, client_certificate, api, bankid, control, servers, bound })
    }

    /// What is reached from elsewhere is for those who have its token.
    fn check_access(&self) -> Result<(), Error> {
        let refused = |text: String| Err(Error::new(ErrorKind::Settings, text));
        match &self.admission.access {
            None if !self.listen.ip().is_loopback() => refused(format!(
                "{} is not a loopback address; beyond loopback a host name and an access token are needed",
                self.listen
            )),
            Some(access) if !is_fit_for_access(access.expose()) => {
                refused("an access token has 16 to 128 ASCII letters, digits, - and _".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Nothing of the real platform belongs into a sandbox: a client that takes one for the other pays with real money.
    fn check_names(&self) -> Result<(), Error> {
        const REAL: [&str; 2] = ["openbankingplatform.com", "openpayments.io"];
        let redirects =
            self.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned));
        let mut names = self.admission.hosts.iter().cloned().chain(redirects);
        let of_platform = |name: &String| {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            REAL.iter().any(|real| name == *real || name.ends_with(&format!(".{real}")))
        };
        match names.find(of_platform) {
            Some(name) => Err(Error::new(
                ErrorKind::Settings,
                format!("{name} is the real platform's, not a sandbox's"),
            )),
            None => Ok(()),
        }
    }

    async fn listen_on(&self, address: SocketAddr) -> Result<(tokio::net::TcpListener, Url), Error> {
        let refused =
            |source: std::io::Error| Error::new(ErrorKind::Listen, address.to_string()).caused_by(source);
        let listener = tokio::net::TcpListener::bind(address).await.map_err(refused)?;
        let bound = local(&listener)?;
        let mut url = base_url(bound, self.tls)?;
        if let Some(host) = self.public_host.as_deref().filter(|_| !bound.ip().is_loopback()) {
            url.set_host(Some(host))
                .map_err(|e| Error::new(ErrorKind::Settings, "the host's name").caused_by(e))?;
        }
        Ok((listener, url))
    }

    /// The platform without a socket.
    pub(crate) fn platform(&self, base: Url) -> Result<(Arc<Platform>, ClientCredentials), Error> {
        let clock = Clock::new(self.frozen_at);
        let started = day_of(clock.now());
        let banks = Banks::of(&self.profiles);
        let rules = Rules { banks, approve: self.approve, settle_after: self.settle_after, started };
        let mut world = World::new(rules, self.seed);
        let client = new_client(&mut world, self.client_name.clone(), self.redirect_uris.clone());
        world.quirks.clone_from(&self.quirks);
        if self.resets_weekly {
            world.reset_weekly(clock.now());
        }
        let mut token = [0; 32];
        getrandom::fill(&mut token)
            .map_err(|why| Error::new(ErrorKind::Settings, "no randomness").caused_by(why))?;
        let platform = Platform::new(base, self.admission.clone(), clock, Secret::new(hex(&token)), world);
        Ok((Arc::new(platform), client))
    }
}

/// Whether it can be sent in a header, a cookie and an address as it is.
fn is_fit_for_access(token: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=128).contains(&token.len()) && token.bytes().all(is_plain)
}

fn local(listener: &tokio::net::TcpListener) -> Result<SocketAddr, Error> {
    listener.local_addr().map_err(|source| Error::new(ErrorKind::Listen, "its own address").caused_by(source))
}

fn base_url(address: SocketAddr, tls: bool) -> Result<Url, Error> {
    let scheme = if tls { "https" } else { "http" };
    let reachable = if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    };
    let refused = |e: url::ParseError| Error::new(ErrorKind::Settings, address.to_string()).caused_by(e);
    Url::parse(&format!("{scheme}://{reachable}/")).map_err(refused)
}

fn new_client(world: &mut World, name: String, redirect_uris: Vec<String>) -> ClientCredentials {
    let (id, secret) = (world.mint.uuid(), Secret::new(world.mint.token()));
    world.clients.insert(id.clone(), Client { name, secret: secret.clone(), redirect_uris });
    ClientCredentials { id, secret }
}
