//! `openpayments banks list`.

use openpayments::model::identifier::CityId;
use openpayments::prelude::{Context, Filter};

use crate::connection::Connection;
use crate::views::banks::Banks;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only those of this country, two letters; can be repeated.
    #[arg(long, value_name = "COUNTRY")]
    country: Vec<String>,
    /// Only those of this city, by its id; can be repeated.
    #[arg(long, value_name = "ID")]
    city: Vec<CityId>,
    /// The directory for personal or for business accounts: private or corporate.
    #[arg(long, value_name = "CONTEXT")]
    context: Option<Context>,
}

pub(crate) async fn run(arguments: Arguments, connection: &Connection) -> anyhow::Result<()> {
    let mut filter = Filter::default();
    for country in arguments.country {
        filter = filter.country(country.to_ascii_uppercase());
    }
    for city in arguments.city {
        filter = filter.city(city);
    }
    let directory = connection.client.directory(connection.context(arguments.context)?);
    let found = connection.output.waiting("Reading the bank directory", directory.banks(filter)).await?;
    connection.output.answer(&Banks::of(found));
    Ok(())
}
