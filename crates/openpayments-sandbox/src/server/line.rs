//! A connection that can be told to end in the middle of what is written to it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::fault::End;

/// Where the connection ends, counted from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// After so many bytes.
    After { bytes: usize, end: End },
    /// After so many bytes beyond the empty line that ends the headers.
    InBody { bytes: usize, end: End },
    /// At once, with a word of HTTP/2: a `GOAWAY` with the last stream that may have been acted on.
    GoAway { last_stream: u32 },
}

impl Cut {
    /// The stream before a client's first.
    pub(crate) const BEFORE_ALL: u32 = 0;
    /// The highest number that a stream can have.
    pub(crate) const AFTER_ALL: u32 = u32::MAX >> 1;
}

/// A frame's head, the last stream, and the code of no error.
type GoAway = [u8; 17];

fn go_away(last_stream: u32) -> GoAway {
    let [a, b, c, d] = last_stream.to_be_bytes();
    [0, 0, 8, 7, 0, 0, 0, 0, 0, a, b, c, d, 0, 0, 0, 0]
}

/// Decides over a connection from elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate(Arc<Mutex<Option<Running>>>);

/// A cut on its way.
#[derive(Clone, Copy, Debug)]
struct Running {
    end: End,
    /// How many bytes still pass; none known until the headers are over.
    left: Option<usize>,
    in_body: usize,
    /// How much of the empty line has been seen.
    seen: usize,
    /// What is said in place of all else, and how much of it has been.
    last_words: Option<(GoAway, usize)>,
}

const EMPTY_LINE: &[u8; 4] = b"\r\n\r\n";

impl Fate {
    pub(super) fn seal(&self, cut: Cut) {
        *self.lock() = Some(match cut {
            Cut::After { bytes, end } => {
                Running { end, left: Some(bytes), in_body: 0, seen: 0, last_words: None }
            }
            Cut::InBody { bytes, end } => {
                Running { end, left: None, in_body: bytes, seen: 0, last_words: None }
            }
            Cut::GoAway { last_stream } => Running {
                end: End::Close,
                left: Some(0),
                in_body: 0,
                seen: 0,
                last_words: Some((go_away(last_stream), 0)),
            },
        });
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// How many of these bytes may pass.
    fn passes(&self, bytes: &[u8]) -> usize {
        let mut ahead = *self;
        bytes.iter().take_while(|byte| ahead.take(**byte)).count()
    }

    /// Lets one byte pass, if it may.
    fn take(&mut self, byte: u8) -> bool {
        match &mut self.left {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => {
                self.seen = match EMPTY_LINE.get(self.seen) {
                    Some(expected) if *expected == byte => self.seen + 1,
                    _ => usize::from(byte == b'\r'),
                };
                if self.seen == EMPTY_LINE.len() {
                    self.left = Some(self.in_body);
                }
                true
            }
        }
    }
}

/// What the bytes travel over in the end.
pub(super) trait Tcp {
    fn tcp(&self) -> &TcpStream;
}

impl Tcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Tcp for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A stream with a [`Fate`].
#[derive(Debug)]
pub(super) struct Line<S> {
    stream: S,
    fate: Fate,
}

impl<S> Line<S> {
    pub(super) fn new(stream: S, fate: Fate) -> Self {
        Self { stream, fate }
    }
}

impl<S: AsyncWrite + Tcp + Unpin> Line<S> {
    fn say_last_words(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let words = self.fate.lock().and_then(|running| running.last_words);
            let left = words.as_ref().and_then(|(words, said)| words.get(*said..)).unwrap_or_default();
            if left.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, left))?;
            if let Some((_, said)) = self.fate.lock().as_mut().and_then(|running| running.last_words.as_mut())
            {
                *said += written;
            }
        }
    }

    fn write_under(
        &mut self,
        context: &mut Context<'_>,
        running: Running,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.say_last_words(context))?;
        let passes = running.passes(bytes);
        let Some(passing) = bytes.get(..passes).filter(|passing| !passing.is_empty()) else {
            // What was let through must have left before the end.
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            if running.end == End::Reset {
                self.stream.tcp().set_zero_linger()?;
            }
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        };
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, passing))?;
        if let Some(running) = self.fate.lock().as_mut() {
            for byte in passing.iter().take(written) {
                running.take(*byte);
            }
        }
        Poll::Ready(Ok(written))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Tcp + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let running = *self.fate.lock();
        match running {
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
            Some(running) => self.write_under(context, running, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let running = *self.fate.lock();
        match running {
            None => Pin::new(&mut self.stream).poll_write_vectored(context, slices),
            Some(running) => {
                let first = slices.iter().find(|slice| !slice.is_empty());
                self.write_under(context, running, first.map_or(&[], |slice| slice))
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(cut: Cut) -> Running {
        let fate = Fate::default();
        fate.seal(cut);
        fate.lock().unwrap()
    }

    #[test]
    fn bytes_of_a_body_are_counted_from_the_empty_line_wherever_the_writes_are_split() {
        let answer = b"HTTP/1.1 200 OK\r\na: b\r\r\n\r\nbody";
        let whole = running(Cut::InBody { bytes: 2, end: End::Reset });
        assert_eq!(whole.passes(answer), answer.len() - 2);
        let mut split = whole;
        assert!(answer.iter().take(23).all(|byte| split.take(*byte)));
        assert_eq!(split.passes(answer.get(23..).unwrap()), answer.len() - 23 - 2);
    }

    #[test]
    fn a_cut_in_the_head_counts_from_the_first_byte() {
        assert_eq!(running(Cut::After { bytes: 8, end: End::Close }).passes(b"HTTP/1.1 200"), 8);
        assert_eq!(running(Cut::After { bytes: 0, end: End::Close }).passes(b"H"), 0);
    }
}
