//! Sockets: accepting, TLS, limits, and an orderly end. Nothing of the protocol is in here.

mod line;
pub(crate) mod tls;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use self::line::{Fate, Line, Tcp};
use crate::fault::Effect;
use crate::http::Front;

pub(crate) use self::line::Cut;

/// Connections at a time; the next one waits to be accepted.
const MOST_CONNECTIONS: usize = 256;
/// Bytes of a request's line and headers.
const MOST_HEADER: usize = 64 * 1024;
/// How long a TLS handshake may take, and how long a request's headers may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long running answers may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// The SHA-256 thumbprint of the certificate he has shown, where the listener asks for one.
    pub(crate) certificate: Option<Thumbprint>,
}

/// What tells one certificate from all others.
pub(crate) type Thumbprint = [u8; 32];

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn spawn(listener: TcpListener, acceptor: Option<TlsAcceptor>, front: Front) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(listener, acceptor, front, stopped));
        Self { stop: Some(stop), task }
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        // An error means that the task panicked; it is over all the same.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The connections live in the task's own set and end with it.
        self.task.abort();
    }
}

async fn run(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    front: Front,
    mut stopped: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let accepted = tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = next => accepted,
        };
        let (Ok(place), Ok((stream, peer))) = accepted else {
            // Out of file descriptors, or a client that left at once: go on when a connection has ended.
            connections.join_next().await;
            continue;
        };
        if front.platform().faults.strike_connection(&Effect::DropConnection) {
            let _ = stream.set_zero_linger();
            continue;
        }
        let (watcher, acceptor, front) = (graceful.watcher(), acceptor.clone(), front.clone());
        connections.spawn(async move {
            let _place = place;
            let peer = Peer { address: peer.ip(), certificate: None };
            welcome(stream, peer, acceptor, front, watcher).await;
        });
    }
    drop(listener);
    // What has not ended by then is cut off as the set is dropped.
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

async fn welcome(
    mut stream: TcpStream,
    peer: Peer,
    acceptor: Option<TlsAcceptor>,
    front: Front,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        return serve(stream, peer, front, watcher).await;
    };
    if front.platform().faults.strike_connection(&Effect::BreakHandshake) {
        // The first words of the client's hello are heard, then the line is dead.
        let _ = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 16])).await;
        let _ = stream.set_zero_linger();
        return;
    }
    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let peer = Peer { certificate: shown.map(|shown| Sha256::digest(shown).into()), ..peer };
        serve(stream, peer, front, watcher).await;
    }
}

async fn serve<S>(stream: S, peer: Peer, front: Front, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Tcp + Unpin + Send + 'static,
{
    let fate = Fate::default();
    let stream = Line::new(stream, fate.clone());
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let (front, fate) = (front.clone(), fate.clone());
        request.extensions_mut().insert(peer);
        async move {
            let mut response = front.answer(request.map(Body::new)).await;
            if let Some(cut) = response.extensions_mut().remove::<Cut>() {
                fate.seal(cut);
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(MOST_HEADER);
    let header_list = u32::try_from(MOST_HEADER).unwrap_or(u32::MAX);
    server.http2().timer(TokioTimer::new()).max_header_list_size(header_list);
    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
    // How a connection ended is its client's matter.
    let _ = watcher.watch(connection).await;
}
