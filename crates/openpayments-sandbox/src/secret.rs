//! A secret that does not print itself.

use std::fmt;

/// The client secret. `Debug` is masked and there is no `Display`: [`expose`](Self::expose) is the one way to the text.
#[derive(Clone)]
pub struct ClientSecret(String);

impl ClientSecret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, to be handed to the client under test.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(***)")
    }
}

/// A client that may ask for tokens, as the developer portal would hand it out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientCredentials {
    /// The application's id, a UUID.
    pub id: String,
    /// Its secret.
    pub secret: ClientSecret,
}
