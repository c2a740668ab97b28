//! Reads an answer's body chunk by chunk: decodes it on the way and stops as soon as a limit is passed.

mod sink;

use std::fmt;
use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::response::Parts;

use self::sink::Sink;
use crate::head::{self, Coding};
use crate::{Delivery, Limits, Response, TransportError, TransportErrorKind};

/// Turns the chunks of one answer into its body, within [`Limits`].
///
/// It does no IO: a transport hands it the head first, then each chunk as it arrives, and stops reading at the first
/// error. What it holds is bounded by the largest body allowed, whatever the other side sends.
///
/// ```
/// use openpayments_transport::{BodyReader, Limits};
///
/// let (head, ()) = http::Response::new(()).into_parts();
/// let mut reader = BodyReader::new(&head, Limits::default())?;
/// reader.push(b"two ")?;
/// reader.push(b"chunks")?;
/// assert_eq!(reader.into_response(head)?.body(), "two chunks");
/// # Ok::<(), openpayments_transport::TransportError>(())
/// ```
pub struct BodyReader {
    state: State,
    limits: Limits,
    received: usize,
}

enum State {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
    /// A chunk was refused; a decoder that failed must not be written to again.
    Failed(TransportErrorKind),
}

impl BodyReader {
    /// A reader for the body that follows `head`.
    ///
    /// # Errors
    /// [`LimitExceeded`](TransportErrorKind::LimitExceeded) when the head has too many fields or bytes;
    /// [`Protocol`](TransportErrorKind::Protocol) when it is no answer of HTTP/1.1 or later, or when its body has a
    /// content encoding other than one `gzip` or `identity`.
    pub fn new(head: &Parts, limits: Limits) -> Result<Self, TransportError> {
        let sink = Sink::new(limits);
        let state = match head::check(head, limits)? {
            Coding::Identity => State::Plain(sink),
            Coding::Gzip => State::Gzip(Box::new(MultiGzDecoder::new(sink))),
        };
        Ok(Self { state, limits, received: 0 })
    }

    /// Takes the next chunk as it came from the wire.
    ///
    /// # Errors
    /// [`LimitExceeded`](TransportErrorKind::LimitExceeded) when the decoded body is larger than
    /// [`Limits::body`] or has grown more than [`Limits::expansion`] allows;
    /// [`Protocol`](TransportErrorKind::Protocol) when it is not gzip although the head says so. After an error every
    /// further call fails the same way.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), TransportError> {
        self.received = self.received.saturating_add(chunk.len());
        let kind = match &mut self.state {
            State::Failed(kind) => *kind,
            State::Plain(sink) => match sink.write_all(chunk) {
                Ok(()) => return Ok(()),
                Err(_) => TransportErrorKind::LimitExceeded,
            },
            State::Gzip(decoder) => {
                decoder.get_mut().allow(self.received);
                // The flush brings out what the decoder has already decoded, so that it is counted now.
                match decoder.write_all(chunk).and_then(|()| decoder.flush()) {
                    Ok(()) => return Ok(()),
                    Err(_) => gzip_failure(decoder.get_ref()),
                }
            }
        };
        self.state = State::Failed(kind);
        Err(refused(kind))
    }

    /// What has come of the body until now, decoded; nothing after an error.
    pub fn so_far(&self) -> &[u8] {
        match &self.state {
            State::Plain(sink) => sink.as_bytes(),
            State::Gzip(decoder) => decoder.get_ref().as_bytes(),
            State::Failed(_) => &[],
        }
    }

    /// The whole body, decoded.
    ///
    /// # Errors
    /// [`Protocol`](TransportErrorKind::Protocol) when the gzip stream was cut short or its checksum is wrong, and
    /// whatever [`push`](Self::push) failed with before.
    pub fn finish(self) -> Result<Bytes, TransportError> {
        match self.state {
            State::Failed(kind) => Err(refused(kind)),
            State::Plain(sink) => Ok(sink.into_bytes()),
            // An answer without a body (204, 304) may still name an encoding.
            State::Gzip(_) if self.received == 0 => Ok(Bytes::new()),
            State::Gzip(mut decoder) => match decoder.try_finish() {
                Ok(()) => Ok(std::mem::replace(decoder.get_mut(), Sink::new(self.limits)).into_bytes()),
                Err(_) => Err(refused(gzip_failure(decoder.get_ref()))),
            },
        }
    }

    /// The answer made of `head` and the whole body.
    ///
    /// A decoded body loses the header fields that described its encoded form: `Content-Encoding` and
    /// `Content-Length`. All others are handed through.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn into_response(self, mut head: Parts) -> Result<Response, TransportError> {
        let decoded = !matches!(self.state, State::Plain(_));
        let result = self.finish();
        match result {
            Ok(body) => {
                if decoded {
                    head.headers.remove(CONTENT_ENCODING);
                    head.headers.remove(CONTENT_LENGTH);
                }
                Ok(Response::from_parts(head, body))
            }
            Err(error) => Err(error.with_head(head.status, head.headers)),
        }
    }

    /// Reads an answer that is already there as a whole, as test doubles have it, by the same rules.
    ///
    /// # Errors
    /// As [`new`](Self::new), [`push`](Self::push) and [`finish`](Self::finish).
    pub fn read_whole(answer: Response, limits: Limits) -> Result<Response, TransportError> {
        let (head, body) = answer.into_parts();
        let mut reader = Self::new(&head, limits)?;
        match reader.push(&body) {
            Ok(()) => reader.into_response(head),
            Err(error) => Err(error.with_head(head.status, head.headers)),
        }
    }
}

impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyReader").field("received", &self.received).finish_non_exhaustive()
    }
}

/// Why the decoder stopped: its sink was full, or the stream is not gzip.
fn gzip_failure(sink: &Sink) -> TransportErrorKind {
    if sink.is_full() { TransportErrorKind::LimitExceeded } else { TransportErrorKind::Protocol }
}

fn refused(kind: TransportErrorKind) -> TransportError {
    TransportError::new(kind, Delivery::Unknown)
}

#[cfg(test)]
mod tests;
