//! What the command itself finds wrong, before, between and after the SDK's calls.

use std::error::Error;
use std::fmt;

use crate::exit::Exit;

/// Something to tell, how the command ends because of it, and what to do now. Around another error it gives that error a
/// next step that this command knows and the SDK cannot.
#[derive(Debug)]
pub(crate) struct Problem {
    exit: Exit,
    what: String,
    next: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Makes a problem of what is missing or failed.
pub(crate) trait OrProblem<T> {
    /// The value, or the problem, with the error there was behind it.
    fn or_problem(self, problem: impl FnOnce() -> Problem) -> anyhow::Result<T>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> OrProblem<T> for Result<T, E> {
    fn or_problem(self, problem: impl FnOnce() -> Problem) -> anyhow::Result<T> {
        self.map_err(|error| problem().because(error).into())
    }
}

impl<T> OrProblem<T> for Option<T> {
    fn or_problem(self, problem: impl FnOnce() -> Problem) -> anyhow::Result<T> {
        self.ok_or_else(|| problem().into())
    }
}

impl Problem {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), next: None, source: None }
    }

    /// The command was given wrongly.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// What to do now.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// What lies behind it.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn next_step(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
