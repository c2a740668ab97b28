//! The banks of a country, and what one of them can do.
use openpayments::model::aspsp::Aspsp;
use openpayments::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_sandbox, client) = openpayments_examples::local_platform().await?;
    let bank = list_banks(&client).await?;
    println!("{} offers {}", bank.name.trim(), bank.global_payment_products.join(", "));
    Ok(())
}

pub(crate) async fn list_banks(client: &Client) -> anyhow::Result<Aspsp> {
    // ANCHOR: places
    let directory = client.directory(Context::Private);
    for country in directory.countries().await?.body {
        println!("{} {}", country.iso_country_code, country.name);
    }
    for city in directory.cities(Filter::default().country("SE")).await?.body {
        println!("{} {}", city.city_id, city.name);
    }
    // ANCHOR_END: places
    // ANCHOR: list
    for bank in directory.banks(Filter::default().country("SE")).await?.body {
        println!("{} {}", bank.bic_fi, bank.name.trim());
    }
    // ANCHOR_END: list
    // ANCHOR: one
    let bank = directory.bank(BicFi::parse("ESSESESS")?).await?.body;
    println!("stays with you to sign: {}", bank.announces_decoupled());
    println!("signing baskets: {:?}", bank.payment_initiation.signing_basket_limit);
    // ANCHOR_END: one
    Ok(bank)
}
