//! Tools that are not part of the toolchain: pinned, looked for, installed once.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};

use crate::command::{cargo, program, run};
use crate::workspace;

/// Checks the dependency tree.
pub(crate) const CARGO_DENY: Tool =
    Tool { package: "cargo-deny", program: "cargo-deny", version: "0.20.2", features: &[], wheel: None };

/// Renders the guide.
pub(crate) const MDBOOK: Tool = Tool {
    package: "mdbook",
    program: "mdbook",
    version: "0.5.4",
    // Neither its server nor its watcher.
    features: &["--no-default-features", "--features", "search"],
    wheel: None,
};

/// Brings what draws the guide's diagrams.
pub(crate) const MDBOOK_MERMAID: Tool = Tool {
    package: "mdbook-mermaid",
    program: "mdbook-mermaid",
    version: "0.17.1",
    features: &[],
    wheel: None,
};

/// Checks spelling.
pub(crate) const TYPOS: Tool = Tool {
    package: "typos-cli",
    program: "typos",
    version: "1.52.0",
    features: &[],
    // Its makers publish the finished program for Python's installer as well: a second instead of minutes. The hash is
    // that of the Linux x86-64 file; elsewhere it is built.
    wheel: Some(Wheel {
        name: "typos",
        sha256: "418fd85f7fc11dec14e5482e747f6e916af56da96207cde0cdd69540a4b389f6",
    }),
};

/// One tool, in the one version that counts.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its crate.
    package: &'static str,
    program: &'static str,
    version: &'static str,
    /// What cargo is told of its features.
    features: &'static [&'static str],
    wheel: Option<Wheel>,
}

/// A finished program in a Python package.
#[derive(Debug)]
struct Wheel {
    name: &'static str,
    sha256: &'static str,
}

pub(crate) fn install_all() -> Result<()> {
    for tool in [TYPOS, CARGO_DENY, MDBOOK, MDBOOK_MERMAID] {
        match tool.find() {
            Ok(path) => println!("{} {} is at {}", tool.program, tool.version, path.display()),
            Err(_) => tool.install()?,
        }
    }
    Ok(())
}

impl Tool {
    /// Where it is: in the folder that `cargo xtask tools` fills, or on the PATH.
    pub(crate) fn find(&self) -> Result<PathBuf> {
        let candidates = [self.installed(), PathBuf::from(self.program)];
        let found = candidates.into_iter().find(|candidate| {
            let output = program(candidate).arg("--version").output();
            output.is_ok_and(|output| {
                let said = String::from_utf8_lossy(&output.stdout);
                output.status.success()
                    && said.split_whitespace().any(|word| word.trim_start_matches('v') == self.version)
            })
        });
        let Self { package, program, version, .. } = self;
        found.ok_or_else(|| {
            anyhow!(
                "{program} {version} is missing; get it with `cargo xtask tools` or \
                 `cargo install --locked --version {version} {package}`"
            )
        })
    }

    fn install(&self) -> Result<()> {
        if let Some(wheel) = &self.wheel {
            match self.install_wheel(wheel) {
                Ok(()) if self.find().is_ok() => return Ok(()),
                Ok(()) => println!("the finished {} does not run here; it is built instead", self.program),
                Err(error) => {
                    println!("no finished {} to be had ({error:#}); it is built instead", self.program);
                }
            }
        }
        // Built to start soon, not to run fast: it saves more than half of the time.
        run(cargo()
            .args(["install", "--locked", "--version", self.version, self.package, "--force", "--root"])
            .arg(self.folder())
            .args(self.features)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("CARGO_TARGET_DIR"))?;
        self.find().map(|_| ())
    }

    fn install_wheel(&self, wheel: &Wheel) -> Result<()> {
        let folder = self.folder();
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let requirements = folder.join("requirements.txt");
        let line = format!("{}=={} --hash=sha256:{}\n", wheel.name, self.version, wheel.sha256);
        fs::write(&requirements, line)
            .with_context(|| format!("{} cannot be written", requirements.display()))?;
        run(program("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(["--no-deps", "--only-binary", ":all:", "--require-hashes", "--upgrade", "--target"])
            .arg(&folder)
            .arg("--requirement")
            .arg(&requirements)
            // Nothing is installed for the whole system, so that it is root who runs it does not matter.
            .env("PIP_ROOT_USER_ACTION", "ignore"))
    }

    /// A folder for each version, so that a new one never meets an old one.
    fn folder(&self) -> PathBuf {
        workspace::cargo_home().join("openpayments-tools").join(format!("{}-{}", self.program, self.version))
    }

    fn installed(&self) -> PathBuf {
        self.folder().join("bin").join(self.program).with_extension(std::env::consts::EXE_EXTENSION)
    }
}
