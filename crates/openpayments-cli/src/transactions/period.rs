//! Which transactions: of which account, from when to when, booked or not.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use jiff::civil::Date;
use openpayments::api::account::ListTransactions;
use openpayments::model::identifier::{AccountId, ConsentId};
use openpayments::model::transaction::{BookingStatus, Transaction};
use openpayments::{Bank, client};

use crate::connection::Connection;

#[derive(Debug, clap::Args)]
pub(crate) struct Period {
    /// The account, by the id that `openpayments accounts list` shows.
    pub(crate) account: AccountId,
    /// The last day; today if it is not given.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
    /// Those that are not booked yet too.
    #[arg(long)]
    pub(crate) pending: bool,
}

/// Every transaction of a period, from all pages.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) booked: Vec<Transaction>,
    pub(crate) pending: Vec<Transaction>,
    pub(crate) pages: usize,
}

impl Period {
    /// A month ago.
    pub(crate) fn usual_start(connection: &Connection) -> anyhow::Result<Date> {
        Ok(connection.today().checked_sub(1.month())?)
    }

    /// Reads them all. A page that fails is an error, never a list that looks whole.
    pub(crate) async fn read(
        &self,
        connection: &Connection,
        bank: &Bank,
        consent: ConsentId,
        from: Date,
    ) -> Result<Read, client::Error> {
        let pages = AtomicUsize::new(0);
        let words = || match pages.load(Ordering::Relaxed) {
            0 => "Reading the transactions".to_owned(),
            pages => format!("Reading the transactions, {pages} pages so far"),
        };
        connection.output.counting(words, self.pages(bank, consent, from, &pages)).await
    }

    async fn pages(
        &self,
        bank: &Bank,
        consent: ConsentId,
        from: Date,
        count: &AtomicUsize,
    ) -> Result<Read, client::Error> {
        let mut list = ListTransactions::new(consent, self.account.clone(), from);
        if let Some(day) = self.to {
            list = list.to(day);
        }
        if self.pending {
            list = list.booking_status(BookingStatus::Both);
        }
        let mut pages = bank.transactions(list);
        let mut read = Read::default();
        while let Some(page) = pages.next().await? {
            read.booked.extend(page.body.transactions.booked);
            read.pending.extend(page.body.transactions.pending);
            read.pages += 1;
            count.store(read.pages, Ordering::Relaxed);
        }
        // Some banks take no notice of the days, or of what is booked and what is not.
        if !self.pending {
            read.pending.clear();
        }
        let is_asked_for = |row: &Transaction| {
            row.booking_date.is_none_or(|day| day >= from && self.to.is_none_or(|to| day <= to))
        };
        read.booked.retain(is_asked_for);
        Ok(read)
    }
}
