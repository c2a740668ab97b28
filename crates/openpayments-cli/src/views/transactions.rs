//! How transactions look: a table, CSV, JSON lines.

use comfy_table::{Cell, CellAlignment};
use jiff::civil::Date;
use openpayments::model::account::{AccountNumber, AccountReference};
use openpayments::model::identifier::{AccountId, TransactionId};
use openpayments::model::transaction::Transaction;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::Answer;
use crate::problem::{OrProblem, Problem};
use crate::table::{money, table, trimmed, words};
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
        let mut shown = table(["Booked", "Amount", "With", "Text"]);
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

/// The other side.
fn with(row: &Transaction) -> Cell {
    let is_debit = row.transaction_amount.value().is_sign_negative();
    let (first, second) = if is_debit {
        (&row.creditor_name, &row.debtor_name)
    } else {
        (&row.debtor_name, &row.creditor_name)
    };
    words(first.as_deref().or(second.as_deref()))
}

fn text(row: &Transaction) -> Cell {
    let unstructured = row.remittance_information_unstructured.as_deref();
    words(unstructured.or(row.remittance_information_structured.as_deref()))
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
    pub(crate) fn written(&self, format: Format) -> anyhow::Result<String> {
        match format {
            Format::Csv => self.csv(),
            Format::Jsonl => self.json_lines(),
            Format::Table => Ok(self.statement()),
        }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &Transaction)> {
        let booked = self.booked.iter().map(|row| ("booked", row));
        booked.chain(self.pending.iter().map(|row| ("pending", row)))
    }

    fn csv(&self) -> anyhow::Result<String> {
        let failed = || Problem::new(Exit::Machine, "the transactions cannot be written as csv");
        let mut writer = csv::Writer::from_writer(Vec::new());
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

    /// The columns of a statement: day, value day, debit or credit, reference, text.
    fn statement(&self) -> String {
        let mut shown = table(["Booked", "Value", "CdtDbt", "Amount", "Reference", "With", "Text"]);
        for (_, row) in self.all() {
            let day = |day: Option<Date>| Cell::new(day.map(|day| day.to_string()).unwrap_or_default());
            let amount = row.transaction_amount;
            let side = if amount.value().is_sign_negative() { "DBIT" } else { "CRDT" };
            let figure = format!("{} {}", amount.value().abs(), amount.currency());
            shown.add_row([
                day(row.booking_date),
                day(row.value_date),
                Cell::new(side),
                Cell::new(figure).set_alignment(CellAlignment::Right),
                words(row.entry_reference.as_deref().or(row.end_to_end_id.as_deref())),
                with(row),
                text(row),
            ]);
        }
        trimmed(&shown)
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
