//! A page of transactions.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Transaction;
use crate::account::{AccountReference, Balance};
use crate::link::Links;
use crate::mask::Hidden;

/// One page of transactions. `next` among the links, when there is one, leads to the page after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TransactionsPage {
    /// The account they are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountReference>,
    /// The transactions.
    pub transactions: AccountReport,
    /// Balances, when they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub balances: Vec<Balance>,
    /// `download`, for reports too large for a page. No bank is known to send it.
    #[serde(rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
}

impl TransactionsPage {
    /// Reads a page from JSON. It gives what `Deserialize` gives and is faster: rows are set apart, to be kept as they
    /// came, only when one of them cannot be read.
    ///
    /// # Errors
    /// When the text is no page. Its own words may hold a value: do not show them.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Received<Vec<Transaction>>>(text)
            .and_then(Received::into_page)
            .or_else(|_| serde_json::from_str(text))
    }
}

impl<'de> Deserialize<'de> for TransactionsPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Received::<Rows>::deserialize(deserializer)?.into_page()
    }
}

/// A page whose lists read as `L`: rows alone, or rows and what is none.
#[derive(Deserialize)]
#[serde(bound = "L: Default + Deserialize<'de>")]
struct Received<L> {
    #[serde(default)]
    account: Option<AccountReference>,
    #[serde(default = "Option::default", deserialize_with = "present")]
    transactions: Option<ReceivedReport<L>>,
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    balances: Vec<Balance>,
    #[serde(rename = "_links", default)]
    links: Links,
}

/// A report whose lists read as `L`.
#[derive(Default, Deserialize)]
#[serde(bound = "L: Default + Deserialize<'de>")]
struct ReceivedReport<L> {
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    booked: L,
    #[serde(default, deserialize_with = "crate::reading::or_default")]
    pending: L,
    #[serde(rename = "_links", default)]
    links: Links,
}

/// A member that is there, if only as `null`.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    crate::reading::or_default(deserializer).map(Some)
}

impl<L: Default + Into<Rows>> Received<L> {
    fn into_page<E: serde::de::Error>(self) -> Result<TransactionsPage, E> {
        // Without either it is no page, and an empty one would look like an account without entries.
        if self.transactions.is_none() && self.links.get("download").is_none() {
            return Err(E::missing_field("transactions"));
        }
        Ok(TransactionsPage {
            account: self.account,
            transactions: self.transactions.unwrap_or_default().into(),
            balances: self.balances,
            links: self.links,
        })
    }
}

/// The transactions of a page and the links that belong to them.
///
/// A row that cannot be read does not cost the page: it is in [`unreadable`](Self::unreadable), as it came. A row with
/// a member that cannot be read is where it belongs, without that member: see [`warnings`](Self::warnings).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountReport {
    /// Booked entries.
    pub booked: Vec<Transaction>,
    /// Entries not yet booked.
    pub pending: Vec<Transaction>,
    /// Rows that cannot be read.
    pub unreadable: Vec<UnreadableRow>,
    /// `account`, and for paging `first`, `next`, `previous`, `last`.
    pub links: Links,
}

/// Which of the two lists of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportList {
    /// Booked entries.
    Booked,
    /// Entries not yet booked.
    Pending,
}

impl ReportList {
    /// The list's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Pending => "pending",
        }
    }
}

/// A row that cannot be read, kept as it came. `Debug` shows where it stands and what cannot be read, not the row.
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    list: ReportList,
    position: usize,
    place: String,
    json: Box<str>,
}

impl UnreadableRow {
    /// The list it stands in.
    pub fn list(&self) -> ReportList {
        self.list
    }

    /// Its position in the list as the bank sent it, from 0; rows that can be read are counted too.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Where in the row the reader stopped, as a path such as `transactionAmount.amount`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The row as it came.
    pub fn as_json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableRow")
            .field("list", &self.list)
            .field("position", &self.position)
            .field("place", &self.place)
            .field("json", &Hidden)
            .finish()
    }
}

/// A member of a row that cannot be read. The row is there without it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowWarning {
    /// The list the row stands in.
    pub list: ReportList,
    /// The row's place in [`AccountReport::booked`] or [`AccountReport::pending`].
    pub index: usize,
    /// The member's name.
    pub member: String,
}

impl AccountReport {
    /// Members that cannot be read, of rows that can.
    pub fn warnings(&self) -> Vec<RowWarning> {
        let of = |list, rows: &[Transaction]| -> Vec<RowWarning> {
            let rows = rows.iter().enumerate();
            rows.flat_map(|(index, row)| {
                row.odd_members().map(move |member| RowWarning { list, index, member: member.to_owned() })
            })
            .collect()
        };
        let mut warnings = of(ReportList::Booked, &self.booked);
        warnings.extend(of(ReportList::Pending, &self.pending));
        warnings
    }
}

/// A list as it came: rows and, with their positions, what is none.
#[derive(Default)]
struct Rows {
    rows: Vec<Transaction>,
    unreadable: Vec<(usize, String, Box<str>)>,
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Rows;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of transactions")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
                let mut rows = Rows::default();
                let mut position = 0;
                while let Some(raw) = list.next_element::<&RawValue>()? {
                    match serde_json::from_str(raw.get()) {
                        Ok(row) => rows.rows.push(row),
                        Err(_) => rows.unreadable.push((position, place(raw.get()), raw.get().into())),
                    }
                    position += 1;
                }
                Ok(rows)
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Reads a row once more, slowly, to tell where the reader stops. Its own words may hold a value and are dropped.
fn place(row: &str) -> String {
    let mut reader = serde_json::Deserializer::from_str(row);
    match serde_path_to_error::deserialize::<_, Transaction>(&mut reader) {
        Err(error) => error.path().to_string(),
        Ok(_) => String::new(),
    }
}

impl From<Vec<Transaction>> for Rows {
    fn from(rows: Vec<Transaction>) -> Self {
        Self { rows, unreadable: Vec::new() }
    }
}

impl<L: Into<Rows>> From<ReceivedReport<L>> for AccountReport {
    fn from(received: ReceivedReport<L>) -> Self {
        let (booked, pending): (Rows, Rows) = (received.booked.into(), received.pending.into());
        let mut unreadable = Vec::new();
        for (list, rows) in
            [(ReportList::Booked, booked.unreadable), (ReportList::Pending, pending.unreadable)]
        {
            unreadable.extend(rows.into_iter().map(|(position, place, json)| UnreadableRow {
                list,
                position,
                place,
                json,
            }));
        }
        Self { booked: booked.rows, pending: pending.rows, unreadable, links: received.links }
    }
}

impl<'de> Deserialize<'de> for AccountReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ReceivedReport::<Rows>::deserialize(deserializer).map(Self::from)
    }
}

/// A list as it goes out: what cannot be read stands where it stood.
struct Merged<'a> {
    list: ReportList,
    report: &'a AccountReport,
}

impl Merged<'_> {
    fn rows(&self) -> &[Transaction] {
        match self.list {
            ReportList::Booked => &self.report.booked,
            ReportList::Pending => &self.report.pending,
        }
    }

    fn unreadable(&self) -> impl Iterator<Item = &UnreadableRow> {
        self.report.unreadable.iter().filter(|row| row.list == self.list)
    }

    fn is_empty(&self) -> bool {
        self.rows().is_empty() && self.unreadable().next().is_none()
    }
}

impl Serialize for Merged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Row<'a> {
            Read(&'a Transaction),
            Kept(Box<RawValue>),
        }
        let mut kept = self.unreadable().peekable();
        let mut read = self.rows().iter();
        let mut position = 0;
        let merged = std::iter::from_fn(|| {
            let due = kept.next_if(|row| row.position <= position);
            let due = due.map(|row| RawValue::from_string(row.json.to_string()).map(Row::Kept));
            let row = due.or_else(|| read.next().map(|row| Ok(Row::Read(row)))).or_else(|| {
                let rest = kept.next()?;
                Some(RawValue::from_string(rest.json.to_string()).map(Row::Kept))
            });
            position += 1;
            row
        });
        let merged: Result<Vec<Row<'_>>, _> = merged.collect();
        merged.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl Serialize for AccountReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [booked, pending] =
            [ReportList::Booked, ReportList::Pending].map(|list| Merged { list, report: self });
        let mut report = serializer.serialize_struct("AccountReport", 3)?;
        report.serialize_field("booked", &booked)?;
        if !pending.is_empty() {
            report.serialize_field("pending", &pending)?;
        }
        if !self.links.is_empty() {
            report.serialize_field("_links", &self.links)?;
        }
        report.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_banks_send_it_and_loses_nothing() {
        let json = r#"{"account":{"iban":"SE4550000000058398257466"},
            "transactions":{"booked":[{"transactionId":"t1","bookingDate":"2026-11-02",
              "transactionAmount":{"currency":"SEK","amount":-12.50},"creditorName":"Made-up Shop","ourOwn":{"a":1}}],
              "pending":null,"_links":{"account":"/psd2/accountinformation/v1/accounts/1"}},
            "_links":{"download":{"href":"/psd2/d"}}}"#;
        let page: TransactionsPage = serde_json::from_str(json).unwrap();
        let row = &page.transactions.booked[0];
        assert_eq!(row.transaction_amount.to_string(), "-12.50 SEK");
        assert_eq!(row.other["ourOwn"]["a"], 1);
        assert_eq!(page.links.get("download"), Some("/psd2/d"));
        let again: TransactionsPage = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        assert_eq!(again, page);
    }

    #[test]
    fn i061_a_page_without_a_list_is_none() {
        let read = |json: &str| serde_json::from_str::<TransactionsPage>(json);
        assert!(read("{}").is_err());
        assert!(read(r#"{"balances":[]}"#).is_err());
        assert!(read(r#"{"transactions":null}"#).is_ok());
        assert!(read(r#"{"_links":{"download":{"href":"/x"}}}"#).is_ok());
    }

    #[test]
    fn both_ways_of_reading_give_the_same() {
        for json in ["{}", r#"{"transactions":null}"#, &format!(r#"{{"transactions":{ROWS}}}"#)] {
            let [one, other] =
                [TransactionsPage::from_json(json), serde_json::from_str(json)].map(Result::ok);
            assert_eq!(one, other, "{json}");
        }
    }

    const ROWS: &str = r#"{"booked":[7,
        {"transactionAmount":{"currency":"SEK","amount":"1"},"bookingDate":"2026-02-30"},
        {"transactionAmount":{"currency":"SEK","amount":"1,5"},"creditorName":"Anna"},
        {"creditorName":"Anna"},
        {"transactionAmount":{"currency":"SEK","amount":"2"}}],
        "pending":[{"transactionAmount":{"currency":"SEK","amount":"3"},"valueDate":5},null]}"#;

    #[test]
    fn one_bad_row_does_not_cost_the_page() {
        let report: AccountReport = serde_json::from_str(ROWS).unwrap();
        assert_eq!((report.booked.len(), report.pending.len()), (2, 1));
        let told: Vec<(ReportList, usize, &str)> =
            report.unreadable.iter().map(|row| (row.list(), row.position(), row.place())).collect();
        assert_eq!(told[1].2, "transactionAmount");
        assert_eq!(told.iter().map(|row| row.1).collect::<Vec<_>>(), [0, 2, 3, 1]);
        assert_eq!(told[3].0, ReportList::Pending);
        assert!(!format!("{report:?}").contains("Anna"));
        let warnings: Vec<(ReportList, usize, String)> = report
            .warnings()
            .into_iter()
            .map(|warning| (warning.list, warning.index, warning.member))
            .collect();
        assert_eq!(
            warnings,
            [
                (ReportList::Booked, 0, "bookingDate".to_owned()),
                (ReportList::Pending, 0, "valueDate".to_owned()),
            ]
        );
    }

    #[test]
    fn unreadable_rows_go_back_out_where_they_stood() {
        let report: AccountReport = serde_json::from_str(ROWS).unwrap();
        let json = serde_json::to_string(&report).unwrap();
        let [out, came] = [&json, ROWS].map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap());
        assert_eq!(out, came);
        assert_eq!(serde_json::from_str::<AccountReport>(&json).unwrap(), report);
    }
}
