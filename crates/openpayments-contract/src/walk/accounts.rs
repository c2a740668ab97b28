//! Accounts, balances and transactions of a consent.

use anyhow::{Context as _, Result};
use jiff::civil::date;
use openpayments::api::CallContext;
use openpayments::api::account::{GetAccount, GetBalances, GetTransaction, ListAccounts, ListTransactions};
use openpayments::model::Iban;
use openpayments::model::identifier::ConsentId;
use openpayments::model::transaction::BookingStatus;

use openpayments::model::transaction::TransactionsPage;

use super::{Form, Walk};

impl Walk {
    /// Reads everything once; the first account's IBAN is its result.
    pub(super) async fn accounts(
        &mut self,
        form: Form,
        consent: &ConsentId,
        context: &CallContext,
    ) -> Result<Iban> {
        let full = form == Form::Full;
        let (list, first) = (ListAccounts::new(consent.clone()), date(2026, 8, 25));
        let list = if full { list.with_balance() } else { list };
        let accounts = self.ask(form, &list, context).await?.body;
        let first_account = accounts.into_iter().next().context("no account")?;
        let iban = Iban::parse(first_account.iban.context("no IBAN")?.as_str())?;
        let account = first_account.resource_id;

        let one = GetAccount::new(consent.clone(), account.clone());
        self.ask(form, &if full { one.with_balance() } else { one }, context).await?;
        self.ask(form, &GetBalances::new(consent.clone(), account.clone()), context).await?;

        let list = ListTransactions::new(consent.clone(), account.clone(), first);
        let whole = list.clone().to(date(2026, 11, 23)).booking_status(BookingStatus::Both).with_balance();
        let page = self.ask_for_rows(form, &if full { whole } else { list }, context, left_out).await?.body;
        let row = page.transactions.booked.iter().find_map(|row| row.transaction_id.clone());
        let one = GetTransaction::new(consent.clone(), account.clone(), row.context("no transaction")?);
        self.ask(form, &one, context).await?;
        let next = page.transactions.links.get("next").context("one page only")?.to_owned();
        let next = ListTransactions::next_page(consent.clone(), &next)?;
        let page = self.ask_for_rows(form, &next, context, left_out).await?.body;

        let entry = page.transactions.booked.iter().find_map(|row| row.entry_reference.clone());
        if let Some(entry) = entry {
            let after = ListTransactions::after_entry(consent.clone(), account.clone(), &entry)?;
            self.ask(form, &after, context).await?;
        }
        let delta = ListTransactions::since_last_read(consent.clone(), account);
        self.ask(form, &delta, context).await?;
        Ok(iban)
    }
}

fn left_out(page: &TransactionsPage) -> usize {
    page.transactions.unreadable.len()
}
