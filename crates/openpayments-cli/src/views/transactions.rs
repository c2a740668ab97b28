//! How transactions look: a table, CSV, JSON lines.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment};
use jiff::civil::Date;
use openpayments::model::account::{AccountNumber, AccountReference};
use openpayments::model::identifier::{AccountId, TransactionId};
use openpayments::model::transaction::Transaction;
use openpayments::prelude::Amount;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::Answer;
use crate::problem::{OrProblem, Problem};
use crate::table::{lines, money, table, trimmed, words};
use crate::transactions::{Format, Read};

/// A list of transactions.
#[derive(Serialize)]
pub(crate) struct Transactions<'a> {
    account: &'a AccountId,
    from: Date,
    booked: Vec<Transaction>,
    pending: Vec<Transaction>,
    pages: usize,
}

impl<'a> Transactions<'a> {
    pub(crate) fn of(account: &'a AccountId, from: Date, read: Read) -> Self {
        Self { account, from, booked: read.booked, pending: read.pending, pages: read.pages }
    }
}

impl Answer for Transactions<'_> {
    fn text(&self) -> String {
        if self.booked.is_empty() && self.pending.is_empty() {
            return format!("Nothing has happened since {}.", self.from);
        }
        let mut shown = table(["Booked", "Amount", "With", "Text"], &[0, 1]);
        for row in &self.pending {
            shown.add_row([Cell::new("pending"), money(row.transaction_amount), with(row), text(row)]);
        }
        for row in &self.booked {
            let day = row.booking_date.map(|day| day.to_string()).unwrap_or_default();
            shown.add_row([Cell::new(day), money(row.transaction_amount), with(row), text(row)]);
        }
        let count = self.booked.len() + self.pending.len();
        format!("{}\n{count} transactions since {}.", trimmed(&shown), self.from)
    }
}

fn with(row: &Transaction) -> Cell {
    words(other_side(row))
}

fn other_side(row: &Transaction) -> Option<&str> {
    let is_debit = row.transaction_amount.value().is_sign_negative();
    let (first, second) = if is_debit {
        (&row.creditor_name, &row.debtor_name)
    } else {
        (&row.debtor_name, &row.creditor_name)
    };
    first.as_deref().or(second.as_deref())
}

fn text(row: &Transaction) -> Cell {
    words(said(row))
}

fn said(row: &Transaction) -> Option<&str> {
    let unstructured = row.remittance_information_unstructured.as_deref();
    unstructured.or(row.remittance_information_structured.as_deref())
}

/// Transactions to be written for other programs.
pub(crate) struct Rows<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) booked: Vec<Transaction>,
    pub(crate) pending: Vec<Transaction>,
}

/// A row of the CSV. Its names are part of what other programs rely on.
#[derive(Serialize)]
struct Line<'a> {
    account: &'a str,
    status: &'static str,
    booking_date: Option<Date>,
    value_date: Option<Date>,
    amount: String,
    currency: String,
    creditor_name: Option<&'a str>,
    debtor_name: Option<&'a str>,
    counterparty_account: Option<&'a str>,
    remittance: Option<&'a str>,
    reference: Option<&'a str>,
    end_to_end_id: Option<&'a str>,
    entry_reference: Option<&'a str>,
    transaction_id: Option<&'a str>,
    bank_transaction_code: Option<&'a str>,
}

impl Rows<'_> {
    /// The text; behind rows that are there already without headings.
    pub(crate) fn written(&self, format: Format, headings: bool) -> anyhow::Result<String> {
        match format {
            Format::Csv => self.csv(headings),
            Format::Jsonl => self.json_lines(),
            Format::Table => Ok(self.statement()),
        }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &Transaction)> {
        let booked = self.booked.iter().map(|row| ("booked", row));
        booked.chain(self.pending.iter().map(|row| ("pending", row)))
    }

    fn csv(&self, headings: bool) -> anyhow::Result<String> {
        let failed = || Problem::new(Exit::Machine, "the transactions cannot be written as csv");
        let mut writer = csv::WriterBuilder::new().has_headers(headings).from_writer(Vec::new());
        for (status, row) in self.all() {
            writer.serialize(self.line(status, row)).or_problem(failed)?;
        }
        if self.booked.is_empty() && self.pending.is_empty() {
            return Ok(String::new());
        }
        String::from_utf8(writer.into_inner().or_problem(failed)?).or_problem(failed)
    }

    fn line<'r>(&'r self, status: &'static str, row: &'r Transaction) -> Line<'r> {
        Line {
            account: self.account.as_str(),
            status,
            booking_date: row.booking_date,
            value_date: row.value_date,
            amount: row.transaction_amount.value().to_string(),
            currency: row.transaction_amount.currency().to_string(),
            creditor_name: row.creditor_name.as_deref(),
            debtor_name: row.debtor_name.as_deref(),
            counterparty_account: row.debtor_account.as_deref().and_then(number),
            remittance: row.remittance_information_unstructured.as_deref(),
            reference: row.remittance_information_structured.as_deref(),
            end_to_end_id: row.end_to_end_id.as_deref(),
            entry_reference: row.entry_reference.as_deref(),
            transaction_id: row.transaction_id.as_ref().map(TransactionId::as_str),
            bank_transaction_code: row.bank_transaction_code.as_deref(),
        }
    }

    fn json_lines(&self) -> anyhow::Result<String> {
        #[derive(Serialize)]
        struct Row<'a> {
            account: &'a AccountId,
            status: &'static str,
            #[serde(flatten)]
            row: &'a Transaction,
        }
        let mut lines = String::new();
        for (status, row) in self.all() {
            lines += &serde_json::to_string(&Row { account: self.account, status, row })?;
            lines.push('\n');
        }
        Ok(lines)
    }

    /// A statement: each entry with its day, value day, side and amount, and below all of it how many there are of each side
    /// and what they come to.
    fn statement(&self) -> String {
        if self.booked.is_empty() && self.pending.is_empty() {
            return String::new();
        }
        let mut shown = table(["Booked", "Value", "CdtDbt", "Amount", "Details"], &[0, 1, 2, 3]);
        let mut sums: BTreeMap<(String, &str), (usize, Option<Amount>)> = BTreeMap::new();
        for (status, row) in self.all() {
            let amount = row.transaction_amount;
            let side = if amount.value().is_sign_negative() { "DBIT" } else { "CRDT" };
            let figure = format!("{} {}", amount.value().abs(), amount.currency());
            let day = |day: Option<Date>| Cell::new(day.map(|day| day.to_string()).unwrap_or_default());
            let booked = if status == "booked" { day(row.booking_date) } else { Cell::new(status) };
            let reference = row.entry_reference.as_deref().or(row.end_to_end_id.as_deref());
            shown.add_row([
                booked,
                day(row.value_date),
                Cell::new(side),
                Cell::new(figure).set_alignment(CellAlignment::Right),
                lines([other_side(row), said(row), reference]),
            ]);
            let (count, sum) = sums.entry((amount.currency().to_string(), side)).or_default();
            *count += 1;
            let before = sum.map(|sum| sum.value()).unwrap_or_default();
            *sum = Amount::new(amount.currency(), before + amount.value().abs()).ok();
        }
        let sums = sums.iter().map(|((_, side), (count, sum))| {
            let sum = sum.map(|sum| format!(", together {sum}")).unwrap_or_default();
            format!("{count} {side}{sum}")
        });
        format!("{}\n{}", trimmed(&shown), sums.collect::<Vec<_>>().join("\n"))
    }
}

fn number(account: &AccountReference) -> Option<&str> {
    account.iban.as_ref().or(account.bban.as_ref()).map(AccountNumber::as_str)
}

/// What was exported.
#[derive(Serialize)]
pub(crate) struct Exported<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) count: usize,
    pub(crate) from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<Date>,
}

impl Answer for Exported<'_> {
    fn text(&self) -> String {
        let Self { count, from, .. } = self;
        format!("{count} transactions since {from}. Go on from there: --since last")
    }
}
