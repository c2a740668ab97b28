//! Entries in one SQLite file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use crate::{Entry, Kind, Store, StoreError};

/// Which form of the file this version writes.
const FORM: i64 = 1;
/// How long one process waits for another's writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks again where SQLite itself does not wait, within the same time.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Entries in one SQLite file, for any number of processes on one machine. What was kept is on the disk when the call
/// returns (`synchronous = FULL`, write-ahead log).
///
/// The file and a folder that is made for it belong to their owner alone. A file of another user or that others can read is
/// refused, as is a link, and a folder in which others could put another file in its place. It works off the async
/// threads, so it needs a tokio runtime.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// [`StoreError::NotPrivate`] for a file that is another user's, that others can read or that is no plain file, and for
    /// a folder that others can write to, [`StoreError::Unreadable`] for a file that is no such one or that a later version
    /// wrote (it is left as it is), and [`StoreError::Failed`] when the disk fails or other processes write for longer than
    /// five seconds.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        private(&path)?;
        // The name of a link that somebody put there meanwhile is not followed. Folders above may be links.
        let place = folder_of(&path).canonicalize().map_err(StoreError::failed)?;
        let name = path.file_name().ok_or_else(|| StoreError::failed("the path names no file"))?;
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection =
            Connection::open_with_flags(place.join(name), flags).map_err(StoreError::failed)?;
        connection.busy_timeout(PATIENCE).map_err(StoreError::failed)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(StoreError::failed)?;
        migrate(&mut connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), path })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<R> + Send + 'static,
    ) -> Result<R, StoreError> {
        let connection = Arc::clone(&self.connection);
        let task = tokio::task::spawn_blocking(move || {
            work(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        task.await.map_err(StoreError::failed)?.map_err(StoreError::failed)
    }
}

/// Makes the file for its owner alone, or sees that it is.
fn private(path: &Path) -> Result<(), StoreError> {
    let found = match std::fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make(path).map_err(StoreError::failed)?;
            return owned::folder(folder_of(path));
        }
        Err(error) => return Err(StoreError::failed(error)),
    };
    if !found.is_file() {
        return Err(StoreError::NotPrivate(format!("{} is not a plain file", path.display())));
    }
    owned::file(path, &found)?;
    owned::folder(folder_of(path))
}

/// Of a name alone the one we are in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whose files and folders are, and who else may touch them.
#[cfg(unix)]
mod owned {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use crate::StoreError;

    /// Ours, and nobody else can read it.
    pub(super) fn file(path: &Path, found: &Metadata) -> Result<(), StoreError> {
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(StoreError::NotPrivate(format!("{} belongs to another user", path.display())));
        }
        if found.mode() & 0o077 != 0 {
            let text = format!("others can read {0}; say chmod 600 {0}", path.display());
            return Err(StoreError::NotPrivate(text));
        }
        Ok(())
    }

    /// Ours or the system's, and nobody else can put files into it.
    pub(super) fn folder(path: &Path) -> Result<(), StoreError> {
        let found = path.metadata().map_err(StoreError::failed)?;
        if ![rustix::process::geteuid().as_raw(), 0].contains(&found.uid()) {
            return Err(StoreError::NotPrivate(format!("{} belongs to another user", path.display())));
        }
        if found.mode() & 0o022 != 0 {
            let text = format!("others can write to {0}; say chmod go-w {0}", path.display());
            return Err(StoreError::NotPrivate(text));
        }
        Ok(())
    }
}

/// Elsewhere a file is private by the folder it is in.
#[cfg(not(unix))]
mod owned {
    use std::fs::Metadata;
    use std::path::Path;

    use crate::StoreError;

    pub(super) fn file(_: &Path, _: &Metadata) -> Result<(), StoreError> {
        Ok(())
    }

    pub(super) fn folder(_: &Path) -> Result<(), StoreError> {
        Ok(())
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder_of(path))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Sets the write-ahead log. When several processes do so for a new file at once SQLite fails instead of waiting.
#[expect(
    clippy::disallowed_methods,
    reason = "opening waits for the disk anyway, and SQLite does not say when it may go on"
)]
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && waited < PATIENCE => {
                std::thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            done => return done.map_err(not_opened),
        }
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if form(connection)? == FORM {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
    let change = change.map_err(not_opened)?;
    // Another process may have done it while we waited.
    match form(&change)? {
        0 => {
            let table = "CREATE TABLE entry (
                             kind TEXT NOT NULL,
                             key TEXT NOT NULL,
                             version INTEGER NOT NULL,
                             value BLOB NOT NULL,
                             PRIMARY KEY (kind, key)
                         ) STRICT, WITHOUT ROWID;";
            change.execute_batch(table).map_err(StoreError::failed)?;
            change.pragma_update(None, "user_version", FORM).map_err(StoreError::failed)?;
        }
        FORM => {}
        _ => return Err(StoreError::unreadable("a later version of this program wrote it")),
    }
    change.commit().map_err(StoreError::failed)
}

fn form(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(not_opened)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Only a file that is damaged or something else is unreadable; a busy one or a failing disk may do next time.
fn not_opened(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::unreadable(error),
        _ => StoreError::failed(error),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn insert(&self, kind: Kind, key: &str, value: &[u8]) -> Result<bool, StoreError> {
        let (kind, key, value) = (kind.as_word(), key.to_owned(), value.to_vec());
        self.with(move |connection| {
            let sql = "INSERT INTO entry (kind, key, version, value) VALUES (?1, ?2, 1, ?3)
                       ON CONFLICT DO NOTHING";
            Ok(connection.prepare_cached(sql)?.execute(params![kind, key, value])? == 1)
        })
        .await
    }

    async fn replace(&self, kind: Kind, key: &str, version: u64, value: &[u8]) -> Result<bool, StoreError> {
        let (kind, key, value) = (kind.as_word(), key.to_owned(), value.to_vec());
        let version = i64::try_from(version).map_err(StoreError::failed)?;
        self.with(move |connection| {
            let sql = "UPDATE entry SET version = version + 1, value = ?4
                       WHERE kind = ?1 AND key = ?2 AND version = ?3";
            Ok(connection.prepare_cached(sql)?.execute(params![kind, key, version, value])? == 1)
        })
        .await
    }

    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Entry>, StoreError> {
        let (kind, key) = (kind.as_word(), key.to_owned());
        self.with(move |connection| {
            let sql = "SELECT key, version, value FROM entry WHERE kind = ?1 AND key = ?2";
            connection.prepare_cached(sql)?.query_row(params![kind, key], entry).optional()
        })
        .await
    }

    async fn list(&self, kind: Kind) -> Result<Vec<Entry>, StoreError> {
        let kind = kind.as_word();
        self.with(move |connection| {
            let sql = "SELECT key, version, value FROM entry WHERE kind = ?1 ORDER BY key";
            connection.prepare_cached(sql)?.query_map(params![kind], entry)?.collect()
        })
        .await
    }

    async fn remove(&self, kind: Kind, key: &str) -> Result<(), StoreError> {
        let (kind, key) = (kind.as_word(), key.to_owned());
        self.with(move |connection| {
            let sql = "DELETE FROM entry WHERE kind = ?1 AND key = ?2";
            connection.prepare_cached(sql)?.execute(params![kind, key]).map(drop)
        })
        .await
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let version: i64 = row.get(1)?;
    let version = u64::try_from(version).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(1, version))?;
    Ok(Entry::new(row.get::<_, String>(0)?, version, row.get::<_, Vec<u8>>(2)?))
}
