//! How accounts and balances look.

use comfy_table::Cell;
use openpayments::model::account::{Account, AccountBalances, AccountNumber, Balance, BalanceType};
use openpayments::model::identifier::AccountId;
use openpayments::prelude::Response;
use serde::Serialize;

use crate::output::Answer;
use crate::table::{facts, lines, money, table, trimmed, words};
use crate::terminal::harmless;

/// A list of accounts.
#[derive(Serialize)]
pub(crate) struct Accounts {
    accounts: Vec<Account>,
    request_id: String,
    #[serde(skip)]
    in_full: bool,
}

impl Accounts {
    pub(crate) fn of(listed: Response<Vec<Account>>, in_full: bool) -> Self {
        Self { request_id: listed.request_id.to_string(), accounts: listed.body, in_full }
    }
}

impl Answer for Accounts {
    fn text(&self) -> String {
        if self.accounts.is_empty() {
            return "The consent covers no account.".to_owned();
        }
        let mut shown = table(["Account", "Name", "Balance"], &[0, 2]);
        for account in &self.accounts {
            shown.add_row([
                lines([Some(account.resource_id.as_str()), number(account, self.in_full).as_deref()]),
                words(account.name.as_deref().or(account.product.as_deref())),
                best(&account.balances).map_or_else(|| words(None), |balance| money(balance.balance_amount)),
            ]);
        }
        trimmed(&shown)
    }
}

/// An account's number: as far as a stranger over the shoulder may see it, or in full.
fn number(account: &Account, in_full: bool) -> Option<String> {
    let numbers = [&account.iban, &account.bban, &account.bankgiro_number, &account.plusgiro_number];
    numbers.into_iter().flatten().next().map(|number| spelt(number, in_full))
}

fn spelt(number: &AccountNumber, in_full: bool) -> String {
    if in_full { number.as_str().to_owned() } else { format!("{number:?}") }
}

/// What one can spend, where the bank says it.
fn best(balances: &[Balance]) -> Option<&Balance> {
    let of = |kind: &BalanceType| balances.iter().find(|balance| balance.balance_type == *kind);
    of(&BalanceType::InterimAvailable).or_else(|| of(&BalanceType::Expected)).or_else(|| balances.first())
}

/// One account.
#[derive(Serialize)]
pub(crate) struct Shown {
    account: Account,
    request_id: String,
    #[serde(skip)]
    in_full: bool,
}

impl Shown {
    pub(crate) fn of(account: Response<Account>, in_full: bool) -> Self {
        Self { request_id: account.request_id.to_string(), account: account.body, in_full }
    }
}

impl Answer for Shown {
    fn text(&self) -> String {
        let account = &self.account;
        let said = |text: &Option<String>| text.as_deref().map(harmless);
        let number = |number: &Option<AccountNumber>| {
            number.as_ref().map(|number| harmless(&spelt(number, self.in_full)))
        };
        let known = facts([
            ("Account", Some(harmless(account.resource_id.as_str()))),
            ("IBAN", number(&account.iban)),
            ("BBAN", number(&account.bban)),
            ("Bankgiro", number(&account.bankgiro_number)),
            ("Plusgiro", number(&account.plusgiro_number)),
            ("Clearing number", said(&account.clearing_number)),
            ("Currency", Some(account.currency.to_string())),
            ("Name", said(&account.name)),
            ("Product", said(&account.product)),
            ("Owner", said(&account.owner_name)),
            ("Status", account.status.as_ref().map(|status| harmless(status.as_str()))),
        ]);
        if account.balances.is_empty() {
            return known;
        }
        format!("{known}\n{}", balance_table(&account.balances))
    }
}

/// The balances of one account.
#[derive(Serialize)]
pub(crate) struct Balances {
    account: AccountId,
    balances: Vec<Balance>,
    request_id: String,
}

impl Balances {
    pub(crate) fn of(account: &AccountId, balances: Response<AccountBalances>) -> Self {
        let request_id = balances.request_id.to_string();
        Self { account: account.clone(), request_id, balances: balances.body.balances }
    }
}

impl Answer for Balances {
    fn text(&self) -> String {
        if self.balances.is_empty() {
            "The bank gives no balance.".to_owned()
        } else {
            balance_table(&self.balances)
        }
    }
}

fn balance_table(balances: &[Balance]) -> String {
    let mut shown = table(["Balance", "Amount", "Day"], &[1, 2]);
    for balance in balances {
        let day = balance.reference_date.map(|day| day.to_string());
        shown.add_row([
            words(Some(balance.balance_type.as_str())),
            money(balance.balance_amount),
            Cell::new(day.unwrap_or_default()),
        ]);
    }
    trimmed(&shown)
}
