//! Where the command keeps its files.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::exit::Exit;
use crate::problem::{OrProblem, Problem};

const NAME: &str = "openpayments";

/// The profiles, where no other file is named: `$XDG_CONFIG_HOME/openpayments/config.toml`.
pub(crate) fn config_file() -> anyhow::Result<PathBuf> {
    Ok(strategy()?.config_dir().join(NAME).join("config.toml"))
}

/// What has been begun, and where the local platform runs: `$XDG_STATE_HOME/openpayments`. Made if it is not there, for its
/// owner alone.
pub(crate) fn state_dir() -> anyhow::Result<PathBuf> {
    let strategy = strategy()?;
    let dir = strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join(NAME);
    make_private_dir(&dir)
        .or_problem(|| Problem::new(Exit::Store, format!("{} cannot be made", dir.display())))?;
    Ok(dir)
}

fn strategy() -> anyhow::Result<impl BaseStrategy> {
    etcetera::choose_base_strategy()
        .map_err(|_| Problem::new(Exit::Store, "there is no home directory").next("set HOME").into())
}

/// Makes a directory for its owner alone, and those above it.
pub(crate) fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Writes a file for its owner alone, whole or not at all.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let dir = path.parent().unwrap_or(Path::new("."));
        // Temporary files are their owner's alone.
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        std::io::Write::write_all(&mut file, content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().or_problem(|| Problem::new(Exit::Store, format!("{} cannot be written", path.display())))
}
