//! Clients, their tokens, and the codes that activate a redirect.

use std::time::Duration;

use jiff::Timestamp;
use openpayments_model::ScopeSet;

use super::{MOST_RESOURCES, Resource, World};
use crate::clock::later;
use crate::secret::Secret;
use crate::server::Thumbprint;

/// How long a token lives.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_hours(1);
/// How long a code lives.
pub(crate) const CODE_LIFE: Duration = Duration::from_mins(1);
/// Over this many tokens, those that are over are forgotten.
const TOKENS_KEPT: usize = 10_000;

/// Over this many codes, those past their time are forgotten.
pub(crate) const CODES_KEPT: usize = 10_000;

/// A registered application.
#[derive(Debug)]
pub(crate) struct Client {
    /// As people know it: what banks show them.
    pub(crate) name: String,
    pub(crate) secret: Secret,
    /// Compared as exact strings.
    pub(crate) redirect_uris: Vec<String>,
}

/// An access token that was handed out.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) client: String,
    pub(crate) scopes: ScopeSet,
    pub(crate) expires: Timestamp,
    pub(crate) revoked: bool,
    /// The certificate it is bound to.
    pub(crate) certificate: Option<Thumbprint>,
}

/// A code that was handed to a browser.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: ScopeSet,
    /// The S256 challenge, when one came with the request.
    pub(crate) challenge: Option<String>,
    pub(crate) resource: Resource,
    pub(crate) authorisation: String,
    pub(crate) expires: Timestamp,
    pub(crate) used: bool,
    /// The token it was exchanged for, which falls when the code comes again.
    pub(crate) token: Option<String>,
}

impl World {
    /// Whether there are as many good tokens as are kept.
    pub(crate) fn is_full_of_tokens(&mut self, now: Timestamp) -> bool {
        if self.tokens.len() >= TOKENS_KEPT {
            self.tokens.retain(|_, token| token.expires > now);
        }
        self.tokens.len() >= MOST_RESOURCES
    }

    /// Hands out a token, good with this certificate alone if there is one.
    pub(crate) fn issue_token(
        &mut self,
        client: &str,
        scopes: ScopeSet,
        certificate: Option<Thumbprint>,
        now: Timestamp,
    ) -> String {
        let text = self.mint.token();
        let (client, expires) = (client.to_owned(), later(now, TOKEN_LIFE));
        let token = Token { client, scopes, expires, revoked: false, certificate };
        self.tokens.insert(text.clone(), token);
        text
    }
}
