//! Where the platform is.

use openpayments_model::link::is_loopback;
use url::Url;

use crate::{Error, ErrorKind};

/// The platform's two hosts, and what they demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    auth: Url,
    api: Url,
    bankid: Url,
    pkce: bool,
    needs_certificate: bool,
}

impl Environment {
    /// The platform's own sandbox.
    pub fn sandbox() -> Self {
        Self::of(
            "https://auth.sandbox.openbankingplatform.com",
            "https://api.sandbox.openbankingplatform.com",
        )
    }

    /// The platform itself. The transport must present the client certificate that the platform's portal issued.
    pub fn production() -> Self {
        let hosts = Self::of("https://auth.openbankingplatform.com", "https://api.openbankingplatform.com");
        Self { needs_certificate: true, ..hosts }
    }

    /// Other hosts: the local sandbox, or a gateway of your own. `http` is for loopback only.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for an address with a path, query or user, or `http` to another machine.
    pub fn custom(auth: &Url, api: &Url) -> Result<Self, Error> {
        let (auth, api) = (checked(auth)?, checked(api)?);
        Ok(Self { auth, api, bankid: app_bankid(), pkce: false, needs_certificate: false })
    }

    /// Sends BankID links elsewhere than to BankID's app: to the local sandbox's page that stands in for it.
    #[must_use]
    pub fn with_bankid(mut self, link_base: Url) -> Self {
        self.bankid = link_base;
        self
    }

    /// Puts a code challenge (RFC 7636, S256) into the links to the bank, so that a code that was stolen on its way is
    /// worth nothing. Off at first: the platform does not document that it takes one. The local sandbox does.
    #[must_use]
    pub fn with_pkce(mut self) -> Self {
        self.pkce = true;
        self
    }

    /// The auth server.
    pub fn auth(&self) -> &Url {
        &self.auth
    }

    /// The API host.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// What links into the BankID app start with; `https://app.bankid.com/` but for tests.
    pub fn bankid(&self) -> &Url {
        &self.bankid
    }

    /// Whether links to the bank carry a code challenge.
    pub fn pkce(&self) -> bool {
        self.pkce
    }

    /// Whether the API host demands a client certificate.
    pub fn needs_certificate(&self) -> bool {
        self.needs_certificate
    }

    #[expect(clippy::expect_used, reason = "the addresses are constants and a test reads them")]
    fn of(auth: &str, api: &str) -> Self {
        let url = |text: &str| text.parse().expect("a constant address is a right one");
        Self { auth: url(auth), api: url(api), bankid: app_bankid(), pkce: false, needs_certificate: false }
    }
}

#[expect(clippy::expect_used, reason = "the address is a constant and a test reads it")]
fn app_bankid() -> Url {
    "https://app.bankid.com/".parse().expect("a constant address is a right one")
}

fn checked(url: &Url) -> Result<Url, Error> {
    let refused = |why| Err(Error::new(ErrorKind::Configuration, "environment").because(why));
    if !url.username().is_empty() || url.password().is_some() {
        return refused("an address must not hold a user or a password");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refused("an address must be a host alone, without path or query");
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(url.clone()),
        "http" if is_loopback(url) => Ok(url.clone()),
        _ => refused("an address must be https; http is for loopback only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(url: &str) -> Result<Environment, Error> {
        Environment::custom(&url.parse().unwrap(), &url.parse().unwrap())
    }

    #[test]
    fn the_platforms_own_hosts_are_right_addresses() {
        assert_eq!(Environment::sandbox().api().scheme(), "https");
        assert!(Environment::production().needs_certificate());
    }

    #[test]
    fn i034_only_plain_hosts_are_taken_and_http_only_on_loopback() {
        for url in ["https://api.example", "http://127.0.0.1:8780", "http://[::1]:1", "http://localhost:1/"] {
            assert!(custom(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.example",
            "https://u:p@api.example",
            "https://api.example/psd2",
            "https://api.example/?x=1",
            "file:///etc/passwd",
            "http://169.254.169.254/",
        ] {
            assert_eq!(custom(url).unwrap_err().kind(), ErrorKind::Configuration, "{url}");
        }
    }
}
