//! Where the command keeps its files.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use tempfile::NamedTempFile;

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
    if is_open_to_others(&dir) {
        let what = format!("{} can be read by others, and it names people and accounts", dir.display());
        return Err(Problem::new(Exit::Store, what).next(format!("chmod 700 {}", dir.display())).into());
    }
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

#[cfg(unix)]
fn is_open_to_others(dir: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    dir.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Writes a file for its owner alone, whole or not at all, in place of the one before.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || {
        written_beside(path, content)?.persist(path).map_err(|error| error.error)?;
        sync_dir(path)
    };
    write().or_problem(|| Problem::new(Exit::Store, format!("{} cannot be written", path.display())))
}

/// The same where no such file is; of several who try, one writes.
pub(crate) fn create_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let create = || match written_beside(path, content)?.persist_noclobber(path) {
        Ok(_) => sync_dir(path),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(refused) => Err(refused.error),
    };
    create().or_problem(|| Problem::new(Exit::Store, format!("{} cannot be written", path.display())))
}

/// A file that is on the disk and has no name yet. Temporary files are their owner's alone.
fn written_beside(path: &Path, content: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(dir_of(path))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The directory a file is in; of a name alone the one we are in.
fn dir_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name is on the disk when its directory is.
fn sync_dir(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(dir_of(path))?.sync_all()?;
    Ok(())
}
