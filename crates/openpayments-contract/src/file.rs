//! What the vendor's file describes at all.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The paths of the file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// With `{}` for each placeholder.
    paths: BTreeSet<String>,
}

/// What the platform puts before the paths of its file.
const PREFIX: &str = "/psd2";

impl File {
    /// Reads the paths of an OpenAPI file in YAML.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
        // Nothing else in the file is a key that begins with a slash two columns in.
        let keys = text.lines().filter_map(|line| line.strip_prefix("  /")?.trim_end().strip_suffix(':'));
        let paths: BTreeSet<String> = keys.map(|key| without_names(&format!("/{key}"))).collect();
        ensure!(!paths.is_empty(), "{} describes no paths", file.display());
        Ok(Self { paths })
    }

    /// Whether a path with placeholders is among the file's.
    pub(crate) fn describes(&self, path: &str) -> bool {
        own_path(path).is_some_and(|path| self.paths.contains(&without_names(path)))
    }
}

/// A path of the platform as the file spells it.
pub(crate) fn own_path(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX)
}

/// A path whose placeholders lost their names: `/consents/{}/status`.
fn without_names(path: &str) -> String {
    let steps = path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step });
    steps.collect::<Vec<_>>().join("/")
}
