//! The guide's commands run, in the order of its pages, in one shell with a platform of their own, and print what the
//! guide shows.
//!
//! A block fenced with `sh run` is run. One fenced with `json answer` or `text answer` right behind it is what it
//! prints, but for ids, times, tokens and ports; with `json shape`, only names and types count.
//! `UPDATE_GUIDE=1 cargo test -p openpayments-cli --test guide` writes anew what has changed.
//!
//! No other shell block is shown, but for commands of cargo, and no Rust but what is cut out of `examples/`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use regex::Regex;
use serde_json::Value;

/// Stands between what two blocks print.
const END: &str = "\u{1e}";
/// A block that waits for what does not come would wait for ever.
const PATIENCE: Duration = Duration::from_mins(10);

/// A block that is run, and what the guide says it prints.
struct Step {
    page: usize,
    line: usize,
    commands: String,
    answer: Option<Answer>,
}

struct Answer {
    info: String,
    /// Where it stands in its page.
    place: Range<usize>,
}

/// A fenced block: what stands behind the fence, and where its lines are.
struct Block {
    info: String,
    place: Range<usize>,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    let mut offset = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            open = match open.take() {
                Some((info, start, line)) => {
                    blocks.push(Block { info, place: start..offset, line });
                    None
                }
                None => Some((info.trim().to_owned(), offset + line.len(), number + 1)),
            };
        }
        offset += line.len();
    }
    blocks
}

fn steps(pages: &[String]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (page, text) in pages.iter().enumerate() {
        let mut was_run = false;
        for Block { info, place, line } in blocks(text) {
            let is_answer = info.ends_with(" answer") || info.ends_with(" shape");
            if info == "sh run" {
                steps.push(Step { page, line, commands: text[place].to_owned(), answer: None });
            } else if is_answer {
                assert!(was_run, "line {line} shows an answer to nothing: {info}");
                steps.last_mut().unwrap().answer = Some(Answer { info: info.clone(), place });
            }
            was_run = info == "sh run";
        }
    }
    steps
}

/// The pages in the order of the summary.
fn pages() -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src");
    let summary = std::fs::read_to_string(source.join("SUMMARY.md")).unwrap();
    let links = Regex::new(r"\]\(([^)]+)\)").unwrap();
    links.captures_iter(&summary).map(|link| source.join(&link[1])).collect()
}

/// Runs all steps in one shell and tells what each printed.
fn run(steps: &[Step], names: &[PathBuf]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let mut script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n".to_owned();
    for step in steps {
        let _ = writeln!(script, "{}\nprintf '{END}'", step.commands.trim_end());
    }
    let file = home.path().join("guide.sh");
    std::fs::write(&file, script).unwrap();
    let command = Path::new(env!("CARGO_BIN_EXE_openpayments")).parent().unwrap();
    let path = format!("{}:{}", command.display(), std::env::var("PATH").unwrap_or_default());
    let shell = Command::new("bash")
        .arg(&file)
        .current_dir(home.path())
        .env("PATH", path)
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env("LANG", "en_GB.UTF-8")
        .env("COLUMNS", "100")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = shell.id().to_string();
    let (ended, end) = channel::<()>();
    let watch = std::thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").arg(id).status();
        }
    });
    let output = shell.wait_with_output().unwrap();
    drop(ended);
    watch.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut printed: Vec<String> = text.split(END).map(str::to_owned).collect();
    let last = printed.pop().unwrap_or_default();
    if let Some(failed) = steps.get(printed.len()) {
        let complaint = String::from_utf8_lossy(&output.stderr);
        panic!("{}:{} failed.\n{last}\n{complaint}", names[failed.page].display(), failed.line);
    }
    printed
}

/// Without what is another at each run.
fn steady(text: &str) -> String {
    const CHANGING: [(&str, &str); 13] = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"\d{4}-\d\d-\d\d([T ][0-9:.]+(Z|[+-]\d\d:\d\d)?)?", "TIME"),
        (r"127\.0\.0\.1:\d+", "HOST"),
        (r#"("access_token": )"[^"]+""#, "$1TOKEN"),
        (r#"bankid\.[^"\s]+"#, "QR"),
        (r"code=[^&\s]+", "code=CODE"),
        (r"(?i)(?m)^(date|content-length): .*$", "$1"),
        (r"\d+ ms", "MS"),
        (r"[ \t\r]+(?m)$", ""),
        (r"-?\d+\.\d\d\b", "AMOUNT"),
        // A payment is on its way while it is looked at.
        (r"\b(ACTC|ACSP|ACSC) \([^)]*\)", "STATUS"),
        // The columns of a table are as wide as what stands in them.
        (r"[─═]+", "─"),
        (r" {2,}", " "),
    ];
    CHANGING.iter().fold(text.trim_end().to_owned(), |text, (pattern, with)| {
        Regex::new(pattern).unwrap().replace_all(&text, *with).into_owned()
    })
}

/// The names and types of a JSON text; of a list, those of its first entry.
fn shape(text: &str) -> Value {
    fn of(value: Value) -> Value {
        match value {
            Value::Object(members) => members.into_iter().map(|(name, value)| (name, of(value))).collect(),
            Value::Array(entries) => entries.into_iter().take(1).map(of).collect(),
            Value::String(_) => "text".into(),
            Value::Number(_) => "number".into(),
            Value::Bool(_) => "truth".into(),
            Value::Null => Value::Null,
        }
    }
    of(serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}")))
}

fn is_same(info: &str, shown: &str, printed: &str) -> bool {
    if info.ends_with(" shape") && !shown.trim().is_empty() {
        shape(shown) == shape(printed)
    } else {
        steady(shown) == steady(printed)
    }
}

/// What the guide is to show: nobody wants to read a token to its end.
fn shown(printed: &str) -> String {
    let token = Regex::new(r#"("access_token": "[^"]{12})[^"]+""#).unwrap();
    format!("{}\n", token.replace_all(printed.trim_end(), "$1…\"").replace('\r', ""))
}

/// The kinds of an enum as its source lists them.
fn kinds(source: &str, name: &str) -> Vec<String> {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(source)).unwrap();
    let body = text.split(&format!("pub enum {name} {{")).nth(1).unwrap().split("\n}").next().unwrap();
    let kind = Regex::new(r"(?m)^    ([A-Z]\w+)(?:,|\(| \{)").unwrap();
    kind.captures_iter(body).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_kind_of_error_has_one_line_in_the_chapter_and_no_other_has() {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/when-things-go-wrong.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    let first = Regex::new(r"(?m)^\| `(\w+)` \|").unwrap();
    for (source, name) in [
        ("openpayments-client/src/error.rs", "ErrorKind"),
        ("openpayments-sca/src/error.rs", "ScaErrorKind"),
        ("openpayments-store/src/once.rs", "OnceError"),
        ("openpayments-store/src/error.rs", "StoreError"),
        ("openpayments-store/src/error.rs", "CallError"),
        ("openpayments-transport-reqwest/src/identity/error.rs", "IdentityErrorKind"),
        ("openpayments-transport-reqwest/src/builder.rs", "BuildErrorKind"),
        ("openpayments-transport/src/error.rs", "TransportErrorKind"),
        ("openpayments-api/src/error.rs", "ApiErrorKind"),
    ] {
        let table = chapter.split(&format!("| `{name}` |")).nth(1).unwrap();
        let table = table.split("\n\n").next().unwrap();
        let mut told: Vec<String> = first.captures_iter(table).map(|line| line[1].to_owned()).collect();
        let mut kinds = kinds(source, name);
        told.sort();
        kinds.sort();
        assert_eq!(told, kinds, "{name}");
    }
}

#[test]
fn a_block_is_run_or_cut_out_of_a_program() {
    let mut loose = String::new();
    for name in pages() {
        let page = std::fs::read_to_string(&name).unwrap_or_default();
        for Block { info, place, line } in blocks(&page) {
            let mut lines = page[place.clone()].lines();
            let is_kept_true = match info.split([' ', ',']).next().unwrap_or_default() {
                "rust" => lines.all(|line| line.is_empty() || line.starts_with("{{#include ../../examples/")),
                "sh" => info == "sh run" || lines.all(|line| line.starts_with("cargo ")),
                "toml" => page[place].parse::<toml::Table>().is_ok(),
                "mermaid" => true,
                _ => info.ends_with(" answer") || info.ends_with(" shape") || is_drawing(&info),
            };
            if !is_kept_true {
                let _ = writeln!(loose, "{}:{line} {info}", name.display());
            }
        }
    }
    assert!(loose.is_empty(), "nothing sees to it that these blocks are true:\n{loose}");
}

#[test]
fn the_profiles_that_are_shown_are_taken() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let mut shown = 0;
    for name in pages().into_iter().chain([readme]) {
        let page = std::fs::read_to_string(&name).unwrap_or_default();
        for Block { info, place, line } in blocks(&page) {
            if info != "toml" || !page[place.clone()].contains("[profile.") {
                continue;
            }
            shown += 1;
            let home = tempfile::tempdir().unwrap();
            let file = home.path().join("config.toml");
            std::fs::write(&file, &page[place]).unwrap();
            let read = Command::new(env!("CARGO_BIN_EXE_openpayments"))
                .args(["banks", "list", "--env", "sandbox", "--profile", "shop", "--config"])
                .arg(&file)
                .env_clear()
                .env("HOME", home.path())
                .output()
                .unwrap();
            // It is read to its end: what is missing is the secret.
            let told = String::from_utf8_lossy(&read.stderr);
            let lacks = ["keyring", "shop.secret"].iter().any(|lacking| told.contains(lacking));
            assert!(lacks && !told.contains("config.toml"), "{}:{line}: {told}", name.display());
        }
    }
    assert!(shown >= 2);
}

/// A picture in letters, which nobody could run.
fn is_drawing(info: &str) -> bool {
    info == "text"
}

#[test]
fn what_the_guide_shows_is_what_happens() {
    let names = pages();
    let mut pages: Vec<String> =
        names.iter().map(|name| std::fs::read_to_string(name).unwrap_or_default()).collect();
    let steps = steps(&pages);
    assert!(steps.len() > 20, "the guide's commands were not found");
    let printed = run(&steps, &names);
    let update = std::env::var_os("UPDATE_GUIDE").is_some();
    let mut differences = String::new();
    // From the last to the first, so that the places before stay where they are.
    for (step, printed) in steps.iter().zip(&printed).rev() {
        let Some(answer) = &step.answer else { continue };
        let page = &mut pages[step.page];
        if is_same(&answer.info, &page[answer.place.clone()], printed) {
            continue;
        }
        let _ = writeln!(differences, "{}:{} prints\n{printed}", names[step.page].display(), step.line);
        page.replace_range(answer.place.clone(), &shown(printed));
    }
    if update {
        for (name, page) in names.iter().zip(&pages).filter(|(name, _)| name.exists()) {
            std::fs::write(name, page).unwrap();
        }
    } else {
        assert!(differences.is_empty(), "the guide shows something else than what happens:\n{differences}");
    }
}
