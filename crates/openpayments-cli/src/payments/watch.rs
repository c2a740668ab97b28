//! `openpayments payments watch`.

use openpayments::model::status::TransactionStatus;

use super::{Named, sign};
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::Memory;
use crate::problem::{OrProblem, Problem};
use crate::stop;
use crate::views::payments::Status;

pub(crate) async fn run(named: &Named, connection: &Connection) -> anyhow::Result<()> {
    let (payment, whom) = named.find(connection).await?;
    let bank = named.at.open(connection, &whom)?;
    let memory = Memory::open(connection)?;
    let kept = named.kept(connection).await?;
    stop::remember_how_to_go_on(format!("go on with: openpayments payments watch {}", payment.id));
    let mut follower = bank.follow(&payment);
    let mut last = None;
    while let Some(state) = connection.output.waiting("Waiting for the bank", follower.next()).await? {
        let status = state.body.transaction_status.clone();
        let is_news = last.as_ref().is_none_or(|last: &Status| *last.word() != status);
        if let Some(kept) = kept.as_ref().filter(|_| is_news) {
            memory.note_payment(kept.key(), &status).await?;
        }
        let told = Status::of(payment.clone(), state);
        if is_news && !status.is_final() {
            connection.output.note(format_args!("  {}", told.in_words()));
        }
        last = Some(told);
    }
    stop::forget_how_to_go_on();
    let last = last.or_problem(|| Problem::new(Exit::GaveUp, "the payment's status is not known"))?;
    connection.output.answer(&last);
    if *last.word() == TransactionStatus::Rejected {
        return Err(sign::over(last.word()).into());
    }
    if last.word().is_final() {
        return Ok(());
    }
    let next = format!("openpayments payments watch {}", payment.id);
    Err(Problem::new(Exit::GaveUp, "half an hour is over, and the bank has not settled it yet")
        .next(next)
        .into())
}
