//! `openpayments kyc status`.

use super::Company;
use crate::connection::Connection;
use crate::views::kyc::Status;

pub(crate) async fn run(company: &Company, connection: &Connection) -> anyhow::Result<()> {
    let company = company.of(connection)?;
    let status = connection.output.waiting("Asking for the status", connection.client.kyc_status(company));
    connection.output.answer(&Status::of(&status.await?)?);
    Ok(())
}
