//! Tables: as wide as the terminal, plain where it speaks no UTF-8, free of what a bank could hide in a name.

use comfy_table::presets::{ASCII_BORDERS_ONLY_CONDENSED, NOTHING, UTF8_BORDERS_ONLY};
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table};
use openpayments::prelude::Amount;

use crate::terminal::{self, harmless};

/// Terminals of fewer columns have no room for an id in one piece beside anything else.
const ROOM_FOR_IDS: u16 = 76;

/// An empty table with these headings. Where there is room, the columns of `whole` are as wide as what is in them: an id
/// that is broken cannot be copied, nor a date or a sum be read.
pub(crate) fn table<const N: usize>(header: [&str; N], whole: &[usize]) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if terminal::speaks_utf8() {
        table.load_style(UTF8_BORDERS_ONLY.with_rounded_corners());
    } else {
        table.load_style(ASCII_BORDERS_ONLY_CONDENSED);
    }
    let width = terminal::width();
    if let Some(width) = width {
        table.set_width(width);
    }
    table.set_header(header);
    if width.is_none_or(|width| width >= ROOM_FOR_IDS) {
        for place in whole {
            if let Some(column) = table.column_mut(*place) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
    }
    table
}

/// Facts about one thing, a line each; those that are not known are left out.
pub(crate) fn facts<'a>(rows: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.load_style(NOTHING);
    if let Some(width) = terminal::width() {
        table.set_width(width);
    }
    for (name, value) in rows {
        if let Some(value) = value {
            table.add_row([Cell::new(name), Cell::new(value)]);
        }
    }
    trimmed(&table)
}

/// A table without the blanks at the ends of its lines.
pub(crate) fn trimmed(table: &Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// An amount, its decimal points under each other.
pub(crate) fn money(amount: Amount) -> Cell {
    Cell::new(amount).set_alignment(CellAlignment::Right)
}

/// No cell shows more of a text; `--json` has all of it.
const LONGEST: usize = 120;

/// Text from outside; an absent one is an empty cell, a very long one is cut.
pub(crate) fn words(text: Option<&str>) -> Cell {
    Cell::new(cut(text.unwrap_or_default()))
}

/// Texts from outside, a line each; absent ones have none.
pub(crate) fn lines<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Cell {
    let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
    Cell::new(texts.map(cut).collect::<Vec<_>>().join("\n"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => harmless(text.get(..end).unwrap_or_default()) + "…",
        None => harmless(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i183_a_name_with_escapes_and_ten_thousand_letters_is_shown_harmless_and_cut() {
        let hostile = format!("\u{1b}]52;c;AAAA\u{7}\u{202e}{}", "x".repeat(10_000));
        let mut shown = table(["Name"], &[]);
        shown.add_row([words(Some(&hostile))]);
        let shown = trimmed(&shown);
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown}");
        assert!(shown.contains("\\u{1b}]52") && shown.chars().count() < 1000, "{shown}");
    }
}
