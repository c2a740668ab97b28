//! The words of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use openpayments::prelude::Lang;
use url::Url;

use crate::output::Output;
use crate::settings::Target;
use crate::{
    accounts, banks, baskets, call, completions, consents, demo, kyc, manual, payments, sandbox, sca, token,
    transactions,
};

/// Bank accounts and payments over the Open Payments platform.
///
/// Without further settings everything goes to the platform on this machine: start it in another terminal with
/// `openpayments sandbox`.
#[derive(Debug, Parser)]
#[command(name = "openpayments", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 something on this machine, 2 wrong usage, 3 credentials or certificate, \
    4 consent or signature needed, 5 refused, 6 too many calls, 7 gave up and nothing was done, \
    8 OUTCOME UNKNOWN: look before doing it again, 9 what was begun cannot be remembered, 130 interrupted."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find banks, and what each can do.
    #[command(subcommand)]
    Banks(banks::Command),
    /// Ask for consents to read accounts, have them signed, end them.
    #[command(subcommand)]
    Consents(consents::Command),
    /// Accounts and their balances.
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// What has happened on an account.
    #[command(subcommand)]
    Transactions(transactions::Command),
    /// Create payments, have them signed, follow and cancel them.
    #[command(subcommand)]
    Payments(payments::Command),
    /// Have many payments signed at once.
    #[command(subcommand)]
    Baskets(baskets::Command),
    /// Go on with a signature that was interrupted.
    #[command(subcommand)]
    Sca(sca::Command),
    /// Make a company known to the platform, which it must be before it pays in production.
    #[command(subcommand)]
    Kyc(kyc::Command),
    /// Fetch an access token, to see whether the credentials are right or for use with another tool.
    Token(token::Arguments),
    /// Make any call of the platform.
    Call(call::Arguments),
    /// See whether everything is in order, and what to do where it is not.
    Doctor,
    /// Run the local platform until it is stopped.
    Sandbox(sandbox::Arguments),
    /// Walk the whole journey on a local platform: banks, consent, accounts, payments.
    Demo(demo::Arguments),
    /// Print what completes this command's words in a shell.
    Completions(completions::Arguments),
    /// Write the manual pages.
    Manual(manual::Arguments),
}

/// What every command takes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Options {
    /// Which platform: the one on this machine, the vendor's sandbox, or the real one.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHICH",
        env = "OPENPAYMENTS_ENV",
        hide_env_values = true
    )]
    pub(crate) env: Option<Target>,
    /// The profile of the config file to use.
    #[arg(long, global = true, value_name = "NAME", env = "OPENPAYMENTS_PROFILE", hide_env_values = true)]
    pub(crate) profile: Option<String>,
    /// The config file, instead of the one in the usual place.
    #[arg(long, global = true, value_name = "FILE", env = "OPENPAYMENTS_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Where the local platform is, when several run.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<Url>,
    /// The application's id.
    #[arg(long, global = true, value_name = "ID", env = "OPENPAYMENTS_CLIENT_ID", hide_env_values = true)]
    pub(crate) client_id: Option<String>,
    /// The file with the application's secret, `-` for standard input. Or set OPENPAYMENTS_CLIENT_SECRET.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// JSON for programs: the answer on standard output, an error on standard error, a line each.
    #[arg(long, global = true)]
    json: bool,
    /// Say only what must be said; show no code to scan.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Show every call on standard error.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// The language of the person who signs: sv, en, nb, da or fi. The locale's by default.
    #[arg(long, global = true, value_name = "LANG", value_parser = lang)]
    pub(crate) lang: Option<Lang>,
}

impl Options {
    pub(crate) fn output(&self) -> Output {
        Output::new(self.json, self.quiet, self.lang.unwrap_or_else(lang_of_locale))
    }
}

fn lang(tag: &str) -> Result<Lang, String> {
    Lang::of_tag(tag).ok_or_else(|| "give sv, en, nb, da or fi".to_owned())
}

/// The locale's language, or English.
pub(crate) fn lang_of_locale() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    locale.and_then(|tag| Lang::of_tag(&tag)).unwrap_or_default()
}
