//! What is asked of every page, whatever it is about: that it fits the screen and that everybody can use it. A folder named
//! by `OPENPAYMENTS_PICTURES` gets a picture of each.

use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::Page;

/// Names the file of axe-core, which `cargo xtask browser` fetches.
const AXE: &str = "OPENPAYMENTS_AXE";

/// The rules of accessibility, as a script; without it pages are not judged by them, and that is said once.
static RULES: LazyLock<Option<String>> = LazyLock::new(read_rules);

#[expect(clippy::print_stderr, reason = "a check that was skipped says so")]
fn read_rules() -> Option<String> {
    let rules = std::env::var_os(AXE).and_then(|file| std::fs::read_to_string(file).ok());
    if rules.is_none() {
        eprintln!("skipped: accessibility, since `{AXE}` names no axe-core; `cargo xtask browser` does");
    }
    rules
}

impl Page {
    /// Looks at the page as it is now; `name` is that of its picture. One that reloads itself would go away meanwhile, and
    /// is not looked at: with scripts it is the same page and stays.
    ///
    /// # Errors
    /// When it is wider than the screen, or breaks a rule of accessibility: which one, and where.
    pub fn look(&mut self, name: &str) -> Result<()> {
        self.settle()?;
        if self.reloads_itself() {
            return Ok(());
        }
        let screen = self.screen();
        if let Some(folder) = std::env::var_os("OPENPAYMENTS_PICTURES").map(PathBuf::from) {
            self.picture(&folder.join(format!("{name}-{screen}.png")))?;
        }
        let fits = self.read("document.documentElement.scrollWidth <= innerWidth")?;
        ensure!(fits == Value::Bool(true), "{name} is wider than {screen}");
        if let Some(rules) = RULES.as_deref() {
            // The protocol's own evaluation is not subject to the page's policy.
            self.read(&format!("{rules}; 0"))?;
            let broken = self.read(
                "axe.run(document, { preload: false, resultTypes: ['violations'] }).then(found => found.violations.map(one =>
                 one.id + ' (' + one.impact + '): ' + one.nodes.map(node => node.target + ' ' + node.failureSummary).join('; ')))",
            )?;
            ensure!(broken == json!([]), "{name} on {screen} is not for everybody: {broken:#}");
        }
        Ok(())
    }
}
