//! How a checked file looks.

use openpayments::prelude::Amount;
use serde::Serialize;

use crate::output::Answer;
use crate::payments::{BadCell, Checked};
use crate::table::{table, trimmed, words};

#[derive(Serialize)]
pub(crate) struct FileChecked {
    rows: usize,
    pub(crate) wrong_rows: usize,
    wrong: Vec<BadCell>,
    totals: Vec<Amount>,
}

impl FileChecked {
    pub(crate) fn of<P>(checked: &Checked<P>) -> Self {
        let wrong_rows = checked.rows - checked.entries.len();
        Self { rows: checked.rows, wrong_rows, wrong: checked.bad.clone(), totals: checked.totals.clone() }
    }
}

impl Answer for FileChecked {
    fn text(&self) -> String {
        let totals: Vec<String> = self.totals.iter().map(ToString::to_string).collect();
        let totals = if totals.is_empty() { "nothing".to_owned() } else { totals.join(" and ") };
        if self.wrong.is_empty() {
            return format!("{} rows, all right: {totals}.", self.rows);
        }
        let mut shown = table(["Line", "Column", "What is wrong"], &[0, 1]);
        for bad in &self.wrong {
            shown.add_row([
                words(Some(&bad.line.to_string())),
                words(Some(&bad.column)),
                words(Some(&bad.problem)),
            ]);
        }
        format!(
            "{}\n{} of {} rows are right: {totals}.",
            trimmed(&shown),
            self.rows - self.wrong_rows,
            self.rows
        )
    }
}
