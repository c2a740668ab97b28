//! What goes to the terminal, and how.

use std::fmt;
use std::io::{BufRead, IsTerminal, Write};

use openpayments::model::is_unprintable;

/// Writes one line to standard output. A reader that has gone away, as `head` does, is no failure.
pub(crate) fn line(text: impl fmt::Display) {
    let _ = write(format_args!("{text}\n"));
}

/// Writes to standard output what must all be there.
pub(crate) fn write(text: impl fmt::Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// Writes a value to standard output as one line of JSON.
pub(crate) fn json_line(value: &impl serde::Serialize) {
    match serde_json::to_string(value) {
        Ok(json) => line(json),
        // A map with keys that are no text: there is none among the answers.
        Err(error) => note(error),
    }
}

/// Writes one line to standard error.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Asks for a line on standard error and reads it from standard input; `None` at its end. Whoever does not wait for the
/// answer any more leaves a thread that does.
pub(crate) async fn ask(question: String) -> Option<String> {
    let asked = tokio::task::spawn_blocking(move || {
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{question} ");
        let _ = err.flush();
        drop(err);
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim().to_owned())
    });
    asked.await.ok().flatten()
}

/// Whether a person sees standard error and types on standard input.
pub(crate) fn is_interactive() -> bool {
    std::io::stderr().is_terminal() && std::io::stdin().is_terminal()
}

/// How many columns standard output has, where it is a terminal or `COLUMNS` says so.
pub(crate) fn width() -> Option<u16> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = console::Term::stdout().size_checked().map(|(_, columns)| columns);
    seen.or(told).map(|columns: u16| columns.max(20))
}

/// Whether the terminal shows more than ASCII, by the locale's own word.
pub(crate) fn speaks_utf8() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Text from outside, made harmless: control characters and those that turn the reading direction become escapes.
pub(crate) fn harmless(text: &str) -> String {
    text.trim_end()
        .chars()
        .flat_map(|c| {
            let (escaped, plain) =
                if is_unprintable(c) { (Some(c.escape_unicode()), None) } else { (None, Some(c)) };
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i183_text_from_outside_cannot_move_the_cursor() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\u{9b}"), "a\\u{1b}[2Jb\\u{202e}c\\u{9b}");
        assert_eq!(harmless("Sparbank Åäö "), "Sparbank Åäö");
    }
}
