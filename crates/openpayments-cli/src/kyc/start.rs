//! `openpayments kyc start`.

use openpayments::model::identifier::CountryCode;

use super::Company;
use crate::connection::Connection;
use crate::stop;
use crate::views::kyc::Form;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    company: Company,
    /// Where the company is registered.
    #[arg(long, value_name = "CC", default_value = "SE")]
    country: CountryCode,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let company = arguments.company.of(connection)?;
    let call = stop::not_to_be_cut_off(connection.client.start_kyc(company, arguments.country));
    let form = connection.output.waiting("Fetching the form", call).await?;
    connection.output.answer(&Form::of(&form));
    Ok(())
}
