//! The guide's pages, the links between them and the programs they include, and the links of the Markdown files in the
//! workspace's root.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use crate::markdown;

/// What is wrong with the guide below `root`, a line each; empty when all is well.
///
/// # Errors
/// A file or folder cannot be read.
pub fn problems(root: &Path) -> Result<Vec<String>> {
    let source = root.join("docs/src");
    let mut problems = unlisted_pages(&source)?;
    for page in pages(&source)? {
        problems.extend(dead_links(root, &page, &source)?);
        problems.extend(dead_includes(root, &page)?);
    }
    for page in pages(root)? {
        problems.extend(dead_links(root, &page, root)?);
    }
    Ok(problems)
}

/// Pages that the summary does not name. That those it names exist is a matter of its links.
fn unlisted_pages(source: &Path) -> Result<Vec<String>> {
    let summary = source.join("SUMMARY.md");
    let listed: BTreeSet<PathBuf> =
        markdown::links(&read(&summary)?).into_iter().map(|link| source.join(link)).collect();
    let missing = pages(source)?.into_iter().filter(|page| *page != summary && !listed.contains(page));
    Ok(missing.map(|page| format!("{} is not in SUMMARY.md", page.display())).collect())
}

/// Links of one page that lead nowhere, or out of `reach`, where its readers cannot follow.
fn dead_links(root: &Path, page: &Path, reach: &Path) -> Result<Vec<String>> {
    let text = read(page)?;
    let shown = page.strip_prefix(root).unwrap_or(page).display();
    let mut dead = Vec::new();
    for link in markdown::links(&text) {
        if link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
        let target = if path.is_empty() { page.to_owned() } else { resolve(page, path) };
        if !target.exists() {
            dead.push(format!("{shown}: {link} leads nowhere"));
        } else if !target.starts_with(reach) {
            dead.push(format!("{shown}: {link} leads out of the book"));
        } else if !anchor.is_empty()
            && !markdown::anchors(&read(&target)?).iter().any(|known| known == anchor)
        {
            dead.push(format!("{shown}: {link} names a heading that is not there"));
        }
    }
    Ok(dead)
}

/// Parts of programs that a page includes and that are not there: mdBook would show nothing in their place.
fn dead_includes(root: &Path, page: &Path) -> Result<Vec<String>> {
    let text = read(page)?;
    let shown = page.strip_prefix(root).unwrap_or(page).display();
    let mut dead = Vec::new();
    for include in text.split("{{#include ").skip(1).filter_map(|rest| rest.split("}}").next()) {
        let (path, anchor) = include.trim().split_once(':').unwrap_or((include.trim(), ""));
        let target = resolve(page, path);
        if !target.exists() {
            dead.push(format!("{shown}: {path} is not there to be included"));
        } else if !anchor.is_empty() && !is_anchored(&read(&target)?, anchor) {
            dead.push(format!("{shown}: {path} has no part called {anchor}"));
        }
    }
    Ok(dead)
}

/// Whether a part of a program begins and ends.
fn is_anchored(program: &str, anchor: &str) -> bool {
    let has = |mark: String| program.lines().any(|line| line.trim().trim_start_matches("// ") == mark);
    has(format!("ANCHOR: {anchor}")) && has(format!("ANCHOR_END: {anchor}"))
}

/// `link` as seen from `page`, without `.` and `..`.
fn resolve(page: &Path, link: &str) -> PathBuf {
    let mut resolved = page.parent().map(Path::to_owned).unwrap_or_default();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::CurDir => {}
            part => resolved.push(part),
        }
    }
    resolved
}

/// The Markdown files right in a folder and, in the guide's, in those below it.
fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        } else if path.is_dir() && folder.ends_with("docs/src") {
            pages.extend(self::pages(&path)?);
        }
    }
    pages.sort();
    Ok(pages)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a guide of these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let problems = problems(root.path()).unwrap();
        // The folder has another name on each run.
        let shown = format!("{}/", root.path().display());
        problems.into_iter().map(|problem| problem.replace(&shown, "")).collect()
    }

    const SUMMARY: (&str, &str) = ("docs/src/SUMMARY.md", "[One](one.md)\n");

    #[test]
    fn a_guide_whose_links_all_lead_somewhere_has_no_problem() {
        let one = ("docs/src/one.md", "# A title\n[here](#a-title) [web](https://example.com/x)\n");
        assert!(found(&[SUMMARY, one, ("README.md", "[guide](docs/src/one.md#a-title)\n")]).is_empty());
    }

    #[test]
    fn a_page_that_is_listed_and_missing_is_found() {
        assert_eq!(found(&[SUMMARY]), ["docs/src/SUMMARY.md: one.md leads nowhere"]);
    }

    #[test]
    fn a_page_that_is_there_and_not_listed_is_found() {
        let files = [SUMMARY, ("docs/src/one.md", ""), ("docs/src/more/two.md", "")];
        assert_eq!(found(&files), ["docs/src/more/two.md is not in SUMMARY.md"]);
    }

    #[test]
    fn parts_of_programs_that_are_not_there_are_found() {
        let text = "{{#include ../../a.rs:one}} {{#include ../../a.rs:two}} {{#include ../../b.rs}}";
        let program = ("a.rs", "// ANCHOR: one\n1;\n// ANCHOR_END: one\n// ANCHOR: two\n");
        assert_eq!(
            found(&[SUMMARY, ("docs/src/one.md", text), program]),
            [
                "docs/src/one.md: ../../a.rs has no part called two",
                "docs/src/one.md: ../../b.rs is not there to be included"
            ]
        );
    }

    #[test]
    fn links_to_missing_headings_and_out_of_the_book_are_found() {
        let one = ("docs/src/one.md", "[a](#nothing)\n[b](../../LICENSE)\n");
        assert_eq!(
            found(&[SUMMARY, one, ("LICENSE", "")]),
            [
                "docs/src/one.md: #nothing names a heading that is not there",
                "docs/src/one.md: ../../LICENSE leads out of the book"
            ]
        );
    }
}
