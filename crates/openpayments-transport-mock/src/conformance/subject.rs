//! Brings a transport and what it will meet together.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use openpayments_transport::Transport;

use super::{Exchange, Peer};

/// A kind of transport that can be put through the suite.
#[async_trait]
pub trait Subject: Send + Sync {
    /// Sets the stage: requests sent with the transport will meet `exchanges`, in their order.
    async fn prepare(&self, exchanges: Vec<Exchange>) -> std::io::Result<Stage>;
}

/// A transport with the other side it talks to. Dropping it ends the other side.
pub struct Stage {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) base: String,
    pub(super) received: Box<dyn Fn() -> Vec<http::Request<Bytes>> + Send + Sync>,
}

impl Stage {
    /// A stage whose requests go to `base` (scheme and authority, no slash at the end). `received` tells every
    /// request that reached the other side, and keeps that side alive.
    pub fn new(
        transport: Arc<dyn Transport>,
        base: impl Into<String>,
        received: impl Fn() -> Vec<http::Request<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self { transport, base: base.into(), received: Box::new(received) }
    }

    /// The transport under test.
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    /// Every request that reached the other side, in order.
    pub fn received(&self) -> Vec<http::Request<Bytes>> {
        (self.received)()
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Puts a transport that uses the network through the suite, against a [`Peer`] on the loopback interface.
pub struct OverSockets<F> {
    transport: F,
}

impl<F: Fn() -> Arc<dyn Transport> + Send + Sync> OverSockets<F> {
    /// `transport` builds a fresh one for each case. It must allow plain `http` to the loopback interface.
    pub fn new(transport: F) -> Self {
        Self { transport }
    }
}

#[async_trait]
impl<F: Fn() -> Arc<dyn Transport> + Send + Sync> Subject for OverSockets<F> {
    async fn prepare(&self, exchanges: Vec<Exchange>) -> std::io::Result<Stage> {
        let peer = Peer::start(exchanges).await?;
        Ok(Stage::new((self.transport)(), peer.base(), move || peer.received()))
    }
}

impl<F> fmt::Debug for OverSockets<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OverSockets").finish_non_exhaustive()
    }
}
