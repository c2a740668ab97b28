//! A signature for which the PSU goes to the bank's page and comes back with a code.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use jiff::civil::date;
use openpayments::model::Context;
use openpayments::model::consent::ConsentRequest;
use openpayments::model::identifier::PsuId;
use openpayments::model::psu::Psu;
use openpayments::sca::{MethodPreference, ScaEvent};
use openpayments::transport::{Effect, Request, Transport};
use url::Url;

use super::{BACK, SEB, WILLING, Walk};

impl Walk {
    pub(super) async fn redirected(&mut self) -> Result<()> {
        let client = &self.past_proxy.client;
        let psu = Psu::new().id(PsuId::parse(WILLING)?).ip_address("192.0.2.7".parse()?);
        let bank = client.bank(SEB.parse()?, Context::Private).psu(psu).redirect_preferred(true);
        let consent = bank.create_consent(ConsentRequest::new(date(2027, 1, 31))).await?.body.consent_id;
        let authorise = bank.authorise(consent).redirect_to(BACK.parse()?);
        let mut session = authorise.method(MethodPreference::ThisDevice).start().await?;
        while let Some(event) = session.next().await? {
            if let ScaEvent::Redirect(link) = event {
                let returned = browse(client.caller().transport(), link.expose().clone()).await?;
                session.callback(returned.query().context("no code came back")?).await?;
            }
        }
        session.into_outcome().into_result()?;
        self.note();
        Ok(())
    }
}

/// Follows redirects until they lead back to us.
async fn browse(transport: &Arc<dyn Transport>, link: Url) -> Result<Url> {
    let mut at = link;
    while !at.as_str().starts_with(BACK) {
        let request = http::Request::get(at.as_str()).body(Bytes::new())?;
        let page = transport.send(Request::new(request, Effect::Read)).await?;
        ensure!(page.status().is_redirection(), "{} leads nowhere", at.path());
        let to = page.headers().get("location").context("no way on")?;
        at = at.join(to.to_str()?)?;
    }
    Ok(at)
}
