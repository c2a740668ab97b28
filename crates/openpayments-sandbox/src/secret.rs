//! A secret that does not print itself.

use std::fmt;

/// A client's secret, an access token or the token of the control API. `Debug` is masked and there is no `Display`:
/// [`expose`](Self::expose) is the one way to the text.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, to be handed to whoever is to use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// A client that may ask for tokens, as the developer portal would hand it out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientCredentials {
    /// The application's id, a UUID.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}
