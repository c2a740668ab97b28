//! From nothing to an account list: the bank, the consent, the signature, the accounts.
use openpayments::prelude::*;
use openpayments_sandbox::Sandbox;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The platform on this machine. Against the real one: `Environment::sandbox()` and your own credentials.
    let sandbox = Sandbox::start().await?;
    let environment = Environment::custom(sandbox.auth_url(), sandbox.api_url())?;
    let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret().expose());
    let client = Client::builder(environment, credentials).build()?;

    // Who asks, and at which bank.
    let psu = Psu::new().id(PsuId::parse("99990101000")?).ip_address("127.0.0.1".parse()?);
    let bank = client.bank(BicFi::parse("ESSESESS")?, Context::Private).psu(psu);

    // A consent to read whatever accounts the person grants, for as long as the bank allows.
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?.body.consent_id;

    // The person signs with BankID on a phone.
    let mut sca = bank.authorise(consent.clone()).method(MethodPreference::OtherDevice).start().await?;
    while let Some(event) = sca.next().await? {
        match event {
            ScaEvent::ShowQr(frame) => println!("{}", frame.to_unicode()),
            ScaEvent::Progress(step) => println!("{}", step.psu_prompt(Lang::En)),
            _ => {}
        }
    }
    sca.into_outcome().into_result()?;

    // Now the accounts can be read.
    for account in bank.accounts(&consent).await?.body {
        let balance = account.balances.first().map(|balance| balance.balance_amount.to_string());
        println!("{} {}", account.name.unwrap_or_default(), balance.unwrap_or_default());
    }
    Ok(())
}
