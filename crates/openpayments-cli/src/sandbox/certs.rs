//! `openpayments sandbox certs`: an authority and a client certificate in files, for a platform that demands one.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use openpayments_sandbox::Authority;
use serde::Serialize;

use crate::output::{Answer, Output};

/// What protects the archive. No secret: the certificate is good for a local platform only.
const PFX_PASSWORD: &str = "sandbox";

const CA: &str = "ca.pem";
const CA_KEY: &str = "ca-key.pem";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to write ca.pem, ca-key.pem, client.pem, client-key.pem and client.pfx; made if it is not there.
    directory: PathBuf,
    /// The organisation that the client certificate names.
    #[arg(long, value_name = "NAME", default_value = "Made-up Fintech AB")]
    organisation: String,
}

pub(super) fn run(arguments: &Arguments, output: Output) -> anyhow::Result<()> {
    let Arguments { directory, organisation } = arguments;
    let authority = Authority::generate()?;
    let client = authority.issue_client(organisation)?;
    fs::create_dir_all(directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    let files: [(&str, &[u8]); 5] = [
        (CA, authority.certificate_pem().as_bytes()),
        (CA_KEY, authority.key_pem().expose().as_bytes()),
        ("client.pem", client.certificate_pem().as_bytes()),
        ("client-key.pem", client.key_pem().expose().as_bytes()),
        ("client.pfx", &client.pfx(PFX_PASSWORD)?),
    ];
    let paths = files.map(|(name, content)| (directory.join(name), content));
    if let Some((taken, _)) = paths.iter().find(|(path, _)| path.exists()) {
        anyhow::bail!("{} is there already; nothing was written", taken.display());
    }
    for (path, content) in &paths {
        write(path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let [ca, ca_key, client, client_key, pfx] = paths.map(|(path, _)| path);
    output.answer(&Written { ca, ca_key, client, client_key, pfx, pfx_password: PFX_PASSWORD });
    Ok(())
}

/// What was written.
#[derive(Serialize)]
struct Written {
    ca: PathBuf,
    ca_key: PathBuf,
    client: PathBuf,
    client_key: PathBuf,
    pfx: PathBuf,
    pfx_password: &'static str,
}

impl Answer for Written {
    fn text(&self) -> String {
        let Self { ca, ca_key, client, client_key, pfx, pfx_password } = self;
        format!(
            "authority    {} and {}\nclient       {} and {}\nboth as PFX  {}, password {pfx_password}",
            ca.display(),
            ca_key.display(),
            client.display(),
            client_key.display(),
            pfx.display(),
        )
    }
}

/// The authority that [`run`] has written to this directory.
pub(super) fn authority_in(directory: &Path) -> anyhow::Result<Authority> {
    let path = directory.join(CA_KEY);
    let key = fs::read_to_string(&path).with_context(|| {
        format!("{} cannot be read; `openpayments sandbox certs` makes one", path.display())
    })?;
    Authority::from_key_pem(&key).with_context(|| format!("{} holds no key of an authority", path.display()))
}

/// A new file that nobody but its owner can read.
fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(content)
}
