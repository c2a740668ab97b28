//! What is kept of a failure's causes: their texts, without the URL that reqwest writes into its own.

use std::error::Error;
use std::fmt;

use super::chain::links;

/// One cause in words, with the one behind it.
#[derive(Debug)]
pub(super) struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The causes behind `error`, which itself says nothing that the kind does not.
    pub(super) fn of(error: &reqwest::Error) -> Option<Cause> {
        let mut texts: Vec<String> = links(error)
            // reqwest writes the URL into the text of its own errors.
            .filter(|link| !link.is::<reqwest::Error>())
            .map(ToString::to_string)
            .collect();
        // An `io::Error` speaks with the words of what it wraps.
        texts.dedup();
        texts.into_iter().rev().fold(None, |source, text| Some(Cause { text, source: source.map(Box::new) }))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
