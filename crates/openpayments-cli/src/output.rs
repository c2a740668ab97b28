//! What the command says: answers to standard output, everything else to standard error.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use indicatif::ProgressBar;
use openpayments::client::{Clock, SystemClock};
use openpayments::model::message::TppMessage;
use openpayments::prelude::Lang;
use serde::Serialize;

use crate::failure::Failure;
use crate::terminal::{self, harmless};

/// What a command found out or did: text for people, a JSON object for programs.
pub(crate) trait Answer: Serialize {
    /// As people like to read it, without a line ending.
    fn text(&self) -> String;
}

/// How the person, or the program, wants to be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    lang: Lang,
}

/// Work that is done sooner shows no sign of being under way.
const UNNOTICED: Duration = Duration::from_secs(1);

impl Output {
    pub(crate) fn new(json: bool, quiet: bool, lang: Lang) -> Self {
        Self { json, quiet, lang }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// The language of the person who signs.
    pub(crate) fn lang(self) -> Lang {
        self.lang
    }

    /// The same for a person of another language.
    pub(crate) fn in_lang(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// Whether questions can be asked and pictures drawn: standard error and standard input are a person's.
    pub(crate) fn is_interactive(self) -> bool {
        !self.json && terminal::is_interactive()
    }

    /// Tells the answer.
    pub(crate) fn answer(self, answer: &impl Answer) {
        if self.json { terminal::json_line(answer) } else { terminal::line(answer.text()) }
    }

    /// Something on the way that a person may want to know.
    pub(crate) fn note(self, words: impl fmt::Display) {
        if !self.quiet && !self.json {
            terminal::note(words);
        }
    }

    /// What should be known although it went well: from the bank, or from what is known of the bank.
    pub(crate) fn warnings(self, warnings: &[TppMessage]) {
        let mut told: Vec<String> = Vec::new();
        for warning in warnings {
            let text = warning.text.as_deref().map(|text| format!(", {}", harmless(text)));
            let line = format!("  warning: {}{}", warning.printable_code(), text.unwrap_or_default());
            // The same may stand in the answer's body and in its headers.
            if !told.contains(&line) {
                self.note(&line);
                told.push(line);
            }
        }
    }

    /// Tells an error.
    pub(crate) fn failure(self, error: &anyhow::Error) {
        let failure = Failure::of(error);
        if self.json { terminal::note(failure.to_json()) } else { terminal::note(failure) }
    }

    /// Does the work, and shows that it is under way when it takes more than a second.
    pub(crate) async fn waiting<F: Future>(self, words: &'static str, work: F) -> F::Output {
        self.counting(|| words.to_owned(), work).await
    }

    /// The same with words that change meanwhile.
    pub(crate) async fn counting<F: Future>(self, words: impl Fn() -> String, work: F) -> F::Output {
        let mut work = std::pin::pin!(work);
        let clock = SystemClock::new();
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = clock.sleep(UNNOTICED) => {}
        }
        if self.quiet || self.json {
            return work.await;
        }
        // Draws to standard error, and nothing where that is no terminal.
        let bar = ProgressBar::new_spinner();
        loop {
            bar.set_message(words());
            bar.tick();
            tokio::select! {
                biased;
                done = &mut work => {
                    bar.finish_and_clear();
                    return done;
                }
                () = clock.sleep(Duration::from_millis(120)) => {}
            }
        }
    }
}
