//! What goes to the terminal, and how.

use std::fmt;
use std::io::Write;

use openpayments::model::is_unprintable;
use openpayments::prelude::{Error, ScaError};

/// Writes one line to standard output. A reader that has gone away, as `head` does, is no failure.
pub(crate) fn line(text: impl fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Writes one line to standard error.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Tells what went wrong, why, and what to do now.
pub(crate) fn error(error: &anyhow::Error) {
    note(format_args!("error: {error}"));
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if text != last {
            note(format_args!("  because: {text}"));
        }
        last = text;
    }
    let advice = error.chain().find_map(|cause| {
        let sca = cause.downcast_ref::<ScaError>().map(ScaError::advice);
        sca.or_else(|| cause.downcast_ref::<Error>().map(Error::advice))
    });
    if let Some(advice) = advice {
        note(format_args!("  now: {advice}"));
    }
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
