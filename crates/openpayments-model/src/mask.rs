//! How personal values look in `Debug`: the last four characters, so that a person can tell two apart.

use std::fmt;

/// Shows the last four characters of longer values and nothing of shorter ones.
pub(crate) struct Tail<'a>(pub(crate) &'a str);

impl fmt::Debug for Tail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.0.chars().count();
        if length < 8 {
            return f.write_str("…");
        }
        let tail: String = self.0.chars().skip(length - 4).collect();
        write!(f, "…{tail}")
    }
}

/// Shows only that something is there.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Masks an optional personal text.
pub(crate) fn hidden<T>(value: Option<&T>) -> Option<Hidden> {
    value.map(|_| Hidden)
}
