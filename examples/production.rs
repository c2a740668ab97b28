//! A client for production: what it must have before it is even made. Nothing is sent here.
use openpayments::prelude::*;
use openpayments::transport_reqwest::{ClientIdentity, Trust};
use secrecy::SecretString;

fn main() -> anyhow::Result<()> {
    // In earnest: the files from the platform's portal, and a secret from wherever you keep secrets.
    let made_up = rcgen::generate_simple_self_signed(["made-up.example".to_owned()])?;
    let (certificate, key) = (made_up.cert.pem(), SecretString::from(made_up.signing_key.serialize_pem()));
    let client = production(&certificate, &key, Trust::Only(certificate.clone().into()))?;
    println!("{}", client.caller().environment().api());
    Ok(())
}

// ANCHOR: production
/// Whom to trust as a server: `Trust::Platform` takes the operating system's word, as browsers do.
pub(crate) fn production(certificate: &str, key: &SecretString, trust: Trust) -> anyhow::Result<Client> {
    let identity = ClientIdentity::from_pem(certificate, key)?;
    let credentials = Credentials::new("application id", "application secret");
    Ok(Client::builder(Environment::production(), credentials).identity(identity).trust(trust).build()?)
}
// ANCHOR_END: production
