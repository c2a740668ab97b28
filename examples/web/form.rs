//! What the customer says before a signature: who, and which way.

use axum::response::{IntoResponse, Redirect, Response};
use openpayments::model::aspsp::Aspsp;
use openpayments::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::errand::Customer;
use crate::failure::Failure;

/// How the customer wants to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    OtherDevice,
    ThisDevice,
    BankPage,
}

impl Way {
    pub fn is_redirect(self) -> bool {
        self == Self::BankPage
    }

    pub fn preference(self) -> MethodPreference {
        match self {
            Self::OtherDevice => MethodPreference::OtherDevice,
            // Behind the redirect the bank asks for itself; here it need not be asked twice.
            Self::ThisDevice | Self::BankPage => MethodPreference::ThisDevice,
        }
    }
}

/// The form as a page sends it. Only a payment has an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The form's number: sent twice, by a double click, by a reload or after going back, it is one order.
    pub order: Uuid,
    pub psu: String,
    pub way: Way,
    #[serde(default)]
    pub account: String,
}

/// The number of a form, as it stands in its address: who comes back to the form comes back to the order.
#[derive(Deserialize)]
pub struct Numbered {
    pub order: Option<Uuid>,
}

/// Leads to a form with a number of its own.
pub fn new_order(path: &str) -> Response {
    Redirect::to(&format!("{path}?order={}", Uuid::new_v4().simple())).into_response()
}

/// Who it is, at which bank, with the bank's own name.
pub async fn customer(app: &App, bic: &str, wanted: &Wanted) -> Result<Customer, Failure> {
    let bic = BicFi::parse(bic)?;
    let bank = app.client.directory(Context::Private).bank(bic.clone()).await?.body;
    let psu = wanted.psu.trim();
    PsuId::parse(psu)?;
    Ok(Customer {
        bic,
        bank_name: bank.name.trim().to_owned(),
        psu: psu.to_owned(),
        by_redirect: wanted.way.is_redirect(),
    })
}

/// The ways a bank announces; which one it takes is told by its answers.
pub fn ways_of(bank: &Aspsp) -> (bool, bool) {
    let by_app = bank.announces_decoupled();
    let by_page = bank.supported_authorization_methods.iter().any(|method| !method.uri.is_empty());
    (by_app, by_page || !by_app)
}

/// The test person whose accounts the local banks know, and where the money is.
pub const TEST_PERSON: &str = "199002092386";

pub fn test_account(bic: &str) -> &'static str {
    match bic {
        // The documented numbers of Swedbank have wrong check digits; the local bank lets any right one pay.
        "ESSESESS" | "SWEDSESS" => "SE4550000000058398257466",
        "HANDSESS" => "403333911",
        "NDEASESS" => "41351300039",
        _ => "",
    }
}
