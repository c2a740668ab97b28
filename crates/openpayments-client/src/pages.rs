//! Transactions page by page: all of them or an error, never a short list that looks whole.

use std::collections::HashSet;

use futures_util::stream::{self, Stream, TryStreamExt};
use openpayments_api::account::{ListTransactions, NextTransactions};
use openpayments_api::{CallContext, Operation};
use openpayments_model::identifier::ConsentId;
use openpayments_model::transaction::{Transaction, TransactionsPage};

use crate::{Caller, Error, ErrorKind, Response};

/// No bank needs more; a list that goes on is a ring in disguise.
const MOST_PAGES: usize = 1000;

/// Pages of transactions, fetched one at a time.
///
/// A page that failed can be fetched again by the next call of [`next`](Self::next): the place is kept.
#[derive(Debug)]
pub struct TransactionPages {
    caller: Caller,
    context: CallContext,
    consent: ConsentId,
    place: Place,
    seen: HashSet<String>,
}

#[derive(Debug)]
enum Place {
    First(ListTransactions),
    /// The call, and the link it follows.
    Next(NextTransactions, String),
    End,
}

impl TransactionPages {
    /// The pages of `list`.
    pub fn new(caller: Caller, context: CallContext, list: ListTransactions) -> Self {
        let consent = list.consent().clone();
        Self { caller, context, consent, place: Place::First(list), seen: HashSet::new() }
    }

    /// Goes on at a place that [`cursor`](Self::cursor) named, also in another process.
    ///
    /// # Errors
    /// [`ErrorKind::UntrustedLink`] when the cursor is none of this platform.
    pub fn resume(
        caller: Caller,
        context: CallContext,
        consent: ConsentId,
        cursor: &str,
    ) -> Result<Self, Error> {
        let next = ListTransactions::next_page(consent.clone(), cursor).map_err(|invalid| {
            Error::new(ErrorKind::UntrustedLink, NextTransactions::NAME).because(invalid)
        })?;
        let seen = HashSet::from([cursor.to_owned()]);
        Ok(Self { caller, context, consent, place: Place::Next(next, cursor.to_owned()), seen })
    }

    /// Names the page that [`next`](Self::next) fetches next, to [`resume`](Self::resume) there later; `None` before the
    /// first page and after the last. Banks may forget it after a while.
    pub fn cursor(&self) -> Option<&str> {
        match &self.place {
            Place::Next(_, link) => Some(link),
            Place::First(_) | Place::End => None,
        }
    }

    /// The booked transactions of all pages, one by one, fetched as they are asked for. An error ends it.
    pub fn into_booked(self) -> impl Stream<Item = Result<Transaction, Error>> + Send {
        stream::try_unfold(self, |mut pages| async move {
            let page = pages.next().await?;
            Ok::<_, Error>(page.map(|page| (page.body.transactions.booked, pages)))
        })
        .map_ok(|rows| stream::iter(rows.into_iter().map(Ok)))
        .try_flatten()
    }

    /// Fetches the next page; `None` after the last.
    ///
    /// # Errors
    /// As [`Caller::call`]; [`ErrorKind::UntrustedLink`] when a link leads away from the platform,
    /// [`ErrorKind::Protocol`] when links go round in a ring, [`ErrorKind::LimitExceeded`] after 1,000 pages.
    pub async fn next(&mut self) -> Result<Option<Response<TransactionsPage>>, Error> {
        let page = match &self.place {
            Place::First(list) => self.caller.call(list, &self.context).await?,
            Place::Next(next, _) => self.caller.call(next, &self.context).await?,
            Place::End => return Ok(None),
        };
        self.place = self.after(&page)?;
        Ok(Some(page))
    }

    fn after(&mut self, page: &Response<TransactionsPage>) -> Result<Place, Error> {
        let Some(link) = page.body.transactions.links.get("next") else {
            return Ok(Place::End);
        };
        let failed = |kind, why: &'static str| {
            Error::new(kind, NextTransactions::NAME).of_request(page.request_id).because(why)
        };
        if self.seen.len() + 1 >= MOST_PAGES {
            return Err(failed(ErrorKind::LimitExceeded, "more than 1,000 pages"));
        }
        if self.seen.contains(link) {
            return Err(failed(ErrorKind::Protocol, "the links between pages go round in a ring"));
        }
        let next = ListTransactions::next_page(self.consent.clone(), link).map_err(|invalid| {
            Error::new(ErrorKind::UntrustedLink, NextTransactions::NAME)
                .of_request(page.request_id)
                .because(invalid)
        })?;
        self.seen.insert(link.to_owned());
        Ok(Place::Next(next, link.to_owned()))
    }
}
