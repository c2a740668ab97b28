//! Account information on the wire: the consent that opens it, accounts and balances.

use axum::http::StatusCode;
use jiff::civil::Date;
use openpayments_model::status::ConsentStatus;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Refusal, Reply};
use crate::clock::day_of;
use crate::quirk::Quirk;
use crate::world::World;
use crate::world::account::{Account, accounts_of};
use crate::world::consent::{Consent, Right};

/// Where accounts are.
pub(super) const ACCOUNTS: &str = "/psd2/accountinformation/v1/accounts";

/// A usable consent and what it opens.
pub(super) struct Opened {
    pub(super) consent_id: String,
    pub(super) consent: Consent,
    pub(super) today: Date,
}

impl Opened {
    /// The id of an account under this consent; another consent has another.
    fn id_of(&self, world: &World, account: &Account) -> String {
        world.mint.derived_uuid(&["resource", &self.consent_id, account.kind.code(), &account.iban])
    }

    fn accounts(&self, world: &World) -> Vec<Account> {
        let all = accounts_of(
            &world.mint,
            &self.consent.owner.bank,
            self.consent.owner.context,
            &self.consent.holder(),
            world.rules.started,
        );
        all.into_iter().filter(|account| self.consent.access.allows(Right::Details, account)).collect()
    }

    /// The account of the path.
    pub(super) fn account(&self, world: &World, call: &Call) -> Result<Account, Refusal> {
        let wanted = call.parameter("accountId");
        let mut accounts = self.accounts(world).into_iter();
        accounts.find(|account| self.id_of(world, account) == wanted).ok_or(Refusal::unknown())
    }

    pub(super) fn check(&self, right: Right, account: &Account) -> Result<(), Refusal> {
        if self.consent.access.allows(right, account) {
            return Ok(());
        }
        let text = "the consent does not cover this";
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "CONSENT_INVALID", text))
    }
}

/// The consent of `Consent-ID`, checked; a read without a PSU is counted under `what`.
pub(super) fn open(world: &mut World, call: &Call, what: &str) -> Result<Opened, Refusal> {
    let id =
        call.header("Consent-ID").ok_or(Refusal::format("Consent-ID", "this header is required here"))?;
    let forbidden =
        || Refusal::new(StatusCode::FORBIDDEN, "CONSENT_UNKNOWN", "there is no such consent for this bank");
    let unauthorised = |code, text| Refusal::new(StatusCode::UNAUTHORIZED, code, text);
    let consent = world.consents.get(id).ok_or_else(forbidden)?.clone();
    call.check_owner(&consent.owner).map_err(|refusal| match refusal.code {
        "RESOURCE_UNKNOWN" => forbidden(),
        _ => refusal,
    })?;
    let today = day_of(call.now);
    match consent.status_on(today) {
        ConsentStatus::Valid => {}
        ConsentStatus::Expired => {
            return Err(unauthorised("CONSENT_EXPIRED", "the consent is past its time"));
        }
        _ => return Err(unauthorised("CONSENT_INVALID", "the consent is not valid")),
    }
    if consent.owner.corporate_id.as_deref() != call.header("PSU-Corporate-ID")
        && consent.owner.corporate_id.is_some()
    {
        // That it must be the same is documented, the code is not.
        return Err(unauthorised("CORPORATE_ID_INVALID", "not the company the consent was given for"));
    }
    let attended = call.header("PSU-IP-Address").is_some();
    if !attended && !world.count_unattended(id, what, consent.frequency_per_day, today) {
        let text = "the reads without a PSU are used up for today";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "ACCESS_EXCEEDED", text));
    }
    Ok(Opened { consent_id: id.to_owned(), consent, today })
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let with_balance = call.flag("withBalance")?;
    let opened = open(world, call, "accounts")?;
    let accounts = opened.accounts(world);
    let accounts = accounts.iter().map(|account| account_json(world, &opened, account, with_balance));
    Ok(Reply::ok(json!({ "accounts": accounts.collect::<Vec<_>>() })))
}

pub(super) fn details(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let with_balance = call.flag("withBalance")?;
    let opened = open(world, call, &format!("account {}", call.parameter("accountId")))?;
    let account = opened.account(world, call)?;
    let body = account_json(world, &opened, &account, with_balance);
    let wrapped = world.has(Quirk::AccountDetailsWrapped);
    Ok(Reply::ok(if wrapped { json!({ "account": body }) } else { body }))
}

pub(super) fn balances(world: &mut World, call: &Call) -> Result<Reply, Refusal> {
    let opened = open(world, call, &format!("balances {}", call.parameter("accountId")))?;
    let account = opened.account(world, call)?;
    opened.check(Right::Balances, &account)?;
    Ok(Reply::ok(json!({
        "account": { "iban": account.iban, "currency": account.currency },
        "balances": balances_json(world, &opened, &account),
    })))
}

fn account_json(world: &World, opened: &Opened, account: &Account, with_balance: bool) -> Value {
    let path = format!("{ACCOUNTS}/{}", opened.id_of(world, account));
    let allows = |right| opened.consent.access.allows(right, account);
    let mut links = serde_json::Map::new();
    for (right, name) in [(Right::Balances, "balances"), (Right::Transactions, "transactions")] {
        if allows(right) {
            links.insert(name.to_owned(), json!({ "href": format!("{path}/{name}") }));
        }
    }
    if world.has(Quirk::UnknownValues) {
        links.insert("sandboxUnknown".to_owned(), json!({ "href": format!("{path}/unknown") }));
    }
    let mut body = json!({
        "resourceId": opened.id_of(world, account),
        "iban": account.iban,
        "bban": account.bban,
        "currency": account.currency,
        "name": account.name,
        "product": account.product,
        "cashAccountType": account.kind.code(),
        "status": "enabled",
        "bic": opened.consent.owner.bank.bic(),
        "usage": if account.corporate { "ORGA" } else { "PRIV" },
        "ownerName": account.owner_name,
        "_links": links,
    });
    if let Some(members) = body.as_object_mut() {
        if world.has(Quirk::UnknownValues) {
            members.insert("usage".to_owned(), json!("SANDBOX"));
        }
        if let Some(plusgiro) = &account.plusgiro {
            members.insert("plusgiroNumber".to_owned(), json!(plusgiro));
        }
        if with_balance && allows(Right::Balances) {
            members.insert("balances".to_owned(), balances_json(world, opened, account));
        }
    }
    body
}

pub(super) fn balances_json(world: &World, opened: &Opened, account: &Account) -> Value {
    let balance = |kind: &str, amount: Decimal| {
        json!({
            "balanceAmount": money(account, amount),
            "balanceType": kind,
            "creditLimitIncluded": false,
            "referenceDate": opened.today.to_string(),
        })
    };
    let booked = account.booked_balance(&world.bookings, opened.today);
    let available = booked + account.pending_out(opened.today);
    let mut balances = vec![balance("interimBooked", booked), balance("interimAvailable", available)];
    if world.has(Quirk::UnknownValues) {
        balances.push(balance("sandboxUnknown", available));
    }
    Value::Array(balances)
}

pub(super) fn money(account: &Account, amount: Decimal) -> Value {
    json!({ "currency": account.currency, "amount": format!("{amount:.2}") })
}
