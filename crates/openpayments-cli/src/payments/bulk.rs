//! `openpayments payments bulk`.

use std::path::PathBuf;

use jiff::civil::Date;
use openpayments::model::payment::{Bulk, Domestic, International, Sepa, TransferProduct};
use openpayments::prelude::Amount;

use super::begin::Intent;
use super::create;
use super::number::Number;
use super::order::BulkProduct;
use super::rows::{self, Checked};
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::money::Money;
use crate::problem::{OrProblem, Problem};
use crate::signing::Signing;
use crate::views::bulk::FileChecked;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The CSV file. Its first line names the columns: to, amount, name, and if you like currency, text, reference,
    /// creditor_bank, clearing.
    file: PathBuf,
    /// By which rails.
    #[arg(long, value_enum, value_name = "PRODUCT", default_value = "domestic")]
    product: BulkProduct,
    /// The account that pays: an IBAN or a domestic number.
    #[arg(long, value_name = "ACCOUNT")]
    from: Number,
    /// The currency of rows that name none; SEK, for SEPA EUR, if it is not given.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The day they are to be executed, if not today.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Only check the file; send nothing.
    #[arg(long)]
    dry_run: bool,
    /// What to call it: the same key never pays twice.
    #[arg(long, value_name = "KEY", value_parser = create::key)]
    key: Option<String>,
    /// Create it anew although an earlier attempt got no answer and may exist, unsigned, at the bank.
    #[arg(long)]
    anew: bool,
    /// Create it only; have it signed later with `openpayments payments sign`.
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
    match arguments.product {
        BulkProduct::Domestic => pay::<Domestic>(arguments, connection, "SEK").await,
        BulkProduct::Sepa => pay::<Sepa>(arguments, connection, "EUR").await,
        BulkProduct::International => pay::<International>(arguments, connection, "SEK").await,
    }
}

async fn pay<P: TransferProduct + 'static>(
    arguments: &Arguments,
    connection: &Connection,
    usual: &str,
) -> anyhow::Result<()> {
    let currency = arguments.currency.as_deref().unwrap_or(usual);
    let checked: Checked<P> = rows::read(&arguments.file, currency)?;
    let told = FileChecked::of(&checked);
    if arguments.dry_run || !checked.bad.is_empty() {
        connection.output.answer(&told);
    } else {
        connection.output.note(crate::output::Answer::text(&told));
    }
    if !checked.bad.is_empty() {
        let what = format!("{} of {} rows are wrong; nothing was sent", told.wrong_rows, checked.rows);
        return Err(Problem::usage(what).next("correct them, and run it again").into());
    }
    if arguments.dry_run {
        return Ok(());
    }
    let [total] = checked.totals.as_slice() else {
        let what = "the rows are of several currencies, or there are none";
        return Err(Problem::usage(what).next("write a file for each currency").into());
    };
    send(arguments, connection, *total, checked.entries).await
}

async fn send<P: TransferProduct + 'static>(
    arguments: &Arguments,
    connection: &Connection,
    total: Amount,
    entries: Vec<openpayments::model::payment::BulkEntry<P>>,
) -> anyhow::Result<()> {
    let whom = arguments.at.whom(connection)?;
    let bank = arguments.at.open(connection, &whom)?;
    let count = entries.len();
    let mut bulk = Bulk::new(arguments.from.account(None)?, entries)?;
    if let Some(day) = arguments.on {
        bulk = bulk.requested_execution_date(day);
    }
    bulk.check_on(connection.today()).or_problem(|| Problem::usage("--on must be today or later"))?;
    let intent = Intent {
        connection,
        bank: &bank,
        whom,
        key: arguments.key.clone(),
        amount: total,
        creditor: format!("{count} payments"),
        money: &arguments.money,
        anew: arguments.anew,
    };
    let begun = intent.begin(bulk).await?;
    create::finish(connection, &bank, begun, total, (!arguments.unsigned).then_some(&arguments.signing)).await
}
