//! `openpayments payments reconcile`: by the payment's id, where it is known; else by what the account shows. It never says
//! that nothing happened: a bank may be slow.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use openpayments::api::account::ListTransactions;
use openpayments::model::transaction::Transaction;
use openpayments::prelude::Amount;

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptPayment, Memory, Stage};
use crate::problem::{OrProblem, Problem};
use crate::views::payments::{Reconciled, Status};

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let kept = named.kept(connection).await?.or_problem(|| {
        Problem::usage("there is no such payment here")
            .next("openpayments payments list shows those there are")
    })?;
    let whom = named.at.same(connection, Some(kept.whom.clone()))?;
    let bank = named.at.open(connection, &whom)?;
    if let Stage::Created(payment) = &kept.stage {
        let state = connection.output.waiting("Asking for the status", bank.payment_status(payment)).await?;
        connection.output.answer(&Status::of(payment.clone(), state));
        return Ok(());
    }
    let alike = connection.output.waiting("Looking at the account", seen(connection, &bank, &kept)).await?;
    connection.output.answer(&Reconciled::of(&kept, alike.as_deref()));
    let what = match &alike {
        Some(alike) if !alike.is_empty() => "the account shows money that left like this payment's",
        Some(_) => "the account shows nothing like it yet, which does not prove that it does not exist",
        None => "there is no consent to look at the account by",
    };
    let request = match &kept.stage {
        Stage::Sent { request_id: Some(id) } => format!(" with the request {id}"),
        _ => String::new(),
    };
    let next = format!(
        "ask the platform's support{request}; when you know what became of it: openpayments payments forget {}",
        kept.key
    );
    Err(Problem::new(Exit::OutcomeUnknown, what).next(next).into())
}

/// Entries that look like the payment, or nothing where no consent lets us look.
async fn seen(
    connection: &Connection,
    bank: &openpayments::Bank,
    kept: &KeptPayment,
) -> anyhow::Result<Option<Vec<Transaction>>> {
    let consents = Memory::open(connection)?.consents().await?;
    let Some(consent) =
        consents.into_iter().find(|consent| consent.whom == kept.whom && !consent.status.is_over())
    else {
        return Ok(None);
    };
    let from = kept.begun_at.to_zoned(TimeZone::UTC).date().checked_sub(2.days())?;
    let mut alike = Vec::new();
    for account in bank.accounts(&consent.id).await?.body {
        let mut pages =
            bank.transactions(ListTransactions::new(consent.id.clone(), account.resource_id, from));
        while let Some(page) = pages.next().await? {
            alike.extend(page.body.transactions.booked.into_iter().filter(|row| is_like(row, kept)));
        }
    }
    Ok(Some(alike))
}

fn is_like(row: &Transaction, kept: &KeptPayment) -> bool {
    let amount = row.transaction_amount;
    let paid = Amount::new(amount.currency(), -amount.value());
    paid.is_ok_and(|paid| kept.is_of(paid))
        && row.creditor_name.as_ref().is_none_or(|name| *name == kept.creditor)
}
