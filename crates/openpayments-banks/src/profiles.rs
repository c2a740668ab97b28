//! The profiles there are: those that come with this crate, and a person's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use openpayments_model::BicFi;

use crate::{Profile, ProfileError};

/// The files that come with this crate, in the order of the bank directory. A bank is added by its file and its line here.
const FILES: &[(&str, &str)] = &[
    ("ESSESESS.toml", include_str!("../banks/ESSESESS.toml")),
    ("HANDSESS.toml", include_str!("../banks/HANDSESS.toml")),
    ("NDEASESS.toml", include_str!("../banks/NDEASESS.toml")),
    ("SWEDSESS.toml", include_str!("../banks/SWEDSESS.toml")),
    ("DABASESX.toml", include_str!("../banks/DABASESX.toml")),
    ("NDEAFIHH.toml", include_str!("../banks/NDEAFIHH.toml")),
    ("OKOYFIHH.toml", include_str!("../banks/OKOYFIHH.toml")),
];

/// A set of profiles, at most one for each bank. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Vec<Arc<Profile>>);

impl Profiles {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Those that come with this crate.
    pub fn built_in() -> Self {
        // A test reads every one of them, so none is left out here.
        static BUILT_IN: LazyLock<Profiles> = LazyLock::new(|| {
            let read = FILES.iter().filter_map(|(name, text)| Profile::parse(name, text).ok());
            Profiles(read.map(Arc::new).collect())
        });
        BUILT_IN.clone()
    }

    /// Reads a file, or every `.toml` file of a directory. They are added to no others: see [`and_all`](Self::and_all).
    ///
    /// # Errors
    /// [`ProfileError`] for the first file that cannot be read, with the line and the key.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ProfileError> {
        let path = path.as_ref();
        let mut profiles = Self::none();
        for file in files_at(path).map_err(|error| ProfileError::unreadable(path, error))? {
            let text = fs::read_to_string(&file).map_err(|error| ProfileError::unreadable(&file, error))?;
            profiles = profiles.and(Profile::parse(&file, &text)?);
        }
        Ok(profiles)
    }

    /// Adds a profile; it takes the place of one of the same bank.
    #[must_use]
    pub fn and(mut self, profile: Profile) -> Self {
        self.put(Arc::new(profile));
        self
    }

    /// Adds profiles; each takes the place of one of the same bank.
    #[must_use]
    pub fn and_all(mut self, others: Self) -> Self {
        for profile in others.0 {
            self.put(profile);
        }
        self
    }

    fn put(&mut self, profile: Arc<Profile>) {
        match self.0.iter_mut().find(|known| known.bank.bic == profile.bank.bic) {
            Some(known) => *known = profile,
            None => self.0.push(profile),
        }
    }

    /// The profile of a bank, if there is one.
    pub fn find(&self, bic: &BicFi) -> Option<Arc<Profile>> {
        self.0.iter().find(|profile| profile.bank.bic == *bic).cloned()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<Profile>> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Profiles {
    type Item = &'a Arc<Profile>;
    type IntoIter = std::slice::Iter<'a, Arc<Profile>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The file itself, or the profiles of the directory by name.
fn files_at(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_right_profile_under_the_name_of_its_bank() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/banks");
        let loaded = Profiles::load(folder).unwrap();
        assert_eq!(loaded.iter().count(), FILES.len(), "a file has no line in FILES");
        assert_eq!(Profiles::built_in().iter().count(), FILES.len());
        for (name, text) in FILES {
            let profile = Profile::parse(name, text).unwrap();
            assert_eq!(*name, format!("{}.toml", profile.bank.bic));
            assert_eq!(*loaded.find(&profile.bank.bic).unwrap(), profile);
        }
    }
}
