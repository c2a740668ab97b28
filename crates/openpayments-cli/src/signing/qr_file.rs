//! The code to scan as a picture in a file: for its owner alone, and gone at the end.

use std::path::{Path, PathBuf};

use openpayments::sca::QrFrame;

use crate::places;

#[derive(Debug)]
pub(super) struct QrFile(PathBuf);

impl QrFile {
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Shows this code instead of the one before.
    pub(super) fn show(&self, frame: &QrFrame) -> anyhow::Result<()> {
        places::write_private(&self.0, &frame.to_png())
    }

    pub(super) fn erase(&self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for QrFile {
    fn drop(&mut self) {
        self.erase();
    }
}
