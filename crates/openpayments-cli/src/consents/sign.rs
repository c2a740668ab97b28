//! `openpayments consents sign`.

use openpayments::Bank;
use openpayments::model::status::ConsentStatus;
use openpayments::sca::{ResourceStatus, Subject};

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::{KeptConsent, Memory};
use crate::problem::Problem;
use crate::signing::Signing;
use crate::views::consents::Status;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    signing: Signing,
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let mut kept = arguments.named.waiting(connection).await?;
    let whom = arguments.named.at.same(connection, Some(kept.whom.clone()))?;
    let bank = arguments.named.at.open(connection, &whom)?;
    let read = connection.output.waiting("Asking for the status", bank.consent_status(&kept.id)).await?;
    kept.status = read.body.clone();
    Memory::open(connection)?.keep_consent(&kept).await?;
    if kept.status.is_over() {
        return Err(Problem::new(Exit::SignatureNeeded, format!("the consent is over: {}", kept.status))
            .next("ask for a new one: openpayments consents create --bank BIC")
            .into());
    }
    if kept.status != ConsentStatus::Valid {
        finish(connection, &bank, &mut kept, &arguments.signing).await?;
    }
    connection.output.answer(&Status::of(kept.id, kept.status, read.request_id));
    Ok(())
}

/// Has a consent signed, going on with a signature that was begun.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    kept: &mut KeptConsent,
    signing: &Signing,
) -> anyhow::Result<()> {
    let memory = Memory::open(connection)?;
    connection.output.note(format_args!("Consent {} is to be signed.", kept.id));
    let subject = Subject::Consent(kept.id.clone());
    let begun = memory.sessions().await?.into_iter().find(|session| session.subject == subject);
    let outcome = match begun {
        Some(session) => {
            let (sca, is_at_bank) = memory.session(connection, &session)?;
            signing.resume(connection, sca, is_at_bank).await?
        }
        None => signing.sign(connection, bank, kept.id.clone(), None).await?,
    };
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let signed = outcome.into_result();
    // Also where it was not signed: the bank may have ended the consent with the signature.
    let status = match &signed {
        Ok(ResourceStatus::Consent(status)) => Some(status.clone()),
        _ => bank.consent_status(&kept.id).await.ok().map(|status| status.body),
    };
    if let Some(status) = status {
        kept.status = status;
        memory.keep_consent(kept).await?;
    }
    signed?;
    Ok(())
}
