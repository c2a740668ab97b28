//! Accounts, balances and transactions, by a consent that is valid.

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use jiff::civil::Date;
use openpayments_model::account::{Account, AccountBalances};
use openpayments_model::identifier::{AccountId, ConsentId, TransactionId};
use openpayments_model::transaction::{BookingStatus, Transaction, TransactionsPage};
use openpayments_model::{InvalidValue, Product, Rule};

use crate::request::{Builder, is_plain_path, path, query};
use crate::{ApiError, Audience, BuildError, CallContext, Operation, Resend, answer};

const AUDIENCE: Audience = Audience::Api(Product::AccountInformation);
/// A page of account data may be large; the platform names no bound.
const PAGE: usize = 8 * 1024 * 1024;

fn build(
    path_and_query: String,
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
        let query = query(self.with_balance.then_some(("withBalance", "true")));
        build(Self::PATH.to_owned() + &query, &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::list(response, &["accounts"])
    }
}

/// Reads one account.
#[derive(Clone, Debug)]
pub struct GetAccount {
    consent: ConsentId,
    account: AccountId,
    with_balance: bool,
}

impl GetAccount {
    /// `account`, by `consent`.
    pub fn new(consent: ConsentId, account: AccountId) -> Self {
        Self { consent, account, with_balance: false }
    }

    /// Asks for balances too; a bank may leave them out.
    #[must_use]
    pub fn with_balance(mut self) -> Self {
        self.with_balance = true;
        self
    }
}

impl Operation for GetAccount {
    type Output = Account;
    const NAME: &'static str = "account.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/psd2/accountinformation/v1/accounts/{accountId}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let query = query(self.with_balance.then_some(("withBalance", "true")));
        let path = path(Self::PATH, [self.account.as_str()]);
        build(path + &query, &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::bare_or_within(response, &["account"])
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
        build(path(Self::PATH, [self.account.as_str()]), &self.consent, context)
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
    since: Since,
    to: Option<Date>,
    with_balance: bool,
}

/// Where a list begins.
#[derive(Clone, Debug)]
enum Since {
    Day(Date),
    /// An entry the bank gave earlier.
    Entry(String),
    /// What the bank gave last.
    LastRead,
}

impl ListTransactions {
    /// Booked ones of `account` since `from`, that day included, by `consent`.
    pub fn new(consent: ConsentId, account: AccountId, from: Date) -> Self {
        Self::since(consent, account, Since::Day(from))
    }

    /// Booked ones of `account` after the entry with this reference, by `consent`; a bank may not offer it.
    ///
    /// # Errors
    /// [`Rule::Empty`], [`Rule::TooLong`] over 35 characters.
    pub fn after_entry(
        consent: ConsentId,
        account: AccountId,
        entry_reference: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        let refused = |rule| Err(InvalidValue::new("entryReferenceFrom", rule));
        let reference = entry_reference.into();
        match reference.chars().count() {
            _ if reference.trim().is_empty() => refused(Rule::Empty),
            36.. => refused(Rule::TooLong(35)),
            _ => Ok(Self::since(consent, account, Since::Entry(reference))),
        }
    }

    /// Booked ones of `account` that are new since it was last read, by `consent`; a bank may not offer it.
    pub fn since_last_read(consent: ConsentId, account: AccountId) -> Self {
        Self::since(consent, account, Since::LastRead)
    }

    fn since(consent: ConsentId, account: AccountId, since: Since) -> Self {
        Self { consent, account, booking_status: BookingStatus::Booked, since, to: None, with_balance: false }
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

    /// Asks for balances too; a bank may leave them out.
    #[must_use]
    pub fn with_balance(mut self) -> Self {
        self.with_balance = true;
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
        if !is_plain_path(path) || !path.starts_with(ACCOUNT_DATA) {
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
        let from = match &self.since {
            Since::Day(from) if self.to.is_some_and(|to| to < *from) => {
                return Err(InvalidValue::new("dateTo", Rule::Range("dateFrom or later")).into());
            }
            Since::Day(from) => ("dateFrom", from.to_string()),
            Since::Entry(reference) => ("entryReferenceFrom", reference.clone()),
            Since::LastRead => ("deltaList", "true".to_owned()),
        };
        let query = query(
            [
                Some(("bookingStatus", self.booking_status.to_string())),
                Some(from),
                self.to.map(|to| ("dateTo", to.to_string())),
                self.with_balance.then(|| ("withBalance", "true".to_owned())),
            ]
            .into_iter()
            .flatten(),
        );
        build(path(Self::PATH, [self.account.as_str()]) + &query, &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::transactions(response)
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
        build(self.link.to_string(), &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::transactions(response)
    }
}

/// Reads the details of one transaction. Most banks do not offer it.
#[derive(Clone, Debug)]
pub struct GetTransaction {
    consent: ConsentId,
    account: AccountId,
    transaction: TransactionId,
}

impl GetTransaction {
    /// `transaction` of `account`, by `consent`.
    pub fn new(consent: ConsentId, account: AccountId, transaction: TransactionId) -> Self {
        Self { consent, account, transaction }
    }
}

impl Operation for GetTransaction {
    type Output = Transaction;
    const NAME: &'static str = "transaction.get";
    const METHOD: Method = Method::GET;
    const PATH: &'static str =
        "/psd2/accountinformation/v1/accounts/{accountId}/transactions/{transactionId}";
    const AUDIENCE: Audience = AUDIENCE;
    const RESEND: Resend = Resend::Read;

    fn request(&self, context: &CallContext) -> Result<Request<Bytes>, BuildError> {
        let path = path(Self::PATH, [self.account.as_str(), self.transaction.as_str()]);
        build(path, &self.consent, context)
    }

    fn response(response: &Response<Bytes>) -> Result<Self::Output, ApiError> {
        answer::bare_or_within(response, &["transactionsDetails", "transactionDetails"])
    }
}
