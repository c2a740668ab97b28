//! Real money moves only when somebody means it.

use crate::connection::Connection;
use crate::problem::Problem;
use crate::settings::Target;
use crate::terminal;

#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Real money")]
pub(crate) struct Money {
    /// Say that it is real money: demanded in production, and of no effect elsewhere.
    #[arg(long)]
    live: bool,
    /// Do not ask; in production together with --key where something is created.
    #[arg(long)]
    yes: bool,
}

impl Money {
    /// Lets it happen, or not. In production the person types `phrase`; a script says `--yes`, and `key` so that it cannot
    /// happen twice.
    pub(crate) async fn allow(
        &self,
        connection: &Connection,
        phrase: &str,
        has_key: bool,
    ) -> anyhow::Result<()> {
        if connection.plan.target != Target::Production {
            return Ok(());
        }
        if !self.live {
            return Err(Problem::usage(format!("this is real money: {phrase}"))
                .next("add --live if you mean it")
                .into());
        }
        if self.yes {
            if has_key {
                return Ok(());
            }
            let what = "a script that pays needs a key of its own for each payment";
            return Err(Problem::usage(what).next("give --key; the same key never pays twice").into());
        }
        if !connection.output.is_interactive() {
            return Err(Problem::usage("nobody is there to confirm it").next("give --yes and --key").into());
        }
        let typed = terminal::ask(format!("This is real money. Type `{phrase}` to go on:")).await;
        if typed.as_deref() == Some(phrase) {
            return Ok(());
        }
        Err(Problem::usage("it was not confirmed; nothing was sent").into())
    }
}
