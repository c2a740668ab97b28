//! The config file: profiles, each an environment with credentials and with what need not be said each time.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::places;
use crate::problem::{OrProblem, Problem};

/// No file of profiles is larger.
const LARGEST: u64 = 1024 * 1024;

/// Which platform is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Target {
    /// The platform on this machine: `openpayments sandbox`.
    Local,
    /// The vendor's sandbox.
    Sandbox,
    /// The platform itself, with real banks and real money.
    Production,
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

/// One profile. Everything may be left out; what the command line says comes first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) environment: Option<Target>,
    /// The address of a local platform, where it is not the one that runs.
    pub(crate) url: Option<Url>,
    /// The roots to trust instead of the operating system's, as PEM.
    pub(crate) ca: Option<PathBuf>,
    /// The access token of a local platform on another machine.
    pub(crate) sandbox_access_file: Option<PathBuf>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The name under which the operating system's keyring has the secret, for the service `openpayments`.
    pub(crate) client_secret_keyring: Option<String>,
    /// A program that prints the secret, with its arguments.
    pub(crate) client_secret_command: Option<Vec<String>>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) certificate_key: Option<PathBuf>,
    pub(crate) pfx: Option<PathBuf>,
    pub(crate) pfx_password_file: Option<PathBuf>,
    /// Where browsers come back to, letter for letter as registered.
    pub(crate) redirect_uri: Option<Url>,
    /// `private` or `corporate`.
    pub(crate) context: Option<String>,
    pub(crate) bank: Option<String>,
    pub(crate) psu_id: Option<String>,
    pub(crate) psu_corporate_id: Option<String>,
    pub(crate) psu_ip: Option<std::net::IpAddr>,
    /// The language of the person who signs, such as `sv`.
    pub(crate) lang: Option<String>,
}

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The profile that is taken when none is named.
    default_profile: Option<String>,
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

/// A profile, and where it was found.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) name: Option<String>,
    pub(crate) file: Option<PathBuf>,
    pub(crate) profile: Profile,
}

/// The profile called `name`, or the file's default one, or an empty one where there is neither file nor name.
pub(crate) fn choose(file: Option<&Path>, name: Option<&str>) -> anyhow::Result<Chosen> {
    let usual = places::config_file();
    let path = match file {
        Some(path) => path.to_owned(),
        // Without a home there are no profiles; a named one is missed below.
        None => usual.unwrap_or_default(),
    };
    if file.is_none() && !path.exists() {
        let Some(name) = name else {
            return Ok(Chosen { name: None, file: None, profile: Profile::default() });
        };
        return Err(Problem::usage(format!("there is no profile {name}: {} does not exist", path.display()))
            .next("write it, or name another file with --config")
            .into());
    }
    let mut read = read(&path)?;
    let Some(name) = name.map(str::to_owned).or(read.default_profile) else {
        return Ok(Chosen { name: None, file: Some(path), profile: Profile::default() });
    };
    let Some(mut profile) = read.profile.remove(&name) else {
        let known: Vec<&str> = read.profile.keys().map(String::as_str).collect();
        return Err(Problem::usage(format!("{} has no profile {name}", path.display()))
            .next(format!("take one of: {}", known.join(", ")))
            .into());
    };
    profile.is_beside(path.parent().unwrap_or(Path::new(".")));
    Ok(Chosen { name: Some(name), file: Some(path), profile })
}

fn read(path: &Path) -> anyhow::Result<File> {
    let shown = path.display();
    let cannot = || Problem::usage(format!("{shown} cannot be read"));
    let file = std::fs::File::open(path).or_problem(cannot)?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).or_problem(cannot)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
        return Err(Problem::usage(format!("{shown} is larger than 1 MiB")).into());
    }
    if is_with_secret(&text) {
        return Err(Problem::usage(format!("{shown} holds a secret, and it is no place for one"))
            .next("put it into a file of its own (chmod 600) and name that as client_secret_file")
            .into());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Problem::usage(format!("{shown}, line {line}: {}", error.message()))
            .next("correct it; the guide's chapter on the terminal has an example")
            .into()
    })
}

/// Whether a line sets something that is a secret itself.
fn is_with_secret(text: &str) -> bool {
    text.lines().filter_map(|line| line.split_once('=')).any(|(name, _)| {
        let name = name.trim().trim_matches(['"', '\'']);
        ["client_secret", "secret", "password", "pfx_password", "token"].contains(&name)
    })
}

impl Profile {
    /// Reads relative paths as beside the config file.
    fn is_beside(&mut self, dir: &Path) {
        let paths = [
            &mut self.ca,
            &mut self.sandbox_access_file,
            &mut self.client_secret_file,
            &mut self.certificate,
            &mut self.certificate_key,
            &mut self.pfx,
            &mut self.pfx_password_file,
        ];
        for path in paths.into_iter().flatten() {
            if path != Path::new("-") {
                *path = dir.join(&*path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str, name: Option<&str>) -> anyhow::Result<Chosen> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        choose(Some(&path), name)
    }

    #[test]
    fn a_profile_is_the_named_one_or_the_default_and_its_paths_are_beside_the_file() {
        let text = "default_profile = 'a'\n[profile.a]\nenvironment = 'sandbox'\nclient_secret_file = 's'\n\
                    [profile.b]\nbank = 'ESSESESS'\n";
        let a = chosen(text, None).unwrap().profile;
        assert_eq!(a.environment, Some(Target::Sandbox));
        assert!(a.client_secret_file.unwrap().is_absolute());
        assert_eq!(chosen(text, Some("b")).unwrap().profile.bank.unwrap(), "ESSESESS");
        let missing = chosen(text, Some("c")).unwrap_err();
        assert!(missing.to_string().contains("no profile c"), "{missing}");
    }

    #[test]
    fn i156_a_file_that_is_not_as_it_should_be_is_refused_by_name() {
        for text in [
            "[profile.a]\nbanc = 'x'\n",
            "[profile.a]\n[profile.a]\n",
            "[profile.a\n",
            "[profile.a]\nenvironment = 'elsewhere'\n",
        ] {
            let refused = chosen(text, Some("a")).unwrap_err().to_string();
            assert!(refused.contains("config.toml, line ") && refused.lines().count() == 1, "{refused}");
        }
        assert!(chosen(&"#".repeat(10 * 1024 * 1024), None).is_err());
        assert!(chosen("\u{feff}[profile.a]\n", Some("a")).is_ok(), "a byte order mark is no fault");
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        let refused = chosen("[profile.a]\nclient_secret = 'made-up'\n", Some("a")).unwrap_err();
        assert!(!format!("{refused:?}").contains("made-up"));
        assert!(refused.to_string().contains("no place"));
    }
}
