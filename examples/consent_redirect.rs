//! A consent that a person signs on the bank's own page. Between the way there and the way back nothing of it is in the
//! process: a web server may have been started anew, or another one may take the callback.
use std::sync::Arc;

use openpayments::prelude::*;
use openpayments::sca::{MemorySessions, ResourceStatus, SealKey, SessionStore, handle_callback};
use openpayments_examples::{CALLBACK, browse};
use url::Url;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    let status = signed_consent(&client).await?;
    println!("Signed: {status:?}.");
    Ok(())
}

pub(crate) async fn signed_consent(client: &Client) -> anyhow::Result<ResourceStatus> {
    // A database in earnest; sealed, since a session names people.
    let sessions: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
    let key = SealKey::new(&[7; 32]);

    let link = send_to_the_bank(client, &sessions, &key).await?;
    // The person's browser follows the link, the person approves, and the bank sends the browser back.
    let back = browse(client, &link, CALLBACK).await?;
    come_back(client, &sessions, &key, back.query().unwrap_or_default()).await
}

// ANCHOR: there
/// The handler of the button: where to send the browser.
async fn send_to_the_bank(
    client: &Client,
    sessions: &Arc<dyn SessionStore>,
    key: &SealKey,
) -> anyhow::Result<Url> {
    let psu = Psu::new().id(PsuId::parse("199002092386")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("NDEASESS")?, Context::Private).psu(psu);
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?.body.consent_id;
    // Letter for letter one of the addresses registered for the application.
    let mut sca = bank.authorise(consent).redirect_to(CALLBACK.parse()?).start().await?;
    while let Some(event) = sca.next().await? {
        if let ScaEvent::Redirect(link) = event {
            // Kept before the browser leaves: it may be back at once.
            sessions.put(sca.export(Some(key))?).await.map_err(anyhow::Error::from_boxed)?;
            return Ok(link.expose().clone());
        }
    }
    sca.into_outcome().into_result()?;
    anyhow::bail!("the bank sent nobody anywhere")
}
// ANCHOR_END: there

// ANCHOR: back
/// The handler of the callback, in whichever process: `query` is what stands behind the question mark.
async fn come_back(
    client: &Client,
    sessions: &Arc<dyn SessionStore>,
    key: &SealKey,
    query: &str,
) -> anyhow::Result<ResourceStatus> {
    let mut sca = handle_callback(query, sessions, client.caller(), Some(key)).await?;
    while let Some(event) = sca.next().await? {
        if let ScaEvent::Progress(step) = event {
            println!("{}", step.psu_prompt(Lang::En));
        }
    }
    Ok(sca.into_outcome().into_result()?)
}
// ANCHOR_END: back
