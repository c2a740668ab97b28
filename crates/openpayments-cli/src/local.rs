//! Where the platform runs on this machine: a file that `openpayments sandbox` writes and the other commands read.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::exit::Exit;
use crate::places;
use crate::problem::{OrProblem, Problem};

/// A platform that runs on this machine. Its secret opens nothing but made-up accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) auth_url: Url,
    pub(crate) api_url: Url,
    pub(crate) bankid_url: Url,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// The roots to trust, where it speaks TLS.
    pub(crate) ca: Option<PathBuf>,
    /// Where browsers may come back to.
    pub(crate) redirect_uri: Url,
    pub(crate) pid: u32,
}

/// The file of a platform that runs. When it is dropped, and the file is still its own, the file is that of the platform before
/// it again, if that runs still, or else gone.
#[derive(Debug)]
pub(crate) struct Announcement {
    path: PathBuf,
    pid: u32,
    before: Option<Running>,
}

impl Announcement {
    pub(crate) fn write(running: &Running) -> anyhow::Result<Self> {
        let path = file()?;
        let before = read(&path).ok();
        write(&path, running)?;
        Ok(Self { path, pid: running.pid, before })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        if read(&self.path).is_ok_and(|running| running.pid == self.pid) {
            let runs_still = |before: &&Running| is_there(&before.api_url).is_ok();
            match self.before.as_ref().filter(runs_still) {
                Some(before) => drop(write(&self.path, before)),
                None => drop(std::fs::remove_file(&self.path)),
            }
        }
    }
}

fn file() -> anyhow::Result<PathBuf> {
    Ok(places::state_dir()?.join("sandbox.json"))
}

fn write(path: &Path, running: &Running) -> anyhow::Result<()> {
    places::write_private(path, &serde_json::to_vec_pretty(running)?)
}

fn read(path: &Path) -> anyhow::Result<Running> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// The platform that runs, or, with an address, the one that runs there.
pub(crate) fn find(url: Option<&Url>) -> anyhow::Result<Running> {
    let none = || {
        Problem::new(Exit::GaveUp, "no local sandbox runs")
            .next("start one in another terminal: openpayments sandbox")
    };
    // Why there is no file is of no use to anybody.
    let running = read(&file()?).ok().or_problem(none)?;
    if let Some(url) = url.filter(|url| url.origin() != running.api_url.origin()) {
        let what = format!("the local sandbox that runs is at {}, not at {url}", running.api_url);
        let next = "leave --url out, or give --client-id and --client-secret-file for the other one";
        return Err(Problem::usage(what).next(next).into());
    }
    is_there(&running.api_url).or_problem(|| {
        let what = format!("nothing answers at {}, where the last local sandbox ran", running.api_url);
        Problem::new(Exit::GaveUp, what).next("start one in another terminal: openpayments sandbox")
    })?;
    Ok(running)
}

/// Loopback answers at once or not at all.
fn is_there(url: &Url) -> anyhow::Result<()> {
    let addresses = url.socket_addrs(|| None)?;
    let address = addresses.first().context("the address is empty")?;
    TcpStream::connect_timeout(address, Duration::from_secs(2))?;
    Ok(())
}
