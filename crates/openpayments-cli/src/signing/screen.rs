//! What the person sees while he signs: one picture on standard error, drawn anew in its place. Where standard error is no
//! terminal each sentence stands there once, and never a code.

use std::path::Path;
use std::time::Duration;

use console::Term;
use openpayments::prelude::Lang;
use openpayments::sca::{QrFrame, Step};

use super::qr_file::QrFile;
use super::words::Words;
use crate::connection::Connection;
use crate::output::Output;
use crate::terminal;

/// How long BankID can be opened after a round has begun.
const WINDOW: Duration = Duration::from_secs(30);
/// The steps whose words the person is shown.
const STEPS: [Step; 5] = [Step::Waiting, Step::Authenticate, Step::ApproveRecipient, Step::Sign, Step::Done];

#[derive(Debug)]
pub(super) struct Screen {
    output: Output,
    /// Where to draw, if anywhere.
    term: Option<Term>,
    file: Option<QrFile>,
    drawn: usize,
    code: Option<String>,
    link: Option<String>,
    prompt: String,
    seconds_left: Option<u64>,
}

impl Screen {
    pub(super) fn new(connection: &Connection, file: Option<&Path>) -> Self {
        let output = connection.output;
        let term = Term::stderr();
        let draws = term.is_term() && !output.is_quiet() && !output.is_json();
        Self {
            output,
            term: draws.then_some(term),
            file: file.map(QrFile::at),
            drawn: 0,
            code: None,
            link: None,
            prompt: String::new(),
            seconds_left: None,
        }
    }

    /// Shows a code in place of the one before.
    pub(super) fn code(&mut self, frame: &QrFrame) {
        if let Some(file) = &self.file
            && let Err(error) = file.show(frame)
        {
            terminal::note(format_args!("  the code cannot be written: {error:#}"));
        }
        self.start_counting();
        self.code = Some(frame.to_unicode());
        self.draw();
    }

    /// Offers a link into the app.
    pub(super) fn link(&mut self, link: &str) {
        let is_new = self.link.as_deref() != Some(link);
        self.link = Some(link.to_owned());
        self.start_counting();
        if self.term.is_some() {
            self.draw();
        } else if is_new && !self.output.is_quiet() {
            terminal::note(format_args!("  {} {link}", Words::OpenHere.text(self.output.lang())));
        }
    }

    /// Takes code and link away.
    pub(super) fn hide(&mut self) {
        self.code = None;
        self.link = None;
        self.seconds_left = None;
        if let Some(file) = &self.file {
            file.erase();
        }
        self.draw();
    }

    /// What stands there stays; what comes next stands below.
    pub(super) fn leave(&mut self) {
        self.drawn = 0;
    }

    /// Tells the person what to do.
    pub(super) fn prompt(&mut self, words: &str) {
        if self.prompt == words {
            return;
        }
        words.clone_into(&mut self.prompt);
        if self.term.is_some() {
            self.draw();
        } else {
            self.output.note(format_args!("  {words}"));
        }
    }

    /// Passes the bank's own words on, unless the person is told the same anyway.
    pub(super) fn words(&mut self, words: &str) {
        let lang = self.output.lang();
        if !STEPS.iter().any(|step| step.psu_prompt(lang) == words) {
            self.say(&format!("{} {words}", Words::BankSays.text(lang)));
        }
    }

    /// Says something above the picture.
    pub(super) fn say(&mut self, words: &str) {
        self.erase();
        self.output.note(format_args!("  {words}"));
        self.draw();
    }

    /// Whether a second that passes is to be seen.
    pub(super) fn counts_down(&self) -> bool {
        self.seconds_left.is_some_and(|left| left > 0) && self.term.is_some()
    }

    /// A second has passed.
    pub(super) fn tick(&mut self) {
        self.seconds_left = self.seconds_left.map(|left| left.saturating_sub(1));
        self.draw();
    }

    fn start_counting(&mut self) {
        self.seconds_left = self.seconds_left.or(Some(WINDOW.as_secs()));
    }

    fn erase(&mut self) {
        if let Some(term) = &self.term {
            let _ = term.clear_last_lines(self.drawn);
        }
        self.drawn = 0;
    }

    fn draw(&mut self) {
        self.erase();
        let Some(term) = &self.term else {
            return;
        };
        let (rows, columns) = term.size();
        let (rows, columns) = (usize::from(rows), usize::from(columns));
        let mut lines: Vec<String> = Vec::new();
        if let Some(code) = &self.code {
            match why_not_drawn(code, rows, columns, self.output.lang()) {
                Some(why) => lines.push(format!("  {why}")),
                None => lines.extend(code.lines().map(str::to_owned)),
            }
        }
        if let Some(link) = &self.link {
            lines.push(format!("  {} {link}", Words::OpenHere.text(self.output.lang())));
        }
        let left = self.seconds_left.map(|left| format!("  {left} s")).unwrap_or_default();
        lines.push(format!("  {}{left}", self.prompt));
        // A line that is wider than the terminal takes several of its lines.
        self.drawn =
            lines.iter().map(|line| console::measure_text_width(line).div_ceil(columns.max(1)).max(1)).sum();
        for line in lines {
            let _ = term.write_line(&line);
        }
    }
}

/// Why the code cannot be drawn here, if it cannot, and what would help.
fn why_not_drawn(code: &str, rows: usize, columns: usize, lang: Lang) -> Option<String> {
    let width = code.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    // Beside the code there are its words and a link; what scrolls away cannot be drawn anew in its place.
    let height = code.lines().count() + 4;
    if code.is_empty() {
        Some(Words::NoCode.text(lang).to_owned())
    } else if !terminal::speaks_utf8() {
        Some(Words::NoBlocks.text(lang).to_owned())
    } else if width > columns || height > rows {
        Some(format!("{} {width} × {height}", Words::TooSmall.text(lang)))
    } else {
        None
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.erase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_where_all_of_it_fits_and_else_the_person_is_told_what_helps() {
        let code = "█████\n█ ▀ █\n█████";
        assert_eq!(why_not_drawn(code, 24, 80, Lang::En), None);
        for (rows, columns) in [(24, 4), (6, 80)] {
            assert!(why_not_drawn(code, rows, columns, Lang::En).unwrap().contains("5 × 7"));
        }
        assert!(why_not_drawn("", 24, 80, Lang::En).unwrap().contains("picture"));
    }
}
