//! Consents on the wire: create, read, delete, status.

use jiff::Span;
use jiff::civil::Date;
use openpayments_model::Context;
use openpayments_model::status::ConsentStatus;
use serde_json::{Value, json};

use super::authorisations::methods_of;
use super::call::{Call, path_of};
use super::fields::{self, Fields};
use super::reply::{Refusal, Reply};
use crate::banks::{Bank, CONSENT_DAYS};
use crate::clock::day_of;
use crate::world::consent::{Access, Consent};
use crate::world::{MOST_RESOURCES, Resource, World};

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let owner = call.owner()?;
    let body = fields::object(&call.body)?;
    let wish = Fields::of(&body)?;
    let today = day_of(call.now);
    let access = access(&wish.inner("access")?)?;
    let recurring = wish.flag("recurringIndicator")?;
    // Documented as required and without effect.
    wish.flag("combinedServiceIndicator")?;
    let valid_until = granted_until(&wish, today)?;
    let frequency_per_day = frequency(&wish, &owner.bank, owner.context)?;
    if world.consents.len() >= MOST_RESOURCES {
        return Err(Refusal::too_many());
    }
    let id = world.mint.uuid();
    let methods = methods_of(world, &owner.bank, owner.context);
    let consent = Consent {
        owner,
        access,
        access_as_sent: wish.any("access").cloned().unwrap_or_default(),
        recurring,
        valid_until,
        frequency_per_day,
        last_action: today,
        status: ConsentStatus::Received,
        signers: Vec::new(),
        signed: None,
    };
    world.consents.insert(id.clone(), consent);
    let path = path_of(&Resource::Consent(id.clone()), world);
    Ok(Reply::created(
        &path,
        json!({
            "consentStatus": ConsentStatus::Received,
            "consentId": id,
            "scaMethods": methods,
            "_links": {
                "self": { "href": path },
                "status": { "href": format!("{path}/status") },
                "startAuthorisation": { "href": format!("{path}/authorisations") },
            },
        }),
    )
    .approach(call.bank()?.only_approach(call.context)))
}

/// The requested end, or the sandbox's longest when that comes earlier.
fn granted_until(wish: &Fields, today: Date) -> Result<Date, Refusal> {
    let wanted = wish.date("validUntil")?;
    if wanted < today {
        // No source says which code; the standard has this one for periods.
        return Err(Refusal::bad("PERIOD_INVALID", "validUntil", "the day has passed"));
    }
    let longest = today.checked_add(Span::new().days(CONSENT_DAYS)).unwrap_or(today);
    Ok(wanted.min(longest))
}

/// Four a day unless agreed otherwise; 0, which most banks take, means their usual four.
fn frequency(wish: &Fields, bank: &Bank, context: Context) -> Result<u32, Refusal> {
    match wish.count("frequencyPerDay")? {
        few if few < bank.least_frequency(context) => {
            Err(Refusal::format("frequencyPerDay", "fewer than the bank takes"))
        }
        0 => Ok(4),
        wanted => Ok(wanted.min(4)),
    }
}

/// What the consent is to open. Empty or absent lists: everything the PSU has.
fn access(wish: &Fields) -> Result<Access, Refusal> {
    let list = |name: &str| -> Result<Vec<String>, Refusal> {
        let references = wish.objects(name)?.unwrap_or_default();
        references.iter().map(account_number).collect()
    };
    let (accounts, balances, transactions) = (list("accounts")?, list("balances")?, list("transactions")?);
    let named = [&accounts, &balances, &transactions].iter().filter(|list| !list.is_empty()).count();
    let given =
        ["accounts", "balances", "transactions"].iter().filter(|name| wish.any(name).is_some()).count();
    match (wish.optional_text("availableAccounts", 40)?, wish.optional_text("allPsd2", 40)?) {
        (Some("allAccounts"), None) if given == 0 => return Ok(Access::ListOnly { balances: false }),
        (Some("allAccountsWithBalances"), None) if given == 0 => {
            return Ok(Access::ListOnly { balances: true });
        }
        (None, Some("allAccounts")) if given == 0 => return Ok(Access::All),
        (None, None) => {}
        _ => {
            return Err(Refusal::format(
                "access",
                "one of lists, availableAccounts and allPsd2, with a known value",
            ));
        }
    }
    if named == 0 {
        return Ok(Access::All);
    }
    if named < given {
        return Err(Refusal::bad(
            "PARAMETER_NOT_CONSISTENT",
            "access",
            "all of the lists name accounts or none does",
        ));
    }
    if !accounts.is_empty() && balances.iter().chain(&transactions).any(|number| !accounts.contains(number)) {
        return Err(Refusal::bad(
            "PARAMETER_NOT_CONSISTENT",
            "access",
            "balances and transactions name an account that accounts does not",
        ));
    }
    Ok(Access::Chosen { accounts, balances, transactions })
}

/// The one identifier of an account reference. The standard has cards and telephones too; no bank is known to take them.
fn account_number(reference: &Fields) -> Result<String, Refusal> {
    let iban = reference.optional_text("iban", 34)?;
    let bban = reference.optional_text("bban", 30)?;
    match (iban, bban) {
        (Some(iban), None) if fields::is_iban(iban) => Ok(iban.to_owned()),
        (None, Some(bban)) if fields::is_alphanumeric(bban, 30) => Ok(bban.to_owned()),
        (None, None) => Err(Refusal::format(&reference.at("iban"), "one identifier is required")),
        _ => Err(Refusal::format(&reference.at("iban"), "exactly one well-formed identifier is required")),
    }
}

/// The consent of the path.
fn found<'a>(world: &'a World, call: &Call) -> Result<(&'a Consent, Resource), Refusal> {
    let resource = call.resource(world)?;
    let consent = world.consents.get(resource.id()).ok_or(Refusal::unknown())?;
    Ok((consent, resource))
}

pub(super) fn read(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (consent, resource) = found(world, call)?;
    let links: Value = match consent.status_on(day_of(call.now)) {
        ConsentStatus::Valid => json!({ "account": { "href": "/psd2/accountinformation/v1/accounts" } }),
        _ => json!({}),
    };
    Ok(Reply::ok(json!({
        "consentId": resource.id(),
        "access": consent.access_as_sent,
        "recurringIndicator": consent.recurring,
        "validUntil": consent.valid_until.to_string(),
        "frequencyPerDay": consent.frequency_per_day,
        "lastActionDate": consent.last_action.to_string(),
        "consentStatus": consent.status_on(day_of(call.now)),
        "_links": links,
    })))
}

pub(super) fn status(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (consent, _) = found(world, call)?;
    Ok(Reply::ok(json!({ "consentStatus": consent.status_on(day_of(call.now)) })))
}

/// Deleting twice is as good as once: no source says what a second one is answered.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let (_, resource) = found(world, call)?;
    if let Some(consent) = world.consents.get_mut(resource.id()) {
        consent.status = ConsentStatus::TerminatedByTpp;
        consent.last_action = day_of(call.now);
    }
    Ok(Reply::no_content())
}
