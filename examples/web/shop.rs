//! The shop: three things to buy, and "pay by bank".

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use openpayments::model::identifier::ClearingNumber;
use openpayments::prelude::*;
use openpayments::sca::Subject;

use crate::app::{App, Visitor};
use crate::before;
use crate::errand::Purpose;
use crate::failure::Failure;
use crate::form::{self, Numbered, Wanted};
use crate::pages::{self, BankList, FormPage, Goods};
use crate::signing::{self, Begun};

pub struct Item {
    pub slug: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    /// In kronor.
    pub price: &'static str,
}

pub const ITEMS: [Item; 3] = [
    Item {
        slug: "beans",
        name: "Morning roast",
        words: "Whole beans, 500 g. Nuts and dark honey.",
        price: "129.00",
    },
    Item {
        slug: "cup",
        name: "Stoneware cup",
        words: "Thrown by hand, 3 dl. No two alike.",
        price: "245.00",
    },
    Item {
        slug: "kettle",
        name: "Gooseneck kettle",
        words: "For a slow, even pour. 0.9 litres.",
        price: "890.00",
    },
];

pub fn item(slug: &str) -> Result<&'static Item, Failure> {
    ITEMS.iter().find(|item| item.slug == slug).ok_or(Failure::NotFound)
}

pub async fn goods(State(app): State<App>) -> Response {
    pages::show(&app, &Goods { items: &ITEMS }).into_response()
}

pub async fn banks(State(app): State<App>, Path(slug): Path<String>) -> Response {
    let list = async {
        let item = item(&slug)?;
        let lead = format!("{}, {} kr. Which bank do you pay from?", item.name, item.price);
        Ok(BankList::new("Pay by bank", lead, format!("/pay/{slug}"), swedish_banks(&app).await?))
    };
    pages::answer(&app, list.await)
}

/// The banks to choose from, as the directory lists them.
pub async fn swedish_banks(app: &App) -> Result<Vec<(String, String)>, Failure> {
    let banks = app.client.directory(Context::Private).banks(Filter::default().country("SE")).await?.body;
    Ok(banks.into_iter().map(|bank| (bank.bic_fi.to_string(), bank.name.trim().to_owned())).collect())
}

pub async fn form(
    State(app): State<App>,
    Path((slug, bic)): Path<(String, String)>,
    Query(numbered): Query<Numbered>,
) -> Response {
    let Some(order) = numbered.order else {
        return form::new_order(&format!("/pay/{slug}/{bic}"));
    };
    let page = async {
        let item = item(&slug)?;
        let bank = app.client.directory(Context::Private).bank(BicFi::parse(&bic)?).await?.body;
        let mut page = FormPage::new(&bank, format!("/pay/{slug}/{bic}"), order);
        page.title = format!("Pay {} kr", item.price);
        page.lead = format!("{}, from your account at {}.", item.name, page.bank_name);
        page.account = Some(form::test_account(&bic));
        page.submit = format!("Pay {} kr", item.price);
        Ok(page)
    };
    pages::answer(&app, page.await)
}

pub async fn pay(
    State(app): State<App>,
    Path((slug, bic)): Path<(String, String)>,
    visitor: Visitor,
    Form(wanted): Form<Wanted>,
) -> Response {
    let begin = begin(app.clone(), slug, bic.clone(), visitor, wanted.clone());
    signing::once(&app, Purpose::Pay, &bic, &wanted, begin).await
}

async fn begin(
    app: App,
    slug: String,
    bic: String,
    visitor: Visitor,
    wanted: Wanted,
) -> Result<Response, Failure> {
    let item = item(&slug)?;
    let customer = form::customer(&app, &bic, &wanted).await?;
    let payment = DomesticPayment::new(
        debtor(&wanted.account)?,
        Amount::parse("SEK", item.price)?,
        creditor(&bic)?,
        "Made-up Coffee AB",
    )?
    .remittance(item.name)?;
    let bank = app.bank(&customer, &visitor)?;
    before::close(&app, &visitor, wanted.order).await?;
    // ANCHOR: once
    // Sent once under this key, whatever is killed meanwhile. When no answer comes, the failure's page says that the bank
    // may have it.
    let key = format!("{}.{}", wanted.order.simple(), app.errands.attempts(wanted.order));
    let once = bank.create_payment_once(&app.payments, key, payment).await?;
    let subject = Subject::Payment(once.payment);
    // ANCHOR_END: once
    signing::begin(&app, &visitor, &bank, Begun { purpose: Purpose::Pay, customer, subject, wanted }).await
}

/// An IBAN, or else the bank's own number.
fn debtor(account: &str) -> Result<DebtorAccount, InvalidValue> {
    match Iban::parse(account) {
        Ok(iban) => Ok(DebtorAccount::iban(&iban)),
        Err(_) => Ok(DebtorAccount::bban(&Bban::parse(account)?)),
    }
}

/// The shop's account, in the form that the customer's bank wants.
fn creditor(bic: &str) -> Result<AccountReference, InvalidValue> {
    match bic {
        "HANDSESS" => Ok(AccountReference::bban(&Bban::parse("401975231")?)
            .clearing_number(&ClearingNumber::parse("6000")?)),
        _ => Ok(AccountReference::iban(&Iban::parse("SE2550000000054400047903")?)),
    }
}
