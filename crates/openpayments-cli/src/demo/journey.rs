//! The journey itself: through the facade alone, as any program would.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{Cell, CellAlignment, Table};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use openpayments::model::account::Account;
use openpayments::model::identifier::{ConsentId, ScaMethodId};
use openpayments::model::payment::PaymentRef;
use openpayments::model::status::{ConsentStatus, TransactionStatus};
use openpayments::prelude::*;
use openpayments::sca::{ResourceStatus, Subject};
use serde_json::json;
use tokio::task::JoinSet;

use super::browser::browse;
use super::report::Report;
use crate::callback::CallbackListener;
use crate::signing::Words;
use crate::terminal::harmless;

/// Signs by BankID, and the PSU stays here.
const DECOUPLED_BANK: &str = "ESSESESS";
/// Signs on its own page, and the PSU comes back.
const REDIRECT_BANK: &str = "NDEASESS";
/// The sandbox's PSU who signs.
const WILLING: &str = "99990101000";
/// The sandbox's PSU who says no.
const UNWILLING: &str = "99990101001";

/// Everything the journey needs.
#[derive(Debug)]
pub(crate) struct Journey<'a> {
    pub(crate) client: Client,
    pub(crate) report: &'a Report,
    pub(crate) listener: CallbackListener,
    pub(crate) manual: bool,
}

/// What came of reading accounts.
struct Read {
    accounts: usize,
    transactions: usize,
    pages: usize,
}

impl Journey<'_> {
    pub(crate) async fn walk(&self) -> anyhow::Result<()> {
        self.tokens().await?;
        self.directory().await?;
        let (consent, status) = self.consent().await?;
        let read = self.accounts(&consent).await?;
        let paid = self.payment().await?;
        let refused = self.refusal().await?;

        ensure!(status == ConsentStatus::Valid, "the consent is {status}, not valid");
        ensure!(read.accounts >= 2, "only {} accounts were read", read.accounts);
        ensure!(read.transactions >= 30 && read.pages >= 2, "the transactions are not all there");
        ensure!(paid == TransactionStatus::AcceptedSettlementCompleted, "the payment is {paid}, not settled");
        ensure!(refused == TransactionStatus::Rejected, "the refused payment is {refused}, not rejected");
        self.report.text(format_args!(
            "\nDone: consent {status}, {} accounts, {} transactions on {} pages, payments {paid} and {refused}.",
            read.accounts, read.transactions, read.pages,
        ));
        self.report.summary(json!({
            "consent": status,
            "accounts": read.accounts,
            "transactions": read.transactions,
            "transaction_pages": read.pages,
            "payments": [{"status": paid, "refused": false}, {"status": refused, "refused": true}],
        }));
        Ok(())
    }

    async fn tokens(&self) -> anyhow::Result<()> {
        self.report.step("tokens", "1. Access tokens, one for each product in the private context");
        for product in [Product::AspspInformation, Product::AccountInformation, Product::PaymentInitiation] {
            self.client.ensure_token(ScopeSet::new(product, Context::Private)).await?;
        }
        Ok(())
    }

    async fn directory(&self) -> anyhow::Result<()> {
        self.report.step("directory", "2. The bank directory");
        let directory = self.client.directory(Context::Private);
        let countries = directory.countries().await?.body;
        let cities = directory.cities(Filter::default()).await?.body;
        let banks = directory.banks(Filter::default().country("SE")).await?.body;
        let bank = directory.bank(DECOUPLED_BANK.parse()?).await?.body;
        let mut table = table(["BIC", "Bank"]);
        for bank in &banks {
            table.add_row([bank.bic_fi.to_string(), harmless(&bank.name)]);
        }
        self.report.text(table);
        self.report.text(format_args!(
            "  {} countries, {} cities, {} banks in Sweden; {} pays by {}.",
            countries.len(),
            cities.len(),
            banks.len(),
            harmless(&bank.name),
            bank.global_payment_products.join(", "),
        ));
        ensure!(!banks.is_empty(), "the directory knows no bank in Sweden");
        Ok(())
    }

    async fn consent(&self) -> anyhow::Result<(ConsentId, ConsentStatus)> {
        self.report.step("consent", "3. A consent, signed with BankID (decoupled)");
        let bank = self.bank(DECOUPLED_BANK, WILLING)?;
        let request = ConsentRequest::new(self.today().checked_add(90.days())?);
        let consent = bank.create_consent(request).await?.body.consent_id;
        match self.sign(&bank, Subject::Consent(consent.clone())).await?.into_result()? {
            ResourceStatus::Consent(status) => Ok((consent, status)),
            other => bail!("a consent was signed, and its status is that of something else: {other:?}"),
        }
    }

    async fn accounts(&self, consent: &ConsentId) -> anyhow::Result<Read> {
        self.report.step("accounts", "4. Accounts, balances and a month of transactions");
        let bank = self.bank(DECOUPLED_BANK, WILLING)?;
        let accounts = bank.accounts(consent).await?.body;
        let mut shown = table(["Account", "Name", "Balance"]);
        for account in &accounts {
            let balance = self.balance(&bank, consent, account).await?;
            let name = harmless(account.name.as_deref().unwrap_or_default());
            shown.add_row([Cell::new(number(account)), Cell::new(name), money(balance)]);
        }
        self.report.text(shown);

        let account = accounts.first().context("the consent covers no account")?;
        let month_ago = self.today().checked_sub(1.month())?;
        let mut pages =
            bank.transactions(ListTransactions::new(consent.clone(), account.resource_id.clone(), month_ago));
        let mut read = Read { accounts: accounts.len(), transactions: 0, pages: 0 };
        let mut shown = table(["Booked", "Amount", "Text"]);
        while let Some(page) = pages.next().await? {
            let rows = page.body.transactions.booked;
            for row in rows.iter().take(3) {
                let booked = row.booking_date.map(|day| day.to_string()).unwrap_or_default();
                let text = row.remittance_information_unstructured.as_ref().or(row.creditor_name.as_ref());
                let text = text.map(|text| harmless(text)).unwrap_or_default();
                shown.add_row([Cell::new(booked), money(row.transaction_amount), Cell::new(text)]);
            }
            read.transactions += rows.len();
            read.pages += 1;
        }
        self.report.text(shown);
        self.report.text(format_args!("  {} transactions on {} pages.", read.transactions, read.pages));
        Ok(read)
    }

    /// As the list gives it, or else by a call of its own.
    async fn balance(&self, bank: &Bank, consent: &ConsentId, account: &Account) -> anyhow::Result<Amount> {
        if let Some(balance) = account.balances.first() {
            return Ok(balance.balance_amount);
        }
        let balances = bank.balances(consent, &account.resource_id).await?.body.balances;
        Ok(balances.first().context("an account without a balance")?.balance_amount)
    }

    async fn payment(&self) -> anyhow::Result<TransactionStatus> {
        self.report.step("payment", "5. A payment, signed on the bank's page (redirect)");
        let bank = self.bank(REDIRECT_BANK, WILLING)?;
        let payment = self.create_payment(&bank).await?;
        self.sign(&bank, Subject::Payment(payment.clone())).await?.into_result()?;
        self.settled(&bank, &payment).await
    }

    async fn refusal(&self) -> anyhow::Result<TransactionStatus> {
        self.report.step("refusal", "6. A payment that the PSU refuses");
        let bank = self.bank(REDIRECT_BANK, UNWILLING)?;
        let payment = self.create_payment(&bank).await?;
        if self.manual {
            self.report.must_see("  This time, refuse.");
        }
        match self.sign(&bank, Subject::Payment(payment.clone())).await?.into_result() {
            Err(error) if error.kind() == ScaErrorKind::PsuRefused => {
                self.report.text(format_args!("  The SDK says: {error}. Now: {}.", error.advice()));
            }
            Err(error) => return Err(error.into()),
            Ok(_) => bail!("the psu was to refuse and signed"),
        }
        self.settled(&bank, &payment).await
    }

    async fn create_payment(&self, bank: &Bank) -> anyhow::Result<PaymentRef> {
        let payment = DomesticPayment::new(
            DebtorAccount::bban(&Bban::parse("41351300039")?),
            Amount::parse("SEK", "125.50")?,
            AccountReference::iban(&Iban::parse("SE4550000000058398257466")?),
            "Made-up Creditor AB",
        )?
        .remittance("Demo invoice 1")?;
        let created = bank.create_payment(payment).await?.body;
        self.report.text(format_args!("  Created: {}.", created.body.transaction_status));
        Ok(created.payment)
    }

    /// Shows the PSU what is to be signed, and waits until it is.
    async fn sign(&self, bank: &Bank, subject: Subject) -> anyhow::Result<Outcome> {
        let mut sca = bank.authorise(subject).redirect_to(self.listener.uri().clone()).start().await?;
        // The PSU's browser ends with the journey.
        let mut browser = JoinSet::new();
        while let Some(event) = sca.next().await? {
            match event {
                ScaEvent::ChooseMethod(methods) => {
                    let mut shown = table(["Way to sign", "Name"]);
                    for method in &methods {
                        let name = harmless(method.name.as_deref().unwrap_or_default());
                        shown.add_row([method.authentication_method_id.to_string(), name]);
                    }
                    self.report.text(shown);
                    let bankid = ScaMethodId::parse("mbid")?;
                    let method = methods.iter().find(|method| method.authentication_method_id == bankid);
                    sca.choose(method.context("the bank does not offer BankID")?).await?;
                }
                ScaEvent::ShowQr(frame) => self.report.text(frame.to_unicode()),
                ScaEvent::OpenApp(link) if self.manual => {
                    self.report.must_see(format_args!("  Open this and sign: {}", link.expose()));
                }
                ScaEvent::OpenApp(link) => self.report.text(format_args!("  Or open {}", link.expose())),
                ScaEvent::Redirect(link) => {
                    if self.manual {
                        self.report.must_see(format_args!("  Open this in a browser: {}", link.expose()));
                    } else {
                        let transport = Arc::clone(self.client.caller().transport());
                        browser.spawn(browse(transport, link.expose().clone()));
                    }
                    self.come_back(&mut sca).await?;
                }
                ScaEvent::Progress(step) => self.report.text(format_args!("  {}", step.psu_prompt(Lang::En))),
                ScaEvent::Message(words) => {
                    self.report.text(format_args!("  The bank says: {}", harmless(&words)));
                }
                ScaEvent::StartWindowMissed if self.manual => {
                    self.report.must_see("  The 30 seconds to open BankID are over; a new round begins.");
                    sca.restart().await?;
                }
                _ => {}
            }
        }
        while let Some(browsed) = browser.join_next().await {
            browsed??;
        }
        Ok(sca.into_outcome())
    }

    /// Waits for the callback that belongs to the session; others are turned away.
    async fn come_back(&self, sca: &mut openpayments::sca::ScaSession) -> anyhow::Result<()> {
        loop {
            let visit = self.listener.visit().await?;
            match sca.callback(&visit.query).await {
                Ok(()) => {
                    visit.welcome(Words::Close.text(Lang::En)).await;
                    return Ok(());
                }
                Err(error) if error.kind() == ScaErrorKind::CallbackRejected => visit.turn_away().await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Follows a payment to its end.
    async fn settled(&self, bank: &Bank, payment: &PaymentRef) -> anyhow::Result<TransactionStatus> {
        let mut follower = bank.follow(payment);
        let mut last = None;
        while let Some(state) = follower.next().await? {
            self.report.text(format_args!("  Status: {}.", state.body.transaction_status));
            last = Some(state.body.transaction_status);
        }
        last.context("the payment's status is not known")
    }

    fn bank(&self, bic: &str, psu: &str) -> anyhow::Result<Bank> {
        let psu = Psu::new()
            .id(PsuId::parse(psu)?)
            .ip_address(IpAddr::V4(Ipv4Addr::LOCALHOST))
            .user_agent(concat!("openpayments-cli/", env!("CARGO_PKG_VERSION")))?;
        Ok(self.client.bank(bic.parse()?, Context::Private).psu(psu))
    }

    fn today(&self) -> Date {
        self.client.caller().clock().wall().to_zoned(TimeZone::UTC).date()
    }
}

/// An account's number, as far as a stranger over the shoulder may see it.
fn number(account: &Account) -> String {
    let number = account.iban.as_ref().or(account.bban.as_ref());
    number.map(|number| format!("{number:?}")).unwrap_or_default()
}

fn money(amount: Amount) -> Cell {
    Cell::new(amount).set_alignment(CellAlignment::Right)
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY.with_rounded_corners()).set_header(header);
    table
}
