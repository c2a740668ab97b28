//! `openpayments consents sign`.

use openpayments::Bank;
use openpayments::model::identifier::ConsentId;
use openpayments::model::status::ConsentStatus;
use openpayments::sca::{ResourceStatus, ScaErrorKind};

use super::Named;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::memory::Memory;
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
    let kept = arguments.named.waiting(connection).await?;
    let whom = arguments.named.at.same(connection, kept.whom)?;
    let bank = arguments.named.at.open(connection, &whom)?;
    let id = kept.consent.id;
    let read = connection.output.waiting("Asking for the status", bank.consent_status(&id)).await?;
    let mut status = read.body;
    Memory::open(connection)?.note_consent(&id, &status).await?;
    if status.is_over() {
        return Err(Problem::new(Exit::SignatureNeeded, format!("the consent is over: {status}"))
            .next("ask for a new one: openpayments consents create --bank BIC")
            .into());
    }
    if status != ConsentStatus::Valid {
        status = finish(connection, &bank, &id, &status, &arguments.signing).await?;
    }
    connection.output.answer(&Status::of(id, status, read.request_id));
    Ok(())
}

/// Has a consent signed, going on with a signature that was begun; gives the status after it, or `before` where nobody
/// tells.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    id: &ConsentId,
    before: &ConsentStatus,
    signing: &Signing,
) -> anyhow::Result<ConsentStatus> {
    connection.output.note(format_args!("Consent {id} is to be signed."));
    let outcome = signing.sign(connection, bank, id.clone(), None).await?;
    connection.output.note(format_args!("  {}", outcome.psu_prompt(connection.output.lang())));
    let signed = outcome.into_result();
    // Also where it was not signed: the bank may have ended the consent with the signature.
    let status = match &signed {
        Ok(ResourceStatus::Consent(status)) => Some(status.clone()),
        _ => bank.consent_status(id).await.ok().map(|status| status.body),
    };
    let status = status.unwrap_or_else(|| before.clone());
    Memory::open(connection)?.note_consent(id, &status).await?;
    match signed {
        Ok(_) => Ok(status),
        Err(error) if error.kind() == ScaErrorKind::NeedsAnotherSigner => {
            Err(Problem::new(Exit::SignatureNeeded, error.to_string())
                .next(format!("the other signer: openpayments consents sign {id} --psu NUMBER"))
                .into())
        }
        Err(error) => Err(error.into()),
    }
}
