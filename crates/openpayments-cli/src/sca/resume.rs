//! `openpayments sca resume`.

use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::Memory;
use crate::problem::{OrProblem, Problem};
use crate::signing::Signing;
use crate::views::sca::Signed;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The signature; the last one, if it is not named.
    #[arg(value_name = "SIGNATURE")]
    id: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub(crate) async fn run(arguments: Arguments, connection: &Connection) -> anyhow::Result<()> {
    let memory = Memory::open(connection)?;
    let found = memory.find_session(connection, arguments.id.as_deref()).await?;
    let (sca, is_at_bank) = found.or_problem(|| {
        Problem::new(Exit::Usage, "there is no such signature to go on with")
            .next("openpayments sca list shows those there are; it may have ended meanwhile")
    })?;
    let subject = sca.subject().clone();
    let outcome = arguments.signing.resume(connection, sca, is_at_bank).await?;
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let status = outcome.into_result()?;
    memory.note_status(&subject, &status).await?;
    connection.output.answer(&Signed::of(&subject, &status));
    Ok(())
}
