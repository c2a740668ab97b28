//! `openpayments baskets create`.

use openpayments::model::basket::BasketOrder;
use openpayments::model::identifier::PaymentId;
use openpayments::prelude::ErrorKind;

use super::sign;
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptBasket, Memory};
use crate::money::Money;
use crate::problem::Problem;
use crate::signing::Signing;
use crate::stop;
use crate::views::baskets::Created;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The payments, by their ids: all at one bank, for one person, and none of them signed.
    #[arg(required = true, value_name = "PAYMENT")]
    payments: Vec<PaymentId>,
    /// Create it only; have it signed later with `openpayments baskets sign`.
    #[arg(long)]
    unsigned: bool,
    #[command(flatten)]
    money: Money,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    at: AtBank,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let memory = Memory::open(connection)?;
    let asked_for: Vec<_> = memory
        .kept_payments()
        .await?
        .into_iter()
        .filter(|kept| arguments.payments.iter().any(|id| kept.is_called(id.as_str())))
        .filter_map(|kept| kept.whom().cloned())
        .collect();
    if asked_for.windows(2).any(|two| matches!(two, [one, other] if one != other)) {
        let what = "the payments are not all at one bank and for one person";
        return Err(Problem::usage(what).next("make a basket for each").into());
    }
    let whom = arguments.at.same(connection, asked_for.into_iter().next())?;
    let bank = arguments.at.open(connection, &whom)?;
    let order = BasketOrder::of_payments(arguments.payments.iter().cloned())?;
    arguments.money.allow(connection, &format!("{} payments", arguments.payments.len()), true).await?;
    let created = stop::not_to_be_cut_off(async {
        let created = bank.create_basket(order).await?;
        let kept = KeptBasket {
            id: created.body.basket_id.clone(),
            whom: whom.clone(),
            payments: arguments.payments.clone(),
            created_at: connection.now(),
            status: created.body.transaction_status.clone(),
        };
        memory.keep_basket(&kept).await?;
        anyhow::Ok((created, kept))
    });
    let (created, mut kept) = match connection.output.waiting("Creating the basket", created).await {
        Ok(created) => created,
        Err(error) => return Err(told(error)),
    };
    connection.output.warnings(&created.warnings);
    if !arguments.unsigned {
        kept.status = sign::finish(connection, &bank, &mut kept, &arguments.signing).await?;
    }
    connection.output.answer(&Created::of(&kept, !arguments.unsigned, created.request_id.to_string()));
    Ok(())
}

/// A basket whose answer never came does no harm by itself; its payments tell.
fn told(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<openpayments::prelude::Error>() {
        Ok(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            let id = error.request_id().map(|id| format!(", request {id}")).unwrap_or_default();
            let what = format!(
                "OUTCOME UNKNOWN: the basket was sent and no answer came{id}; it may exist, unsigned"
            );
            let next = "do not put the payments into another one before the bank says where they stand: openpayments payments status";
            Problem::new(Exit::OutcomeUnknown, what).next(next).because(error).into()
        }
        Ok(error) => error.into(),
        Err(error) => error,
    }
}
