//! Why a profile could not be read.

use std::fmt;
use std::path::{Path, PathBuf};

/// A profile that could not be read: which file, which line, which key, and what is wrong or allowed there.
#[derive(Debug)]
pub struct ProfileError {
    file: PathBuf,
    line: Option<usize>,
    key: String,
    why: String,
    source: Option<std::io::Error>,
}

impl ProfileError {
    pub(crate) fn unreadable(file: &Path, source: std::io::Error) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            key: String::new(),
            why: "cannot be read".to_owned(),
            source: Some(source),
        }
    }

    pub(crate) fn wrong(file: &Path, line: Option<usize>, key: String, why: String) -> Self {
        Self { file: file.to_owned(), line, key, why, source: None }
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The key, such as `products[0].value`; empty when it is about the file as a whole.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.why)
    }
}

impl std::error::Error for ProfileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| -> &(dyn std::error::Error + 'static) { source })
    }
}
