//! `openpayments baskets status`: of the basket, and of each of its payments, since that is what counts.

use super::Named;
use crate::connection::Connection;
use crate::memory::Memory;
use crate::views::baskets::{PaymentStatus, Status};

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (id, whom, kept) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let memory = Memory::open(connection)?;
    let payments = memory.kept_payments().await?;
    let asked = async {
        let status = bank.basket_status(&id).await?.body.transaction_status;
        let mut each = Vec::new();
        for payment in kept.iter().flat_map(|kept| &kept.payments) {
            let known = payments.iter().find(|kept| kept.is_called(payment.as_str()));
            let Some(reference) = known.and_then(|kept| kept.payment()) else {
                continue;
            };
            let state = bank.payment_status(reference).await?.body;
            each.push(PaymentStatus { payment: payment.clone(), status: state.transaction_status });
        }
        anyhow::Ok((status, each))
    };
    let (status, payments) = connection.output.waiting("Asking for the status", asked).await?;
    if let Some(mut kept) = kept {
        kept.status = status.clone();
        memory.keep_basket(&kept).await?;
    }
    connection.output.answer(&Status { basket: id, status, payments });
    Ok(())
}
