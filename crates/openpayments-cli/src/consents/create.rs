//! `openpayments consents create`.

use jiff::ToSpan;
use jiff::civil::Date;
use openpayments::model::consent::AccountAccess;
use openpayments::model::status::ConsentStatus;
use openpayments::prelude::{AccountReference, ConsentRequest, Iban};
use openpayments::store::{CallError, Key};

use super::sign;
use crate::at_bank::{AtBank, Whom};
use crate::connection::Connection;
use crate::memory::{Memory, short_hash};
use crate::signing::Signing;
use crate::stop;
use crate::terminal;
use crate::views::consents::Created;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// For how many days; the bank may shorten it.
    #[arg(long, value_name = "DAYS", default_value_t = 90, conflicts_with = "until")]
    days: u16,
    /// Its last day.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// To read once, and not again.
    #[arg(long)]
    once: bool,
    /// An account to read, by its IBAN; can be repeated. Without any the person chooses at the bank.
    #[arg(long, value_name = "IBAN")]
    iban: Vec<Iban>,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    at: AtBank,
}

pub(crate) async fn run(arguments: Arguments, connection: &Connection) -> anyhow::Result<()> {
    let whom = arguments.at.whom(connection)?;
    let bank = arguments.at.open(connection, &whom)?;
    let request = request(&arguments, connection)?;
    let memory = Memory::open(connection)?;
    memory.tidy(connection.now()).await;
    stop::remember_how_to_go_on(
        "say the same again to go on; openpayments consents list shows whether it was created",
    );
    let key = key(&whom, &arguments)?;
    // The person wants another one, unless the last one waits to be signed.
    if let Some(before) = memory.consents.of_key(&key).await.map_err(|error| memory.failed(error))?
        && before.status != ConsentStatus::Received
    {
        let released = memory.consents.release(&key, &before.id).await;
        released.map_err(|error| memory.failed(error))?;
        memory.forget_session_of(connection, &before.id.into()).await?;
    }
    let noted = Key::new(key).note(serde_json::to_string(&whom)?);
    let asked = stop::not_to_be_cut_off(bank.create_consent_once(&memory.consents, noted, request));
    let once = match connection.output.waiting("Asking for the consent", asked).await {
        Ok(once) => once,
        Err(CallError::Call(error)) => return Err((*error).into()),
        Err(CallError::Store(error)) => return Err(memory.failed(error)),
        Err(other) => return Err(other.into()),
    };
    let id = &once.consent.id;
    match &once.answer {
        Some(answer) => connection.output.warnings(&answer.warnings),
        None => connection.output.note("This consent was asked for before, and waits to be signed."),
    }
    if !once.recorded {
        terminal::note(format_args!("consent {id} was created and cannot be remembered"));
    }
    let status = sign::finish(connection, &bank, id, &once.consent.status, &arguments.signing).await?;
    connection.output.answer(&Created::of(&once, status));
    Ok(())
}

/// The same words ask for the same consent: until its last day by the same count of days, for the same person.
fn key(whom: &Whom, arguments: &Arguments) -> anyhow::Result<String> {
    let ibans: Vec<&str> = arguments.iban.iter().map(Iban::as_str).collect();
    let words = (whom, arguments.days, arguments.until, arguments.once, ibans);
    Ok(short_hash(&serde_json::to_string(&words)?))
}

fn request(arguments: &Arguments, connection: &Connection) -> anyhow::Result<ConsentRequest> {
    let today = connection.today();
    let until = match arguments.until {
        Some(day) => day,
        None => today.checked_add(i64::from(arguments.days).days())?,
    };
    let mut request = ConsentRequest::new(until);
    if arguments.once {
        request = request.one_off();
    }
    if !arguments.iban.is_empty() {
        let accounts = arguments.iban.iter().map(AccountReference::iban).collect();
        request = request.access(AccountAccess::to(accounts));
    }
    request.check_on(today)?;
    Ok(request)
}
