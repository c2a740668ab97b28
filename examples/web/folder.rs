//! What outlives the process: signatures and errands, a file each. A database does the same with a table each; what counts
//! is that a `state` is taken once, whoever asks and however many at the same time.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use openpayments::sca::{SessionId, SessionRecord, SessionStore, StateHash, StoreError, Taken};

#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens one, or makes it.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }

    /// What sessions are sealed with: made at the first start, and kept.
    pub fn key(&self) -> anyhow::Result<[u8; 32]> {
        let path = self.0.join("key");
        let mut key = [0; 32];
        match File::open(&path) {
            Ok(mut file) => file.read_exact(&mut key)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                getrandom::fill(&mut key)?;
                private(&path)?.write_all(&key)?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(key)
    }

    /// Writes a file whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let draft = self.0.join(format!("{name}.{}", uuid::Uuid::new_v4()));
        let mut file = private(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(draft, self.0.join(name))
    }

    /// The files whose names begin so.
    pub fn read_all(&self, prefix: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Anything with a dot is a draft that was never finished.
            if let Some(id) = name.strip_prefix(prefix).filter(|id| !id.contains('.')) {
                found.push((id.to_owned(), fs::read(entry.path())?));
            }
        }
        Ok(found)
    }

    pub fn remove(&self, name: &str) -> std::io::Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// A new file for its owner alone.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[async_trait::async_trait]
impl SessionStore for Folder {
    async fn put(&self, record: SessionRecord) -> Result<(), StoreError> {
        Ok(self.write(&format!("session-{}", record.id()), record.as_bytes())?)
    }

    async fn get(&self, id: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
        match fs::read(self.0.join(format!("session-{id}"))) {
            Ok(bytes) => Ok(Some(SessionRecord::from_bytes(&bytes)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn take_by_state(&self, state: &StateHash) -> Result<Taken, StoreError> {
        let taken = self.0.join(format!("taken-{state}"));
        for (_, bytes) in self.read_all("session-")? {
            let record = SessionRecord::from_bytes(&bytes)?;
            if record.state() == Some(*state) {
                // Of all who try, the file system lets one make it.
                return match private(&taken) {
                    Ok(_) => Ok(Taken::Now(record)),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Taken::Before),
                    Err(error) => Err(error.into()),
                };
            }
        }
        Ok(if taken.exists() { Taken::Before } else { Taken::Never })
    }

    async fn remove(&self, id: &SessionId) -> Result<(), StoreError> {
        Ok(Folder::remove(self, &format!("session-{id}"))?)
    }
}
