//! Sockets: accepting, TLS, limits, and an orderly end. Nothing of the protocol is in here.

pub(crate) mod tls;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::http::Front;

/// Connections at a time; the next one waits to be accepted.
const MOST_CONNECTIONS: usize = 256;
/// Bytes of a request's line and headers.
const MOST_HEADER: usize = 64 * 1024;
/// How long a TLS handshake may take, and how long a request's headers may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long running answers may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

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
        let (Ok(place), Ok((stream, _))) = accepted else {
            // Out of file descriptors, or a client that left at once: go on when a connection has ended.
            connections.join_next().await;
            continue;
        };
        let (watcher, acceptor, front) = (graceful.watcher(), acceptor.clone(), front.clone());
        connections.spawn(async move {
            let _place = place;
            welcome(stream, acceptor, front, watcher).await;
        });
    }
    drop(listener);
    // What has not ended by then is cut off as the set is dropped.
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

async fn welcome(stream: TcpStream, acceptor: Option<TlsAcceptor>, front: Front, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => serve(stream, front, watcher).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                serve(stream, front, watcher).await;
            }
        }
    }
}

async fn serve<S>(stream: S, front: Front, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let front = front.clone();
        async move { Ok::<_, Infallible>(front.answer(request.map(Body::new)).await) }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(MOST_HEADER);
    let header_list = u32::try_from(MOST_HEADER).unwrap_or(u32::MAX);
    server.http2().timer(TokioTimer::new()).max_header_list_size(header_list);
    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
    // How a connection ended is its client's matter.
    let _ = watcher.watch(connection).await;
}
