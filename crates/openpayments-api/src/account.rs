//! Accounts, balances and transactions, by a consent that is valid.

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use jiff::civil::Date;
use openpayments_model::account::{Account, AccountBalances};
use openpayments_model::identifier::{AccountId, ConsentId};
use openpayments_model::transaction::{BookingStatus, TransactionsPage};
use openpayments_model::{InvalidValue, Product, Rule};
use serde::Deserialize;

use crate::request::{Builder, path, query};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::AccountInformation);
/// A page of account data may be large; the platform names no bound.
const PAGE: usize = 8 * 1024 * 1024;

fn build(
    path_and_query: &str,
    consent: &ConsentId,
    context: &CallContext,
) -> Result<Request<Bytes>, BuildError> {
    Builder::new(&Method::GET, path_and_query)
        .for_bank(context)
        .personal_header("consent-id", consent.as_str())
        .empty()
}

/// Lists the accounts a consent covers.
#[derive(Clone, Debug)]
pub struct ListAccounts {
    consent: ConsentId,
    with_balance: bool,
}

impl ListAccounts {
    /// By this consent.
    pub fn new(consent: ConsentId) -> Self {
        Self { consent, with_balance: false }
    }

    /// Asks for balances too; a bank may leave them out.
    #[must_use]
    pub fn with_balance(mut self) -> Self {
        self.with_balance = true;
        self
    }
}

impl Operation for ListAccounts {
    type Output = Vec<Account>;
    const NAME: &'static str = "account.list";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/accountinformation/v1/accounts";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;
    const LARGEST_ANSWER: usize = PAGE;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let query = query(self.with_balance.then(|| ("withBalance", "true".to_owned())));
        build(&(Self::PATH.to_owned() + &query), &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        #[derive(Deserialize)]
        struct Body {
            accounts: Vec<Account>,
        }
        Ok(answer::json::<Body>(response)?.accounts)
    }
}

/// Reads the balances of one account.
#[derive(Clone, Debug)]
pub struct GetBalances {
    consent: ConsentId,
    account: AccountId,
}

impl GetBalances {
    /// Of `account`, by `consent`.
    pub fn new(consent: ConsentId, account: AccountId) -> Self {
        Self { consent, account }
    }
}

impl Operation for GetBalances {
    type Output = AccountBalances;
    const NAME: &'static str = "account.balances";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/accountinformation/v1/accounts/{accountId}/balances";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;
    const LARGEST_ANSWER: usize = PAGE;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(&path(Self::PATH, [self.account.as_str()]), &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Lists transactions of one account, page by page.
#[derive(Clone, Debug)]
pub struct ListTransactions {
    consent: ConsentId,
    account: AccountId,
    booking_status: BookingStatus,
    from: Date,
    to: Option<Date>,
}

impl ListTransactions {
    /// Booked ones of `account` since `from`, that day included, by `consent`.
    pub fn new(consent: ConsentId, account: AccountId, from: Date) -> Self {
        Self { consent, account, booking_status: BookingStatus::Booked, from, to: None }
    }

    /// Up to this day, itself included; today if not set.
    #[must_use]
    pub fn to(mut self, day: Date) -> Self {
        self.to = Some(day);
        self
    }

    /// Which ones.
    #[must_use]
    pub fn booking_status(mut self, status: BookingStatus) -> Self {
        self.booking_status = status;
        self
    }

    /// The consent it reads by.
    pub fn consent(&self) -> &ConsentId {
        &self.consent
    }

    /// The page that a `next` link of an earlier one leads to.
    ///
    /// # Errors
    /// [`Rule::Form`] naming `next` when the link leads anywhere but to account data of this platform.
    pub fn next_page(consent: ConsentId, link: &str) -> Result<NextTransactions, InvalidValue> {
        let refused = || InvalidValue::new("next", Rule::Form("a link to account data of the same host"));
        let link: Uri = link.split('#').next().unwrap_or_default().parse().map_err(|_| refused())?;
        let path = link.path();
        let lower = path.to_ascii_lowercase();
        let dotted = path.split('/').any(|part| matches!(part, "." | ".."))
            || ["%2e", "%2f", "%5c", "%00"].iter().any(|hidden| lower.contains(hidden));
        if dotted || !path.starts_with(ACCOUNT_DATA) {
            return Err(refused());
        }
        Ok(NextTransactions { consent, link })
    }
}

const ACCOUNT_DATA: &str = "/psd2/accountinformation/v1/";

impl Operation for ListTransactions {
    type Output = TransactionsPage;
    const NAME: &'static str = "transaction.list";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/accountinformation/v1/accounts/{accountId}/transactions";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;
    const LARGEST_ANSWER: usize = PAGE;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        if self.to.is_some_and(|to| to < self.from) {
            return Err(InvalidValue::new("dateTo", Rule::Range("dateFrom or later")).into());
        }
        let query = query(
            [
                Some(("bookingStatus", self.booking_status.to_string())),
                Some(("dateFrom", self.from.to_string())),
                self.to.map(|to| ("dateTo", to.to_string())),
            ]
            .into_iter()
            .flatten(),
        );
        build(&(path(Self::PATH, [self.account.as_str()]) + &query), &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}

/// Reads the page that a `next` link leads to; the link is followed as it came. Made by
/// [`ListTransactions::next_page`].
///
/// A link with a host gives a request with a host: whoever sends it must compare it with the API host's.
#[derive(Clone, Debug)]
pub struct NextTransactions {
    consent: ConsentId,
    link: Uri,
}

impl Operation for NextTransactions {
    type Output = TransactionsPage;
    const NAME: &'static str = "transaction.next";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = ListTransactions::PATH;
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;
    const LARGEST_ANSWER: usize = PAGE;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        build(&self.link.to_string(), &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::json(response)
    }
}
