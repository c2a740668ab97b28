//! The browser of the sandbox's own PSU: goes where it is sent, until it is back.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use openpayments::transport::{Effect, Request, Transport};
use url::Url;

/// More hops than any bank's login has.
const MOST_HOPS: usize = 10;

/// Opens `link` and follows redirects until a page is shown.
pub(crate) async fn browse(transport: Arc<dyn Transport>, link: Url) -> anyhow::Result<()> {
    let mut at = link;
    for _ in 0..MOST_HOPS {
        let request = http::Request::get(at.as_str()).body(Bytes::new())?;
        let page = transport.send(Request::new(request, Effect::Read)).await?;
        if !page.status().is_redirection() {
            ensure!(page.status().is_success(), "the bank's page answered {}", page.status());
            return Ok(());
        }
        let to = page.headers().get(http::header::LOCATION).context("a redirect without an address")?;
        at = at.join(to.to_str()?)?;
    }
    bail!("the bank's pages go round in a ring")
}
