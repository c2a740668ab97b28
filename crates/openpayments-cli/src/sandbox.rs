//! `openpayments sandbox`: the local platform alone.

mod certs;

use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use openpayments_sandbox::{Approve, Profile, Profiles, Sandbox};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::local::{Announcement, Running};
use crate::output::Output;
use crate::secret::Source;
use crate::stop::Stop;
use crate::terminal;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that is given or not")]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    instead: Option<Instead>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8780")]
    listen: SocketAddr,
    /// The name it is reached by from beyond this machine, such as an address in your own network; `--listen` may be one
    /// then.
    #[arg(long, value_name = "HOST", requires = "access_token_file")]
    beyond_loopback: Option<String>,
    /// Where the token is that whoever comes from beyond this machine must bring: in browsers once as `?access=TOKEN`, else
    /// as `X-Sandbox-Access`. `-` is standard input.
    #[arg(long, value_name = "FILE", requires = "beyond_loopback")]
    access_token_file: Option<PathBuf>,
    /// Serve HTTPS with a certificate of a CA made for this run; its path is printed.
    #[arg(long)]
    tls: bool,
    /// Demand a client certificate on the API host, which then has the next port, as production does. Serves HTTPS.
    #[arg(long, requires = "certs")]
    require_client_cert: bool,
    /// Bind each token to the client certificate it was asked for with: no other one can use it.
    #[arg(long, requires = "require_client_cert")]
    bind_tokens: bool,
    /// Take the authority that `sandbox certs` wrote to this directory, instead of one made for this run. Serves HTTPS.
    #[arg(long, value_name = "DIR")]
    certs: Option<PathBuf>,
    /// Who approves what is to be signed: `auto` after a moment, `manual` a person on the pages, or `auto` after so
    /// many milliseconds.
    #[arg(long, value_name = "auto|manual|MS", default_value = "auto", value_parser = approve)]
    approve: Approve,
    /// Makes the run repeatable.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What people are told who asks, on the pages of bank and BankID.
    #[arg(long, value_name = "NAME")]
    client_name: Option<String>,
    /// An address the PSU's browser may be sent back to, compared letter for letter; can be repeated.
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<Url>,
    /// Forget consents, payments and what was booked every Sunday midnight (UTC), as the real sandbox does.
    #[arg(long)]
    weekly_reset: bool,
    /// A bank's profile, or a directory of them: adds banks, or has them behave otherwise; can be repeated.
    #[arg(long, value_name = "FILE")]
    bank_profile: Vec<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Instead {
    /// Write an authority and a client certificate to files, as PEM and PFX.
    Certs(certs::Arguments),
}

fn approve(text: &str) -> Result<Approve, String> {
    match text {
        "auto" => Ok(Approve::Auto),
        "manual" => Ok(Approve::Manual),
        ms => match ms.parse() {
            Ok(ms) => Ok(Approve::After(Duration::from_millis(ms))),
            Err(_) => Err("give auto, manual or a number of milliseconds".to_owned()),
        },
    }
}

/// Runs until a signal stops it.
pub(crate) async fn run(arguments: Arguments, output: Output) -> anyhow::Result<()> {
    if let Some(Instead::Certs(arguments)) = &arguments.instead {
        return certs::run(arguments, output);
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();

    // Before anybody is told that it runs: who is told may stop it at once.
    let mut stop = Stop::listen()?;
    let mut builder =
        Sandbox::builder().listen(arguments.listen).approve(arguments.approve).seed(arguments.seed);
    if arguments.tls {
        builder = builder.tls();
    }
    if arguments.require_client_cert {
        builder = builder.require_client_certificate();
    }
    if arguments.bind_tokens {
        builder = builder.bind_tokens();
    }
    if let (Some(host), Some(file)) = (&arguments.beyond_loopback, &arguments.access_token_file) {
        builder = builder.beyond_loopback(host, Source::File(file.clone()).read()?.expose_secret());
    }
    if arguments.weekly_reset {
        builder = builder.reset_weekly();
    }
    for file in &arguments.bank_profile {
        for profile in &Profiles::load(file)? {
            builder = builder.profile(Profile::clone(profile));
        }
    }
    if let Some(directory) = &arguments.certs {
        builder = builder.authority(certs::authority_in(directory)?);
    }
    if let Some(name) = &arguments.client_name {
        builder = builder.client_name(name);
    }
    for uri in &arguments.redirect_uri {
        builder = builder.redirect_uri(uri);
    }
    let redirect_uri = free_callback()?;
    let sandbox = builder.redirect_uri(&redirect_uri).start().await?;
    let ca = sandbox.ca_pem().map(CaFile::write).transpose()?;
    let ready = Ready {
        is: true,
        binds: sandbox.bound().to_vec(),
        auth_url: without_slash(sandbox.auth_url()).to_owned(),
        api_url: without_slash(sandbox.api_url()).to_owned(),
        client_id: sandbox.client_id().to_owned(),
        client_secret: sandbox.client_secret().expose().to_owned(),
        ca: ca.as_ref().map(|ca| ca.path.clone()),
        redirect_uri: redirect_uri.to_string(),
        control_url: without_slash(&at_home(&sandbox, sandbox.control_url())).to_owned(),
        control_token: sandbox.control_token().expose().to_owned(),
    };
    // The other commands find it there. It runs as well without: on a machine without a home, in a test.
    let announced = Announcement::write(&Running {
        auth_url: at_home(&sandbox, sandbox.auth_url()),
        api_url: at_home(&sandbox, sandbox.api_url()),
        bankid_url: at_home(&sandbox, sandbox.bankid_url()),
        client_id: sandbox.client_id().to_owned(),
        client_secret: sandbox.client_secret().expose().to_owned(),
        ca: ready.ca.clone(),
        redirect_uri,
        pid: std::process::id(),
    });
    if let Err(error) = &announced {
        terminal::note(format_args!("other commands will not find it by themselves: {error:#}"));
    }
    if !output.is_json() && std::io::stdout().is_terminal() {
        terminal::line(ready.text());
    } else {
        terminal::json_line(&ready);
    }
    stop.asked().await;
    sandbox.stop().await;
    Ok(())
}

/// What is told once it runs.
#[derive(Serialize)]
struct Ready {
    #[serde(rename = "ready")]
    is: bool,
    /// The addresses that are listened on.
    binds: Vec<SocketAddr>,
    auth_url: String,
    api_url: String,
    client_id: String,
    client_secret: String,
    ca: Option<PathBuf>,
    redirect_uri: String,
    control_url: String,
    control_token: String,
}

impl Ready {
    fn text(&self) -> String {
        let Self { api_url, client_id, client_secret, control_url, control_token, .. } = self;
        let binds: Vec<String> = self.binds.iter().map(SocketAddr::to_string).collect();
        let binds = binds.join(" ");
        format!(
            "The local platform runs at {api_url}\n\n  listens on     {binds}\n  client id      {client_id}\n  client secret  {client_secret}\n\
             \x20 control API    {control_url}\n  control token  {control_token}\n\n\
             In another terminal:\n  openpayments banks list\n\
             \x20 openpayments consents create --bank ESSESESS\n\nCtrl-C stops it."
        )
    }
}

/// An address for browsers to come back to that nobody uses now.
fn free_callback() -> anyhow::Result<Url> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port for the callback")?;
    Ok(format!("http://{}/callback", listener.local_addr()?).parse()?)
}

/// As commands on this machine reach it, who need no access token there.
fn at_home(sandbox: &Sandbox, url: &Url) -> Url {
    let mut near = url.clone();
    if sandbox.bound().iter().all(|address| address.ip().is_unspecified()) {
        // A URL with a host takes another one.
        let _ = near.set_ip_host(Ipv4Addr::LOCALHOST.into());
    }
    near
}

/// As scripts like it: a path is put behind it.
fn without_slash(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// The CA's certificate in a file of this run; gone when it ends.
struct CaFile {
    path: PathBuf,
}

impl CaFile {
    fn write(pem: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("openpayments-sandbox-ca-{}.pem", std::process::id()));
        std::fs::write(&path, pem).context("the CA's certificate could not be written")?;
        Ok(Self { path })
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
