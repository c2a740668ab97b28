//! Journeys with the Open Payments SDK: one file for each, beside this one.
//!
//! Here is what they share: the platform on this machine, and a browser that goes where a bank's page sends it. Against
//! the real platform there is neither; a client is made of `Environment::sandbox()` and your own credentials, and the
//! browser is your customer's.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use openpayments::prelude::*;
use openpayments::transport::{Effect, Request};
use openpayments_sandbox::Sandbox;
use url::Url;

/// Where browsers come back to in the examples. Nothing listens there: [`browse`] stops in front of it.
pub const CALLBACK: &str = "https://shop.example/callback";

/// A platform on this machine whose people sign by themselves, and a client for it.
///
/// # Errors
/// The machine gives no port.
pub async fn local_platform() -> anyhow::Result<(Sandbox, Client)> {
    let sandbox = Sandbox::builder().redirect_uri(&CALLBACK.parse()?).start().await?;
    let client = client_of(&sandbox)?;
    Ok((sandbox, client))
}

// ANCHOR: client
/// A client for a platform that runs already.
///
/// # Errors
/// Never, for a sandbox on loopback.
pub fn client_of(sandbox: &Sandbox) -> anyhow::Result<Client> {
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url())?
        .with_bankid(sandbox.bankid_url().clone())
        .with_pkce();
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    Ok(Client::builder(environment, credentials).build()?)
}
// ANCHOR_END: client

/// Goes where a bank's page sends a browser, until it is sent back to `home`: the address it comes back with.
///
/// # Errors
/// The pages do not lead there.
pub async fn browse(client: &Client, link: &Url, home: &str) -> anyhow::Result<Url> {
    let transport = Arc::clone(client.caller().transport());
    let mut at = link.clone();
    for _ in 0..10 {
        let request = http::Request::get(at.as_str()).body(Bytes::new())?;
        let page = transport.send(Request::new(request, Effect::Read)).await?;
        let to = page.headers().get(http::header::LOCATION).context("the bank's page leads nowhere")?;
        at = at.join(to.to_str()?)?;
        if at.as_str().starts_with(home) {
            return Ok(at);
        }
    }
    bail!("the bank's pages go round in a ring")
}
