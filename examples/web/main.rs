//! A small shop and an account overview, on axum: "pay by bank" and "connect your bank", by redirect or in the app.
//!
//! `cargo run -p openpayments-examples --example web` brings its own platform, on which you are the customer: open the
//! printed address in a browser. With `OPENPAYMENTS_AUTH_URL`, `OPENPAYMENTS_API_URL`, `OPENPAYMENTS_CLIENT_ID` and
//! `OPENPAYMENTS_CLIENT_SECRET` it talks to a platform that runs already; register `http://ADDRESS/callback` there.
//! `WEB_LISTEN` is where it listens (127.0.0.1:8081), `WEB_APPROVE=auto` lets the made-up people sign by themselves, and
//! in the folder `WEB_STATE` it keeps what its customers have begun: killed in the middle of a signature and started
//! again, it goes on.

mod accounts;
mod app;
mod before;
mod errand;
mod failure;
mod form;
mod key;
mod pages;
mod shop;
mod signing;

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use openpayments::prelude::*;
use openpayments_sandbox::{Approve, Sandbox};
use tokio::net::TcpListener;

use crate::app::App;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let listen: SocketAddr = setting("WEB_LISTEN").unwrap_or_else(|| "127.0.0.1:8081".to_owned()).parse()?;
    let listener = TcpListener::bind(listen).await?;
    let home = url::Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    let (client, sandbox) = platform(&home).await?;
    let kept = setting("WEB_STATE");
    // Without a folder of its own it remembers until it ends.
    let passing = tempfile::tempdir()?;
    let folder = kept.as_deref().map_or(passing.path(), Path::new);
    let sandbox_url = sandbox.as_ref().map(|sandbox| sandbox.api_url().clone());
    let app = App::open(client, home.clone(), sandbox_url, folder).await?;
    println!("The shop is open: {home}");
    let service = app::routes(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(())
}

/// The platform named by the environment's settings, or one of our own.
async fn platform(home: &url::Url) -> anyhow::Result<(Client, Option<Sandbox>)> {
    if let Some(api) = setting("OPENPAYMENTS_API_URL") {
        let needed = |name| setting(name).with_context(|| format!("{name} is not set"));
        let auth = needed("OPENPAYMENTS_AUTH_URL")?;
        let environment = Environment::custom(&auth.parse()?, &api.parse()?)?;
        let (id, secret) = (needed("OPENPAYMENTS_CLIENT_ID")?, needed("OPENPAYMENTS_CLIENT_SECRET")?);
        return Ok((Client::builder(environment, Credentials::new(id, secret)).build()?, None));
    }
    let approve =
        if setting("WEB_APPROVE").as_deref() == Some("auto") { Approve::Auto } else { Approve::Manual };
    let sandbox = Sandbox::builder().approve(approve).client_name("Made-up Coffee");
    let sandbox = sandbox.redirect_uri(&home.join("callback")?).start().await?;
    Ok((openpayments_examples::client_of(&sandbox)?, Some(sandbox)))
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
