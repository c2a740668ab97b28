//! The CSV file of a bulk payment: every row is checked before anything is sent, and each fault is told by line and column.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use csv::StringRecord;
use openpayments::model::payment::{BulkEntry, TransferProduct};
use openpayments::prelude::{Amount, BicFi, InvalidValue};
use serde::Serialize;

use super::number::Number;
use crate::problem::{OrProblem, Problem};

/// No file is larger.
const LARGEST: u64 = 64 * 1024 * 1024;
/// The columns there must be.
const NEEDED: [&str; 3] = ["to", "amount", "name"];
/// The columns there may be.
const KNOWN: [&str; 8] =
    ["to", "amount", "currency", "name", "text", "reference", "creditor_bank", "clearing"];

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BadCell {
    pub(crate) line: u64,
    pub(crate) column: String,
    pub(crate) problem: String,
}

/// What is in the file.
#[derive(Debug)]
pub(crate) struct Checked<P> {
    pub(crate) entries: Vec<BulkEntry<P>>,
    pub(crate) rows: usize,
    pub(crate) bad: Vec<BadCell>,
    pub(crate) totals: Vec<Amount>,
}

/// Reads and checks all of it.
pub(super) fn read<P: TransferProduct>(path: &Path, currency: &str) -> anyhow::Result<Checked<P>> {
    let cannot = || Problem::usage(format!("{} cannot be read", path.display()));
    let mut text = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text))
        .or_problem(cannot)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
        return Err(Problem::usage(format!("{} is larger than 64 MiB", path.display())).into());
    }
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_slice());
    let headings = reader.headers().or_problem(cannot)?.clone();
    let columns = columns(&headings)?;
    let mut checked = Checked { entries: Vec::new(), rows: 0, bad: Vec::new(), totals: Vec::new() };
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for record in reader.records() {
        checked.rows += 1;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = line(&text, error.position());
                checked.bad.push(BadCell {
                    line,
                    column: String::new(),
                    problem: "the line is no text".to_owned(),
                });
                continue;
            }
        };
        let row = Row { line: line(&text, record.position()), record: &record, columns: &columns, currency };
        match row.entry::<P>() {
            Ok(entry) => {
                let amount = entry.instructed_amount();
                let sum = sums
                    .get(amount.currency().as_str())
                    .map_or(amount.value(), |sum| sum.value() + amount.value());
                if let Ok(sum) = Amount::new(amount.currency(), sum) {
                    sums.insert(amount.currency().to_string(), sum);
                }
                checked.entries.push(entry);
            }
            Err(bad) => checked.bad.extend(bad),
        }
    }
    checked.totals = sums.into_values().collect();
    Ok(checked)
}

/// The line a record begins on. The reader's own place is before the empty lines that it skips.
fn line(text: &[u8], place: Option<&csv::Position>) -> u64 {
    let Some(place) = place else {
        return 0;
    };
    let from = usize::try_from(place.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let skipped = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    place.line() + u64::try_from(skipped.count()).unwrap_or_default()
}

/// Where each column stands.
fn columns(headings: &StringRecord) -> anyhow::Result<BTreeMap<&'static str, usize>> {
    let mut columns = BTreeMap::new();
    for (place, heading) in headings.iter().enumerate() {
        let heading = heading.trim_start_matches('\u{feff}').to_ascii_lowercase();
        let known = KNOWN.into_iter().find(|known| *known == heading);
        let known = known.or_problem(|| {
            Problem::usage(format!("the file has a column that is not known: {heading}"))
                .next(format!("the columns are: {}", KNOWN.join(", ")))
        })?;
        if columns.insert(known, place).is_some() {
            return Err(Problem::usage(format!("the file has the column {known} twice")).into());
        }
    }
    match NEEDED.into_iter().find(|needed| !columns.contains_key(needed)) {
        None => Ok(columns),
        Some(missing) => Err(Problem::usage(format!("the file has no column {missing}"))
            .next(format!("its first line names the columns: {}", KNOWN.join(",")))
            .into()),
    }
}

struct Row<'a> {
    line: u64,
    record: &'a StringRecord,
    columns: &'a BTreeMap<&'static str, usize>,
    /// Where the row names none.
    currency: &'a str,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        let place = self.columns.get(column)?;
        self.record.get(*place).filter(|text| !text.is_empty())
    }

    fn bad(&self, column: &str, problem: impl Into<String>) -> BadCell {
        BadCell { line: self.line, column: column.to_owned(), problem: problem.into() }
    }

    fn needed(&self, column: &str) -> Result<&str, BadCell> {
        self.cell(column).ok_or_else(|| self.bad(column, "is missing"))
    }

    /// The payment of this row, or all that is wrong with it.
    fn entry<P: TransferProduct>(&self) -> Result<BulkEntry<P>, Vec<BadCell>> {
        let invalid =
            |column: &'static str| move |error: InvalidValue| self.bad(column, error.rule().to_string());
        if self.record.len() > self.columns.len() {
            return Err(vec![self.bad("", "the row has more cells than the file has columns")]);
        }
        let creditor = self.needed("to").and_then(|text| {
            let number: Number = text.parse().map_err(invalid("to"))?;
            let clearing = self.cell("clearing").map(openpayments::model::identifier::ClearingNumber::parse);
            let clearing = clearing.transpose().map_err(invalid("clearing"))?;
            number.account(clearing.as_ref()).map_err(|problem| self.bad("to", problem.to_string()))
        });
        let currency = self.cell("currency").unwrap_or(self.currency).to_ascii_uppercase();
        let amount = self.needed("amount").and_then(|text| {
            let amount = Amount::parse(&currency, text).map_err(|error| self.of_money(&error))?;
            P::check_amount(&amount).map_err(|error| self.of_money(&error))?;
            Ok(amount)
        });
        let name = self.needed("name");
        let (creditor, amount, name) = match (creditor, amount, name) {
            (Ok(creditor), Ok(amount), Ok(name)) => (creditor, amount, name),
            (creditor, amount, name) => {
                return Err([creditor.err(), amount.err(), name.err()].into_iter().flatten().collect());
            }
        };
        let build = || {
            let mut entry = BulkEntry::<P>::new(amount, creditor, name).map_err(invalid("name"))?;
            if let Some(text) = self.cell("text") {
                entry = entry.remittance(text).map_err(invalid("text"))?;
            }
            if let Some(reference) = self.cell("reference") {
                entry = entry.end_to_end_identification(reference).map_err(invalid("reference"))?;
            }
            if let Some(bic) = self.cell("creditor_bank") {
                entry = entry.creditor_agent(BicFi::parse(bic).map_err(invalid("creditor_bank"))?);
            }
            Ok(entry)
        };
        build().map_err(|bad| vec![bad])
    }

    /// An amount and its currency are two columns, where the file has both.
    fn of_money(&self, error: &InvalidValue) -> BadCell {
        let column = if error.field() == "currency" && self.columns.contains_key("currency") {
            "currency"
        } else {
            "amount"
        };
        self.bad(column, error.rule().to_string())
    }
}

#[cfg(test)]
mod tests {
    use openpayments::model::payment::Domestic;

    use super::*;

    fn checked(text: &str) -> anyhow::Result<Checked<Domestic>> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, "SEK")
    }

    #[test]
    fn each_fault_is_told_by_line_and_column() {
        let text = "to,amount,name,currency,text\n\
                    41351300039,10.00,Made-up AB,,\n\
                    SE4550000000058398257467,\"1,50\",Made-up AB,,\n\
                    \n\
                    41351300039,-1,,XX,\n\
                    41351300039,10.00,Made-up AB,EUR,\n";
        let checked = checked(text).unwrap();
        assert_eq!(checked.rows, 4);
        assert_eq!(checked.entries.len(), 1);
        let places: Vec<(u64, &str)> =
            checked.bad.iter().map(|bad| (bad.line, bad.column.as_str())).collect();
        assert_eq!(places, [(3, "to"), (3, "amount"), (5, "currency"), (5, "name"), (6, "currency")]);
        assert!(checked.bad.iter().any(|bad| bad.problem.contains("123.50")), "i186: {:?}", checked.bad);
    }

    #[test]
    fn totals_are_exact() {
        let rows: String = (0..1000).map(|_| "41351300039,0.10,Made-up AB\n").collect();
        let checked = checked(&format!("to,amount,name\n{rows}")).unwrap();
        assert_eq!(checked.totals.iter().map(ToString::to_string).collect::<Vec<_>>(), ["100.00 SEK"]);
    }

    #[test]
    fn a_file_without_the_right_columns_is_refused() {
        for text in ["", "to,amount\n", "to,amount,name,iban\n", "to,to,amount,name\n"] {
            assert!(checked(text).is_err(), "{text}");
        }
    }
}
