//! Walks an error and everything that caused it.

use std::error::Error;
use std::io;

/// `error`, its cause, and so on down.
///
/// An `io::Error` that wraps another error leaves it out of `source()`, and that is where rustls's errors are.
pub(super) fn links<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let link = next?;
        next = match link.downcast_ref::<io::Error>() {
            Some(io) => match io.get_ref() {
                Some(inner) => Some(inner),
                None => None,
            },
            None => link.source(),
        };
        Some(link)
    })
    .take(LONGEST)
}

/// No chain is longer, unless it goes round in circles.
const LONGEST: usize = 32;
