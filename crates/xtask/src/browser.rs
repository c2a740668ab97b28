//! The pages in a browser.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{cargo, program, run};
use crate::{docs, npm};

/// Where the tests look, too.
const PLACES: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

pub(crate) fn run_job() -> Result<()> {
    let named = std::env::var_os("OPENPAYMENTS_CHROMIUM").is_some();
    if !named && !PLACES.iter().any(|place| Path::new(place).exists()) {
        run(program("apt-get").args(["update", "--quiet"]))?;
        run(program("apt-get").args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]))
            .context("Chromium cannot be installed; `OPENPAYMENTS_CHROMIUM` may name one")?;
    }
    let guide = docs::render()?;
    // Its pages are tested from outside.
    run(cargo().args(["build", "--locked", "-p", "openpayments-examples", "--example", "web"]))?;
    let mut test = cargo();
    test.env("OPENPAYMENTS_GUIDE", guide);
    test.args(["test", "--locked", "-p", "openpayments-browser-tests"]);
    match npm::packages("axe") {
        Ok(packages) => {
            test.env("OPENPAYMENTS_AXE", packages.join("axe-core/axe.min.js"));
        }
        Err(error) if std::env::var_os("CI").is_some() => return Err(error),
        Err(error) => println!("skipped accessibility: {error:#}"),
    }
    run(&mut test)
}
