//! `openpayments payments reconcile`: by the payment's id, where it is known; else by what the account shows. It never says
//! that nothing happened: a bank may be slow.

use openpayments::store::{CallError, Reconciled};

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptPayment, Memory};
use crate::problem::{OrProblem, Problem};
use crate::views::payments::{Looked, Status};

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let kept = named.kept(connection).await?.or_problem(|| {
        Problem::usage("there is no such payment here")
            .next("openpayments payments list shows those there are")
    })?;
    let whom = named.at.same(connection, kept.whom().cloned())?;
    let bank = named.at.open(connection, &whom)?;
    let memory = Memory::open(connection)?;
    let consents = memory.kept_consents().await?;
    let consent = consents
        .iter()
        .find(|kept| kept.whom.as_ref() == Some(&whom) && !kept.consent.status.is_over())
        .map(|kept| &kept.consent.id);
    let looked = bank.reconcile_payment(&memory.payments, kept.key(), consent);
    let found = match connection.output.waiting("Looking for the payment", looked).await {
        Ok(found) => found,
        Err(CallError::Call(error)) => return Err((*error).into()),
        Err(CallError::Store(error)) => return Err(memory.failed(error)),
        Err(other) => return Err(other.into()),
    };
    let what = match found {
        Reconciled::Found { payment, state } => {
            connection.output.answer(&Status::found(payment, state));
            return Ok(());
        }
        Reconciled::Seen { entries, by_reference } => {
            connection.output.answer(&Looked::of(&kept, true, &entries));
            if by_reference {
                "the account shows money that left with this payment's reference"
            } else {
                "the account shows money that left like this payment's"
            }
        }
        Reconciled::NotFoundYet { looked_at_account } => {
            connection.output.answer(&Looked::of(&kept, looked_at_account, &[]));
            if looked_at_account {
                "the account shows nothing like it yet, which does not prove that it does not exist"
            } else {
                "there is no consent to look at the account by"
            }
        }
        _ => "nothing is known of it yet",
    };
    Err(Problem::new(Exit::OutcomeUnknown, what).next(next(&kept)).into())
}

/// What only a person can do.
fn next(kept: &KeptPayment) -> String {
    let request = kept.lost_request().map(|id| format!(" with the request {id}")).unwrap_or_default();
    format!(
        "ask the platform's support{request}; when you know what became of it: openpayments payments forget {}; \
         if nobody has signed it, the same words with --anew create another one, and this one stays unsigned",
        kept.key()
    )
}
