//! What the PSU's browser does: it goes where it is sent, until that is back to us.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use openpayments::transport::{Effect, Request, Transport};
use url::Url;

use super::BACK;

/// Follows redirects until they lead back.
pub(super) async fn browse(transport: &Arc<dyn Transport>, link: Url) -> Result<Url> {
    let mut at = link;
    while !at.as_str().starts_with(BACK) {
        let request = http::Request::get(at.as_str()).body(Bytes::new())?;
        let page = transport.send(Request::new(request, Effect::Read)).await?;
        ensure!(page.status().is_redirection(), "{} leads nowhere", at.path());
        let to = page.headers().get("location").context("no way on")?;
        at = at.join(to.to_str()?)?;
    }
    Ok(at)
}
