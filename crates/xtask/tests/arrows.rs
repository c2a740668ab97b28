//! The shape of the workspace: which crate may know which, and the habits that every manifest keeps.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use xtask::workspace;

/// The picture: each crate, and the crates of this workspace that it may depend on. The guide's `architecture.md` shows the
/// same with the reasons.
const PICTURE: &[(&str, &[&str])] = &[
    ("openpayments-cli", &["openpayments", "openpayments-sandbox"]),
    ("openpayments-examples", &["openpayments", "openpayments-sandbox"]),
    (
        "openpayments",
        &[
            "openpayments-banks",
            "openpayments-sca",
            "openpayments-store",
            "openpayments-client",
            "openpayments-api",
            "openpayments-model",
            "openpayments-transport",
            "openpayments-transport-reqwest",
        ],
    ),
    ("openpayments-sca", &["openpayments-client", "openpayments-api", "openpayments-model"]),
    (
        "openpayments-store",
        &["openpayments-sca", "openpayments-client", "openpayments-api", "openpayments-model"],
    ),
    ("openpayments-client", &["openpayments-api", "openpayments-model", "openpayments-transport"]),
    ("openpayments-api", &["openpayments-model"]),
    ("openpayments-banks", &["openpayments-model"]),
    ("openpayments-model", &[]),
    ("openpayments-transport", &[]),
    ("openpayments-transport-reqwest", &["openpayments-transport"]),
    ("openpayments-transport-mock", &["openpayments-transport"]),
    ("openpayments-sandbox", &["openpayments-banks", "openpayments-model"]),
    ("openpayments-contract", &["openpayments", "openpayments-sandbox"]),
    ("openpayments-browser-tests", &[]),
    ("xtask", &[]),
];

/// What the tests of any crate may use beside the layers below it.
const FOR_TESTS: &[&str] =
    &["openpayments-transport-mock", "openpayments-transport-reqwest", "openpayments-sandbox"];

/// Crates that stay free of any runtime and HTTP stack, and what that means.
const SANS_IO: &[&str] = &["openpayments-model", "openpayments-api", "openpayments-banks"];
const IO: &[&str] = &["tokio", "hyper", "reqwest", "h2", "rustls", "mio", "socket2"];

/// Packages whose folder is not called as they are.
const OTHER_FOLDERS: &[(&str, &str)] = &[("openpayments-examples", "examples")];

/// Packages with lints of their own: programs to be read, which print.
const OWN_LINTS: &[&str] = &["openpayments-examples"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Normal,
    Dev,
}

/// A package as its manifest describes it.
#[derive(Debug)]
struct Package {
    name: String,
    manifest: String,
    dependencies: Vec<(String, Kind)>,
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(workspace::root()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn packages() -> Vec<Package> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata.get("packages").and_then(Value::as_array).unwrap();
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let dependencies = value.get("dependencies").and_then(Value::as_array).unwrap();
    let dependency = |dependency: &Value| {
        // A build script's dependency counts like a normal one: whoever builds the crate has it.
        let kind = if text(dependency, "kind") == "dev" { Kind::Dev } else { Kind::Normal };
        (text(dependency, "name").to_owned(), kind)
    };
    Package {
        name: text(value, "name").to_owned(),
        manifest: text(value, "manifest_path").to_owned(),
        dependencies: dependencies.iter().map(dependency).collect(),
    }
}

/// The arrows that the picture does not have, each as `from -> to`.
fn foreign_arrows(packages: &[Package]) -> Vec<String> {
    let picture: BTreeMap<&str, &[&str]> = PICTURE.iter().copied().collect();
    let mut foreign = Vec::new();
    for package in packages {
        let Some(allowed) = picture.get(package.name.as_str()) else {
            foreign.push(format!("{} is not in the picture", package.name));
            continue;
        };
        let below = below(&package.name, &picture);
        for (to, kind) in &package.dependencies {
            let to = to.as_str();
            let is_fine = match kind {
                Kind::Normal => allowed.contains(&to),
                Kind::Dev => to == package.name || below.contains(to) || FOR_TESTS.contains(&to),
            };
            if picture.contains_key(to) && !is_fine {
                foreign.push(format!("{} -> {to} ({kind:?})", package.name));
            }
        }
    }
    foreign
}

/// All that can be reached from a crate in the picture.
fn below<'a>(name: &str, picture: &BTreeMap<&str, &[&'a str]>) -> BTreeSet<&'a str> {
    let mut below = BTreeSet::new();
    let mut open: Vec<&str> = picture.get(name).copied().unwrap_or_default().to_vec();
    while let Some(next) = open.pop() {
        if below.insert(next) {
            open.extend(picture.get(next).copied().unwrap_or_default());
        }
    }
    below
}

#[test]
fn no_crate_knows_one_that_the_picture_does_not_let_it_know() {
    let foreign = foreign_arrows(&packages());
    assert!(foreign.is_empty(), "arrows that are not in the picture: {foreign:#?}");
}

#[test]
fn an_arrow_that_points_up_or_across_is_named() {
    let package = |name: &str, to: &str, kind| Package {
        name: name.to_owned(),
        manifest: String::new(),
        dependencies: vec![(to.to_owned(), kind), ("serde".to_owned(), Kind::Normal)],
    };
    let packages = [
        package("openpayments-model", "openpayments-api", Kind::Normal),
        package("openpayments-sandbox", "openpayments-client", Kind::Dev),
        package("openpayments-sca", "openpayments-transport", Kind::Dev),
        package("openpayments-client", "openpayments-transport-mock", Kind::Normal),
        package("openpayments-new", "openpayments-model", Kind::Normal),
    ];
    assert_eq!(
        foreign_arrows(&packages),
        [
            "openpayments-model -> openpayments-api (Normal)",
            "openpayments-sandbox -> openpayments-client (Dev)",
            "openpayments-client -> openpayments-transport-mock (Normal)",
            "openpayments-new is not in the picture",
        ]
    );
}

#[test]
fn the_picture_has_no_crate_that_is_gone() {
    let known: BTreeSet<String> = packages().into_iter().map(|package| package.name).collect();
    let gone: Vec<&str> =
        PICTURE.iter().map(|(name, _)| *name).filter(|name| !known.contains(*name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn the_picture_has_no_circle() {
    let picture: BTreeMap<&str, &[&str]> = PICTURE.iter().copied().collect();
    for name in picture.keys() {
        assert!(!below(name, &picture).contains(name), "{name} reaches itself");
    }
}

#[test]
fn the_nouns_and_the_verbs_reach_no_runtime_and_no_http_stack() {
    for name in SANS_IO {
        let arguments = ["tree", "--package", name, "--all-features", "--edges", "normal", "--offline"];
        let tree = cargo(&[&arguments[..], &["--prefix", "none", "--format", "{p}"]].concat());
        let reached: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(reached.contains(name), "the tree of {name} was not read");
        let found: Vec<&&str> = IO.iter().filter(|io| reached.contains(**io)).collect();
        assert!(found.is_empty(), "{name} reaches {found:?}");
    }
}

#[test]
fn reqwest_lives_in_one_crate() {
    let has_reqwest =
        |package: &Package| package.dependencies.contains(&("reqwest".to_owned(), Kind::Normal));
    let homes: Vec<String> = packages().into_iter().filter(has_reqwest).map(|package| package.name).collect();
    assert_eq!(homes, ["openpayments-transport-reqwest"]);
}

#[test]
fn every_folder_is_called_as_its_package() {
    for package in packages() {
        let folder = Path::new(&package.manifest).parent().unwrap().strip_prefix(workspace::root()).unwrap();
        let other = OTHER_FOLDERS.iter().find(|(name, _)| *name == package.name);
        let expected =
            other.map_or_else(|| format!("crates/{}", package.name), |(_, folder)| (*folder).to_owned());
        assert_eq!(folder, Path::new(&expected));
    }
}

/// The entries of a manifest, each with the section it stands in. Enough for manifests with an entry a line.
fn entries(manifest: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut entries = Vec::new();
    for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else {
            entries.push((section.clone(), line.to_owned()));
        }
    }
    entries
}

fn entries_of(package: &Package) -> Vec<(String, String)> {
    entries(&fs::read_to_string(&package.manifest).unwrap())
}

/// Dependencies that bring a version or a path of their own.
fn own_versions(package: &str, manifest: &str) -> Vec<String> {
    let is_own = |(section, entry): &(String, String)| {
        let is_dependency = section.contains("dependencies");
        let is_shared = entry.contains("workspace = true");
        // A crate may name itself, to have its own features in its tests.
        let is_itself = entry.starts_with(package) && entry.contains("path = \".\"");
        is_dependency && !is_shared && !is_itself
    };
    entries(manifest).into_iter().filter(is_own).map(|(_, entry)| format!("{package}: {entry}")).collect()
}

#[test]
fn every_dependency_has_one_version_for_the_whole_workspace() {
    let own =
        |package: &Package| own_versions(&package.name, &fs::read_to_string(&package.manifest).unwrap());
    let own: Vec<String> = packages().iter().flat_map(own).collect();
    assert!(own.is_empty(), "take these from [workspace.dependencies]: {own:#?}");
}

#[test]
fn a_version_of_its_own_is_found() {
    let manifest = "[dependencies]\nhttp.workspace = true\nurl = { workspace = true }\nserde = \"1\"\n\n\
        [target.'cfg(unix)'.dev-dependencies]\nit = { path = \".\" }\nlibc = { version = \"0.2\" }\n";
    assert_eq!(own_versions("it", manifest), ["it: serde = \"1\"", "it: libc = { version = \"0.2\" }"]);
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    for package in packages().iter().filter(|package| !OWN_LINTS.contains(&package.name.as_str())) {
        let wanted = ("lints".to_owned(), "workspace = true".to_owned());
        assert!(entries_of(package).contains(&wanted), "{} lacks [lints] workspace = true", package.name);
    }
}

#[test]
fn g1_unsafe_code_is_forbidden() {
    let forbidden = |section: &str| (section.to_owned(), "unsafe_code = \"forbid\"".to_owned());
    let root = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
    assert!(entries(&root).contains(&forbidden("workspace.lints.rust")));
    for package in packages().iter().filter(|package| OWN_LINTS.contains(&package.name.as_str())) {
        assert!(
            entries_of(package).contains(&forbidden("lints.rust")),
            "{} allows unsafe code",
            package.name
        );
    }
}
