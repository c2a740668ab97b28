//! The key that everything is sealed with where it is kept: made at the first start, and kept beside it. A shop that means it
//! keeps it elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use openpayments::sca::SealKey;

pub fn of(folder: &Path) -> anyhow::Result<SealKey> {
    fs::create_dir_all(folder)?;
    let path = folder.join("key");
    let mut key = [0; 32];
    match File::open(&path) {
        Ok(mut file) => file.read_exact(&mut key)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            getrandom::fill(&mut key)?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(&key)?;
            file.sync_all()?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(SealKey::new(&key))
}
