//! What pages are looked at on.

use std::fmt;

/// A screen, and its owner's taste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// In CSS pixels.
    pub width: u32,
    /// Whether the person prefers dark colours.
    pub dark: bool,
}

impl Screen {
    /// A phone and a desk, by day and by night.
    pub const ALL: [Self; 4] = [
        Self { width: 390, dark: false },
        Self { width: 390, dark: true },
        Self { width: 1280, dark: false },
        Self { width: 1280, dark: true },
    ];
}

/// As it stands in the names of pictures: `390-dark`.
impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.width, if self.dark { "dark" } else { "light" })
    }
}
