//! The pages: what each shows. How they look is in `templates/` and `assets/`.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use openpayments::model::aspsp::Aspsp;
use openpayments::model::status::TransactionStatus;
use openpayments::model::transaction::Transaction;
use openpayments::prelude::*;
use openpayments::sca::NextStep;
use openpayments::store::OnceError;
use uuid::Uuid;

use crate::app::App;
use crate::errand::{Errand, Purpose};
use crate::failure::Failure;
use crate::form;
use crate::shop::Item;
use crate::signing::Shown;

/// A page and what stands around it.
#[derive(Template)]
#[template(path = "base.html")]
struct Framed<'a, P: Page> {
    page: &'a P,
    content: String,
    sandbox: Option<&'a str>,
}

/// What a page has besides its content.
pub trait Page: Template {
    fn title(&self) -> String;

    /// Whether it shows a signature as it happens.
    fn is_live(&self) -> bool {
        false
    }

    /// Which of the two tabs it belongs to.
    fn tab(&self) -> Purpose;
}

pub fn show(app: &App, page: &impl Page) -> Response {
    let sandbox = app.sandbox.as_ref().map(url::Url::as_str);
    let framed = page.render().and_then(|content| Framed { page, content, sandbox }.render());
    framed
        .map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |text| Html(text).into_response())
}

pub fn answer(app: &App, page: Result<impl Page, Failure>) -> Response {
    match page {
        Ok(page) => show(app, &page),
        Err(failure) => failure.page(app),
    }
}

#[derive(Template)]
#[template(path = "goods.html")]
pub struct Goods<'a> {
    pub items: &'a [Item],
}

impl Page for Goods<'_> {
    fn title(&self) -> String {
        "Made-up Coffee".to_owned()
    }

    fn tab(&self) -> Purpose {
        Purpose::Pay
    }
}

#[derive(Template)]
#[template(path = "banks.html")]
pub struct BankList {
    heading: &'static str,
    lead: String,
    path: String,
    /// BIC and name.
    banks: Vec<(String, String)>,
}

impl BankList {
    pub fn new(heading: &'static str, lead: String, path: String, banks: Vec<(String, String)>) -> Self {
        Self { heading, lead, path, banks }
    }
}

impl Page for BankList {
    fn title(&self) -> String {
        self.heading.to_owned()
    }

    fn tab(&self) -> Purpose {
        if self.path == "/connect" { Purpose::Connect } else { Purpose::Pay }
    }
}

#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage {
    pub title: String,
    pub lead: String,
    pub bank_name: String,
    pub submit: String,
    /// Asked for where something is paid.
    pub account: Option<&'static str>,
    psu: &'static str,
    path: String,
    order: String,
    by_app: bool,
    by_page: bool,
}

impl FormPage {
    pub fn new(bank: &Aspsp, path: String, order: Uuid) -> Self {
        let (by_app, by_page) = form::ways_of(bank);
        Self {
            title: String::new(),
            lead: String::new(),
            bank_name: bank.name.trim().to_owned(),
            submit: String::new(),
            account: None,
            psu: form::TEST_PERSON,
            path,
            order: order.simple().to_string(),
            by_app,
            by_page,
        }
    }
}

impl Page for FormPage {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn tab(&self) -> Purpose {
        if self.account.is_none() { Purpose::Connect } else { Purpose::Pay }
    }
}

/// A signature that goes on.
#[derive(Template)]
#[template(path = "sign.html")]
pub struct SignPage {
    purpose: Purpose,
    bank_name: String,
    words: &'static str,
    message: Option<String>,
    /// A picture as a data address.
    qr: Option<String>,
    app: Option<String>,
    redirect: Option<String>,
    /// Id and name.
    methods: Vec<(String, String)>,
    missed: bool,
    /// The way to the bank's page was shown once and cannot be made again: only a new start leads there.
    is_lost: bool,
}

impl SignPage {
    pub fn new(errand: &Errand, shown: &Shown) -> Self {
        Self {
            purpose: errand.purpose,
            bank_name: errand.customer.bank_name.clone(),
            words: shown.step.psu_prompt(Lang::En),
            message: shown.message.clone(),
            qr: shown.qr.as_ref().map(openpayments::sca::QrFrame::to_svg).map(|svg| data_address(&svg)),
            app: shown.app.as_ref().map(|link| link.expose().to_owned()),
            redirect: shown.redirect.as_ref().map(|link| link.expose().to_string()),
            methods: shown
                .methods
                .iter()
                .map(|method| {
                    let id = method.authentication_method_id.to_string();
                    (id.clone(), method.name.clone().unwrap_or(id))
                })
                .collect(),
            missed: shown.missed,
            is_lost: shown.is_resumed && errand.customer.by_redirect,
        }
    }
}

impl Page for SignPage {
    fn title(&self) -> String {
        format!("Sign at {}", self.bank_name)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn tab(&self) -> Purpose {
        self.purpose
    }
}

fn data_address(svg: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(svg.as_bytes()).collect();
    format!("data:image/svg+xml,{}", escaped.replace('+', "%20"))
}

/// A signature that has ended.
#[derive(Template)]
#[template(path = "ended.html")]
pub struct Ended {
    purpose: Purpose,
    bank_name: String,
    heading: &'static str,
    words: &'static str,
    status: Option<String>,
    is_good: bool,
    may_try_again: bool,
}

impl Ended {
    pub fn new(errand: &Errand, outcome: &Outcome, status: Option<TransactionStatus>) -> Self {
        let next = outcome.next_step();
        Self {
            purpose: errand.purpose,
            bank_name: errand.customer.bank_name.clone(),
            heading: match next {
                NextStep::Proceed => "Thank you",
                NextStep::AskOtherSigner => "One more signature",
                NextStep::ReadLater => "Not decided yet",
                _ => "Not signed",
            },
            words: outcome.psu_prompt(Lang::En),
            status: status.map(|status| status_words(&status)),
            is_good: next == NextStep::Proceed,
            // What was refused is dead at most banks; the customer begins anew.
            may_try_again: matches!(outcome, Outcome::Cancelled | Outcome::Expired | Outcome::Superseded),
        }
    }
}

fn status_words(status: &TransactionStatus) -> String {
    let words = if status.is_settled() {
        "The money has left your account"
    } else if status.is_refused() {
        "The bank rejected the payment"
    } else {
        "The bank has your order; the money leaves in a moment"
    };
    format!("{words} ({status}).")
}

impl Page for Ended {
    fn title(&self) -> String {
        self.heading.to_owned()
    }

    fn tab(&self) -> Purpose {
        self.purpose
    }
}

/// Somebody without the cookie: another browser than the one that began.
#[derive(Template)]
#[template(path = "away.html")]
pub struct Away;

impl Page for Away {
    fn title(&self) -> String {
        "Back to where you began".to_owned()
    }

    fn tab(&self) -> Purpose {
        Purpose::Pay
    }
}

/// An account at a glance.
pub struct Tile {
    pub name: String,
    pub number: String,
    pub balance: Option<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
pub struct Overview {
    pub bank_name: String,
    pub tiles: Vec<Tile>,
}

impl Page for Overview {
    fn title(&self) -> String {
        format!("Your accounts at {}", self.bank_name)
    }

    fn tab(&self) -> Purpose {
        Purpose::Connect
    }
}

/// One transaction.
pub struct Line {
    date: String,
    text: String,
    amount: String,
    is_in: bool,
}

impl Line {
    pub fn of(row: &Transaction) -> Self {
        let text = row.remittance_information_unstructured.as_ref();
        let text = text.or(row.creditor_name.as_ref()).or(row.debtor_name.as_ref());
        let amount = row.transaction_amount;
        Self {
            date: row.booking_date.map(|day| day.strftime("%-d %b").to_string()).unwrap_or_default(),
            text: text.cloned().unwrap_or_default(),
            amount: money(amount),
            is_in: amount.value().is_sign_positive(),
        }
    }
}

#[derive(Template)]
#[template(path = "statement.html")]
pub struct Statement {
    pub bank_name: String,
    pub tile: Tile,
    pub lines: Vec<Line>,
}

impl Page for Statement {
    fn title(&self) -> String {
        self.tile.name.clone()
    }

    fn tab(&self) -> Purpose {
        Purpose::Connect
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
pub struct Trouble {
    heading: &'static str,
    words: String,
    /// What the platform's support asks for.
    request_id: Option<String>,
}

impl Trouble {
    pub fn new(heading: &'static str, words: impl Into<String>) -> Self {
        Self { heading, words: words.into(), request_id: None }
    }

    pub fn of_call(error: &openpayments::client::Error) -> Self {
        let heading = if error.bank_may_have_acted() {
            "We do not know whether the bank has it"
        } else {
            "The bank did not take it"
        };
        let words = format!("{:?}. What to do: {}.", error.kind(), error.advice());
        Self { heading, words, request_id: error.request_id().map(|id| id.to_string()) }
    }

    pub fn of_payment(error: &OnceError) -> Self {
        match error {
            OnceError::Call(call) => Self::of_call(call),
            OnceError::Store(_) => Self::new("We could not write it down", "Nothing was sent to the bank."),
            _ => Self::new(
                "We do not know whether the bank has it",
                "An earlier attempt got no answer. It is not sent again, and nothing is paid without your signature.",
            ),
        }
    }

    pub fn of_signature(error: &ScaError) -> Self {
        // Where a call failed, the call's own error says more.
        let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
        match cause {
            Some(call) => Self::of_call(call),
            None => Self::new(
                "The signature did not come about",
                format!("{error}. What to do: {}.", error.advice()),
            ),
        }
    }
}

impl Page for Trouble {
    fn title(&self) -> String {
        self.heading.to_owned()
    }

    fn tab(&self) -> Purpose {
        Purpose::Pay
    }
}

/// `1 234.50 SEK`, with narrow blanks that do not break, and a real minus.
pub fn money(amount: Amount) -> String {
    let text = amount.value().abs().to_string();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let sign = if amount.value().is_sign_negative() { "\u{2212}" } else { "" };
    format!("{sign}{grouped}.{cents:0<2}\u{a0}{}", amount.currency())
}

/// A number in groups of four.
pub fn in_groups(number: &str) -> String {
    let mut grouped = String::new();
    for (at, c) in number.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(c);
    }
    grouped
}
