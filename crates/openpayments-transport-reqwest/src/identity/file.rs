//! Reads certificate and key files, and looks at who else can.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::{IdentityError, IdentityErrorKind};

/// Reads a file that may be seen by all.
pub(super) fn read_public(path: &Path) -> Result<Vec<u8>, IdentityError> {
    std::fs::read(path).map_err(|error| unreadable(path, error))
}

/// Reads a file with a key in it. The bytes are wiped when dropped.
pub(super) fn read_secret(path: &Path, any_mode: bool) -> Result<Zeroizing<Vec<u8>>, IdentityError> {
    let mut file = File::open(path).map_err(|error| unreadable(path, error))?;
    // The opened file is asked, not the path: nobody can swap it in between.
    let metadata = file.metadata().map_err(|error| unreadable(path, error))?;
    if !any_mode && is_readable_by_others(&metadata) {
        return Err(IdentityError::new(IdentityErrorKind::ReadableByOthers).at(path));
    }
    // Room for all of it, so that growing leaves no copies behind.
    let size = usize::try_from(metadata.len()).unwrap_or(0).min(LARGEST);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    let largest = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    file.by_ref().take(largest).read_to_end(&mut bytes).map_err(|error| unreadable(path, error))?;
    Ok(bytes)
}

/// No key file is larger than this.
const LARGEST: usize = 1024 * 1024;

#[cfg(unix)]
fn is_readable_by_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &std::fs::Metadata) -> bool {
    false
}

fn unreadable(path: &Path, error: std::io::Error) -> IdentityError {
    IdentityError::new(IdentityErrorKind::Unreadable).at(path).with_source(error)
}
