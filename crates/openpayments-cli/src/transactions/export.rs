//! `openpayments transactions export`.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::period::Period;
use super::place::Place;
use crate::accounts::ByConsent;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::Memory;
use crate::problem::{OrProblem, Problem};
use crate::terminal;
use crate::views::transactions::{Exported, Rows};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// The first day, or `last` to go on where the last export stopped; a month ago if it is not given.
    #[arg(long, value_name = "DATE|last", value_parser = since)]
    since: Option<Since>,
    /// How to write them; csv if it is not given, to standard output with --json jsonl.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Where to write them; standard output if it is not given.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Add them to what is in the file, without headings of their own.
    #[arg(long, requires = "out")]
    append: bool,
    #[command(flatten)]
    by: ByConsent,
}

#[derive(Clone, Copy, Debug)]
enum Since {
    Day(Date),
    Last,
}

fn since(text: &str) -> Result<Since, String> {
    match text {
        "last" => Ok(Since::Last),
        day => day.parse().map(Since::Day).map_err(|_| "give a day such as 2026-11-23, or last".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values, with a line of headings.
    Csv,
    /// One JSON object a line, with everything the bank says.
    Jsonl,
    /// The columns of an account statement (camt.053), for people.
    Table,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let (consent, bank) = arguments.by.open(connection).await?;
    let memory = Memory::open(connection)?;
    let account = &arguments.period.account;
    let (from, mut place) = match arguments.since {
        Some(Since::Day(day)) => (day, Place::from(day)),
        Some(Since::Last) if let Some(place) = memory.place(account).await? => (place.next()?, place),
        _ => {
            let day = Period::usual_start(connection)?;
            (day, Place::from(day))
        }
    };
    let read = arguments.period.read(connection, &bank, consent, from).await?;
    let mut booked = read.booked;
    // Banks list the newest first; a file that grows has them as they happened.
    booked.sort_by_key(|row| row.booking_date);
    let rows = Rows { account, booked: place.pass(booked), pending: read.pending };
    if let Some(path) = &arguments.out {
        let failed = || Problem::new(Exit::Machine, format!("{} cannot be written", path.display()));
        let mut options = File::options();
        options.create(true).write(true).append(arguments.append).truncate(!arguments.append);
        let mut file = options.open(path).or_problem(failed)?;
        let before = file.metadata().or_problem(failed)?;
        let text = rows.written(arguments.format.unwrap_or(Format::Csv), before.len() == 0)?;
        file.write_all(text.as_bytes()).or_problem(failed)?;
        if before.is_file() {
            file.sync_all().or_problem(failed)?;
        }
    } else {
        let usual = if connection.output.is_json() { Format::Jsonl } else { Format::Csv };
        let text = rows.written(arguments.format.unwrap_or(usual), true)?;
        terminal::write(text).or_problem(|| {
            Problem::new(Exit::Machine, "nobody has read all of the transactions")
                .next("--since last begins where it began now")
        })?;
    }
    // Behind what was written, and not before it: what fails is exported again, nothing is left out.
    memory.keep_place(account, &place).await?;
    let exported = Exported { account, count: rows.booked.len() + rows.pending.len(), from, last: place.day };
    if arguments.out.is_some() {
        connection.output.answer(&exported);
    } else {
        connection.output.note(crate::output::Answer::text(&exported));
    }
    Ok(())
}
