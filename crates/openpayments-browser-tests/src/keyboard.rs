//! A person without a mouse.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::Page;

/// A key that does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next thing.
    Tab,
    /// Sends the form, follows the link.
    Enter,
    /// Presses the button.
    Space,
}

impl Page {
    /// Presses a key and lets it go.
    ///
    /// # Errors
    /// When the browser does not do as it is told.
    pub fn press(&mut self, key: Key) -> Result<()> {
        let (name, code, number, text) = match key {
            Key::Tab => ("Tab", "Tab", 9, ""),
            Key::Enter => ("Enter", "Enter", 13, "\r"),
            Key::Space => (" ", "Space", 32, " "),
        };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        for (kind, text) in [(kind, text), ("keyUp", "")] {
            let event = json!({
                "type": kind, "key": name, "code": code, "windowsVirtualKeyCode": number, "text": text,
            });
            self.command("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// Types over what the focused field holds.
    ///
    /// # Errors
    /// When the browser does not do as it is told.
    pub fn write(&mut self, text: &str) -> Result<()> {
        self.read("document.activeElement.select()")?;
        self.command("Input.insertText", &json!({ "text": text }))?;
        Ok(())
    }

    /// Presses Tab until the focus is on what `selector` finds. On the way there each stop shows that it has the focus.
    ///
    /// # Errors
    /// When the focus cannot be seen, or never gets there.
    pub fn tab_to(&mut self, selector: &str) -> Result<()> {
        self.settle()?;
        for _ in 0..30 {
            self.press(Key::Tab)?;
            let seen = self.read(&format!(
                "(() => {{ const it = document.activeElement; const style = getComputedStyle(it); const at = it.getBoundingClientRect();
                   const rings = it === document.body || (it.matches(':focus-visible') && style.outlineStyle !== 'none'
                     && parseFloat(style.outlineWidth) >= 2 && at.bottom > 0 && at.top < innerHeight);
                   return [rings, it.matches({}), it.outerHTML.slice(0, 200)] }})()",
                json!(selector)
            ))?;
            ensure!(seen.get(0) == Some(&Value::Bool(true)), "the focus cannot be seen: {seen}");
            if seen.get(1) == Some(&Value::Bool(true)) {
                return Ok(());
            }
        }
        anyhow::bail!("Tab never gets to {selector}")
    }
}
