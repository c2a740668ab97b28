//! `openpayments consents create`.

use jiff::ToSpan;
use jiff::civil::Date;
use openpayments::model::consent::AccountAccess;
use openpayments::prelude::{AccountReference, ConsentRequest, Iban};

use super::sign;
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::memory::{KeptConsent, Memory};
use crate::signing::Signing;
use crate::stop;
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
    stop::remember_how_to_go_on(
        "openpayments consents list shows whether it was created; one that nobody has signed does no harm",
    );
    let created = connection.output.waiting("Asking for the consent", async {
        stop::not_to_be_cut_off(async {
            let created = bank.create_consent(request).await?;
            let kept = KeptConsent {
                id: created.body.consent_id.clone(),
                whom,
                created_at: connection.now(),
                status: created.body.consent_status.clone(),
            };
            memory.keep_consent(&kept).await?;
            anyhow::Ok((created, kept))
        })
        .await
    });
    let (created, mut kept) = created.await?;
    connection.output.warnings(&created.warnings);
    sign::finish(connection, &bank, &mut kept, &arguments.signing).await?;
    connection.output.answer(&Created::of(&kept, &created));
    Ok(())
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
