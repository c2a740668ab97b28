//! The other side on the loopback interface: HTTP/1.1 by hand, so that it can misbehave at every byte.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{Behaviour, Exchange};

/// A server on a free port that does what it is told with each request. It ends when dropped.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    behaviours: VecDeque<Behaviour>,
    received: Vec<http::Request<Bytes>>,
}

impl Peer {
    /// Listens, and meets the requests that come with `exchanges` in their order.
    ///
    /// When the first is [`Behaviour::Unreachable`], nobody listens.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(exchanges: Vec<Exchange>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let behaviours: VecDeque<_> = exchanges.into_iter().map(|exchange| exchange.behaviour).collect();
        let deaf = matches!(behaviours.front(), Some(Behaviour::Unreachable));
        let state = Arc::new(Mutex::new(State { behaviours, received: Vec::new() }));
        let accepting = (!deaf).then(|| tokio::spawn(accept(listener, Arc::clone(&state))));
        Ok(Self { address, state, accepting })
    }

    /// Where it listens, as the scheme and authority of a URL.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request that was read to its end, in order.
    pub fn received(&self) -> Vec<http::Request<Bytes>> {
        lock(&self.state).received.clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = tokio::task::JoinSet::new();
    // Owning the connections here ends them with the peer.
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            // A broken connection is what many cases are about.
            let _ = serve(stream, &state).await;
        });
    }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await? {
        let behaviour = {
            let mut state = lock(state);
            state.received.push(request);
            state.behaviours.pop_front()
        };
        match behaviour {
            Some(Behaviour::Answer(answer)) => {
                stream.write_all(&head(&answer, Framing::Length)).await?;
                stream.write_all(answer.body()).await?;
            }
            Some(Behaviour::CutInBody(answer)) => {
                stream.write_all(&head(&answer, Framing::Length)).await?;
                let half = answer.body().len() / 2;
                stream.write_all(answer.body().get(..half).unwrap_or_default()).await?;
                return stream.shutdown().await;
            }
            Some(Behaviour::Silent) => {
                // Until the other side gives up.
                stream.read_to_end(&mut buffer).await?;
                return Ok(());
            }
            Some(Behaviour::Endless) => {
                stream.write_all(&head(&Response::new(Bytes::new()), Framing::Chunks)).await?;
                let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
                loop {
                    stream.write_all(&chunk).await?;
                }
            }
            Some(Behaviour::CutBeforeHead | Behaviour::Unreachable) => return stream.shutdown().await,
            // A request too many: the case sees it in what was received.
            None => {
                stream.write_all(b"HTTP/1.1 500 Unexpected\r\ncontent-length: 0\r\n\r\n").await?;
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Framing {
    Length,
    Chunks,
}

fn head(answer: &Response<Bytes>, framing: Framing) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Status\r\n", answer.status().as_u16());
    if framing == Framing::Chunks {
        let _ = write!(head, "{TRANSFER_ENCODING}: chunked\r\n");
    } else if answer.status() != http::StatusCode::NO_CONTENT {
        let _ = write!(head, "{CONTENT_LENGTH}: {}\r\n", answer.body().len());
    }
    let mut head = head.into_bytes();
    for (name, value) in answer.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The next request on the connection, or `None` when the other side has closed it.
async fn read_request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<http::Request<Bytes>>> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head: Vec<u8> = buffer.drain(..head_end).collect();
    let mut request = parse_head(&head).ok_or(io::ErrorKind::InvalidData)?;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let length: usize = length.unwrap_or(0);
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    *request.body_mut() = buffer.drain(..length).collect::<Vec<u8>>().into();
    Ok(Some(request))
}

fn parse_head(head: &[u8]) -> Option<http::Request<Bytes>> {
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let mut request = http::Request::builder().method(words.next()?).uri(words.next()?);
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    request.body(Bytes::new()).ok()
}
