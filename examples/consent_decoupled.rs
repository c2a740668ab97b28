//! A consent that a person signs in the BankID app, while the page stays where it is.
use openpayments::model::consent::Consent;
use openpayments::model::identifier::ConsentId;
use openpayments::model::status::ConsentStatus;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    let (bank, id, consent) = signed_consent(&client).await?;
    println!("The consent is {} until {}.", consent.consent_status, consent.valid_until);
    println!("Ended, it is {}.", end(&bank, &id).await?);
    Ok(())
}

pub(crate) async fn signed_consent(client: &Client) -> anyhow::Result<(Bank, ConsentId, Consent)> {
    // ANCHOR: create
    // The address says that the person is there; without it, reads count against the consent's number a day.
    let psu = Psu::new().id(PsuId::parse("99990101000")?).ip_address("192.0.2.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);
    let created = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?;
    println!("request {}: {}", created.request_id, created.body.consent_status);
    let id = created.body.consent_id;
    // ANCHOR_END: create
    // ANCHOR: sign
    let mut sca = bank.authorise(id.clone()).method(MethodPreference::OtherDevice).start().await?;
    while let Some(event) = sca.next().await? {
        match event {
            // Only where no preference settles it.
            ScaEvent::ChooseMethod(methods) => match methods.first() {
                Some(method) => sca.choose(method).await?,
                None => break,
            },
            // Another one each second: put it in the place of the one before. `to_svg` and `to_png` are for pages.
            ScaEvent::ShowQr(frame) => println!("{}", frame.to_unicode()),
            ScaEvent::HideQr => println!("(the code is gone)"),
            // For a person whose BankID is on this very device.
            ScaEvent::OpenApp(link) => println!("or open {}", link.expose()),
            ScaEvent::Progress(step) => println!("{}", step.psu_prompt(Lang::En)),
            ScaEvent::Message(words) => println!("the bank says: {words}"),
            // The 30 seconds to open the app are over. Ask before you start anew.
            ScaEvent::StartWindowMissed => sca.restart().await?,
            _ => {}
        }
    }
    sca.into_outcome().into_result()?;
    // ANCHOR_END: sign
    // ANCHOR: read
    // The bank may have shortened what was asked.
    let consent = bank.consent(&id).await?.body;
    // ANCHOR_END: read
    Ok((bank, id, consent))
}

pub(crate) async fn end(bank: &Bank, id: &ConsentId) -> anyhow::Result<ConsentStatus> {
    // ANCHOR: end
    bank.delete_consent(id).await?;
    let status = bank.consent_status(id).await?.body;
    // ANCHOR_END: end
    Ok(status)
}
