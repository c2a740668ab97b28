//! The guide as it is rendered: every page fits a phone and a desk, its links lead somewhere, its diagrams are drawn.
//!
//! `OPENPAYMENTS_GUIDE` names the folder of the rendered guide; `cargo xtask browser` renders it and names it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use openpayments_browser_tests::{Browser, Page, Screen};
use serde_json::{Value, json};

/// By day. The theme follows the reader's choice, and axe-core judges mdBook's colours and not ours.
const SCREENS: [Screen; 2] = [Screen { width: 390, dark: false }, Screen { width: 1280, dark: false }];
/// All parts of a page that can be linked to, and all links to this guide.
const PARTS: &str = "[...document.querySelectorAll('main [id]')].map(part => part.id)";
const LINKS: &str = "[...document.querySelectorAll('main a[href]')].map(link => link.href)
    .filter(link => link.startsWith('file:'))";

#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
fn rendered() -> Option<PathBuf> {
    let folder = std::env::var_os("OPENPAYMENTS_GUIDE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: `OPENPAYMENTS_GUIDE` names no rendered guide; `cargo xtask browser` does");
    }
    folder
}

/// The chapters, by their files.
fn chapters(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let apart = ["404", "index", "print", "toc"].map(|name| format!("{name}.html"));
    names
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "html") && !apart.contains(name))
        .collect()
}

fn texts(page: &mut Page, expression: &str) -> BTreeSet<String> {
    let Value::Array(found) = page.read(expression).unwrap() else { return BTreeSet::new() };
    found.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_chapter_fits_its_screen_and_its_links_lead_somewhere() {
    let Some(folder) = rendered() else { return };
    let Some(browser) = Browser::start().unwrap() else { return };
    let chapters = chapters(&folder);
    assert!(chapters.len() > 20, "only {chapters:?}");
    for screen in SCREENS {
        let mut page = Page::new(&browser, "file://", screen).unwrap();
        let (mut parts, mut links) = (BTreeMap::new(), BTreeMap::new());
        for name in &chapters {
            let url = format!("file://{}", folder.join(name).display());
            page.open(&url).unwrap();
            let diagrams =
                "[...document.querySelectorAll('.mermaid')].every(drawing => drawing.querySelector('svg'))";
            page.until(diagrams).unwrap();
            let fits = page.read("document.documentElement.scrollWidth <= innerWidth").unwrap();
            assert_eq!(fits, json!(true), "{name} is wider than {screen}");
            if let Some(pictures) = std::env::var_os("OPENPAYMENTS_PICTURES").map(PathBuf::from) {
                page.picture(&pictures.join(format!("guide-{name}-{screen}.png"))).unwrap();
            }
            parts.insert(url.clone(), texts(&mut page, PARTS));
            links.insert(url, texts(&mut page, LINKS));
        }
        for (from, to) in links.iter().flat_map(|(from, links)| links.iter().map(move |to| (from, to))) {
            let (chapter, part) = to.split_once('#').unwrap_or((to, ""));
            let parts =
                parts.get(chapter).unwrap_or_else(|| panic!("{from} links to {to}, which is no chapter"));
            assert!(part.is_empty() || parts.contains(part), "{from} links to {to}, which has no such part");
        }
        assert_eq!(page.problems(), [""; 0], "{screen}");
    }
}

#[test]
fn the_signing_machine_is_drawn() {
    let Some(folder) = rendered() else { return };
    let Some(browser) = Browser::start().unwrap() else { return };
    let mut page = Page::new(&browser, "file://", SCREENS[1]).unwrap();
    page.open(&format!("file://{}", folder.join("signing-machine.html").display())).unwrap();
    page.until("document.querySelector('.mermaid svg').textContent.includes('Choosing')").unwrap();
}
