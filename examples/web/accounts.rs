//! The overview: connect a bank, see its accounts and what happened on them.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use openpayments::model::account::{Account, AccountNumber};
use openpayments::prelude::*;
use openpayments::sca::Subject;

use crate::app::{App, Visitor};
use crate::errand::{Errand, Purpose};
use crate::failure::Failure;
use crate::form::{self, Numbered, Wanted};
use crate::pages::{self, BankList, FormPage, Line, Overview, Statement, Tile};
use crate::shop;
use crate::signing::{self, Begun};

pub async fn banks(State(app): State<App>) -> Response {
    let list = async {
        let lead = "We can read your accounts if you allow it. Which bank are they at?";
        Ok(BankList::new(
            "Connect your bank",
            lead.to_owned(),
            "/connect".to_owned(),
            shop::swedish_banks(&app).await?,
        ))
    };
    pages::answer(&app, list.await)
}

pub async fn form(
    State(app): State<App>,
    Path(bic): Path<String>,
    Query(numbered): Query<Numbered>,
) -> Response {
    let Some(order) = numbered.order else {
        return form::new_order(&format!("/connect/{bic}"));
    };
    let page = async {
        let bank = app.client.directory(Context::Private).bank(BicFi::parse(&bic)?).await?.body;
        let mut page = FormPage::new(&bank, format!("/connect/{bic}"), order);
        page.title = format!("Connect {}", page.bank_name);
        let lead =
            "You sign a consent at your bank. It lets us read; it lets nobody pay. You can end it here.";
        lead.clone_into(&mut page.lead);
        "Continue".clone_into(&mut page.submit);
        Ok(page)
    };
    pages::answer(&app, page.await)
}

pub async fn connect(
    State(app): State<App>,
    Path(bic): Path<String>,
    visitor: Visitor,
    Form(wanted): Form<Wanted>,
) -> Response {
    let begin = begin(app.clone(), bic.clone(), visitor, wanted.clone());
    signing::once(&app, Purpose::Connect, &bic, &wanted, begin).await
}

async fn begin(app: App, bic: String, visitor: Visitor, wanted: Wanted) -> Result<Response, Failure> {
    let customer = form::customer(&app, &bic, &wanted).await?;
    let bank = app.bank(&customer, &visitor)?;
    let consent = bank.create_consent(ConsentRequest::new(ConsentRequest::LONGEST)).await?.body;
    let subject = Subject::Consent(consent.consent_id);
    signing::begin(&app, &visitor, &bank, Begun { purpose: Purpose::Connect, customer, subject, wanted })
        .await
}

pub async fn overview(State(app): State<App>, visitor: Visitor) -> Response {
    let Some(errand) = connected(&app, &visitor) else {
        return Redirect::to("/connect").into_response();
    };
    let page = async {
        let accounts = read(&app, &errand, &visitor).await?;
        Ok(Overview {
            bank_name: errand.customer.bank_name.clone(),
            tiles: accounts.iter().map(tile).collect(),
        })
    };
    pages::answer(&app, page.await)
}

/// The transactions of the account at this place of the list: no account number stands in an address.
pub async fn transactions(State(app): State<App>, Path(number): Path<usize>, visitor: Visitor) -> Response {
    let Some(errand) = connected(&app, &visitor) else {
        return Redirect::to("/connect").into_response();
    };
    let page = async {
        let accounts = read(&app, &errand, &visitor).await?;
        let account = accounts.get(number).ok_or(Failure::NotFound)?;
        let consent = errand.consent().ok_or(Failure::NotFound)?.clone();
        let today = app.client.caller().clock().wall().to_zoned(TimeZone::UTC).date();
        let from = today.saturating_sub(30.days());
        let list = ListTransactions::new(consent, account.resource_id.clone(), from);
        let mut pages = app.bank(&errand.customer, &visitor)?.transactions(list);
        let mut lines = Vec::new();
        while let Some(page) = pages.next().await? {
            // Some banks take no notice of the days.
            let rows = page.body.transactions.booked.into_iter();
            let rows = rows.filter(|row| row.booking_date.is_none_or(|day| day >= from));
            lines.extend(rows.map(|row| Line::of(&row)));
        }
        Ok(Statement { bank_name: errand.customer.bank_name.clone(), tile: tile(account), lines })
    };
    pages::answer(&app, page.await)
}

/// Ends the consent at the bank, too: nobody can read any more.
pub async fn disconnect(State(app): State<App>, visitor: Visitor) -> Response {
    let ended = async {
        if let Some(errand) = connected(&app, &visitor)
            && let Some(consent) = errand.consent()
        {
            app.bank(&errand.customer, &visitor)?.delete_consent(consent).await?;
        }
        app.errands.forget(&visitor, Purpose::Connect).await?;
        Ok::<_, Failure>(())
    };
    match ended.await {
        Ok(()) => Redirect::to("/connect").into_response(),
        Err(failure) => failure.page(&app),
    }
}

fn connected(app: &App, visitor: &Visitor) -> Option<Errand> {
    app.errands.of(visitor, Purpose::Connect).filter(|errand| errand.consent().is_some())
}

async fn read(app: &App, errand: &Errand, visitor: &Visitor) -> Result<Vec<Account>, Failure> {
    let consent = errand.consent().ok_or(Failure::NotFound)?;
    Ok(app.bank(&errand.customer, visitor)?.accounts(consent).await?.body)
}

fn tile(account: &Account) -> Tile {
    let number =
        account.iban.as_ref().or(account.bban.as_ref()).map(AccountNumber::as_str).unwrap_or_default();
    Tile {
        name: account.name.clone().unwrap_or_else(|| "Account".to_owned()),
        number: pages::in_groups(number),
        balance: account.balances.first().map(|balance| pages::money(balance.balance_amount)),
    }
}
