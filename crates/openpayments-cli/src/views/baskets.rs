//! How signing baskets look.

use openpayments::model::basket::Basket;
use openpayments::model::identifier::{BasketId, PaymentId};
use openpayments::model::status::TransactionStatus;
use openpayments::prelude::Response;
use serde::Serialize;

use super::moment::Moment;
use super::payments::status_words;
use crate::memory::KeptBasket;
use crate::output::Answer;
use crate::table::{lines, table, trimmed, words};
use crate::terminal::harmless;

/// A basket that was created.
#[derive(Serialize)]
pub(crate) struct Created {
    basket: BasketId,
    payments: Vec<PaymentId>,
    status: TransactionStatus,
    signed: bool,
    request_id: String,
}

impl Created {
    pub(crate) fn of(kept: &KeptBasket, signed: bool, request_id: String) -> Self {
        let payments = kept.payments.clone();
        Self { basket: kept.id.clone(), payments, status: kept.status.clone(), signed, request_id }
    }
}

impl Answer for Created {
    fn text(&self) -> String {
        let id = harmless(self.basket.as_str());
        let next = if self.signed { "status" } else { "sign" };
        let count = self.payments.len();
        let status = status_words(&self.status);
        format!("Basket {id} of {count} payments: {status}.\nNow: openpayments baskets {next} {id}")
    }
}

/// The baskets that are remembered.
#[derive(Serialize)]
pub(crate) struct Baskets {
    baskets: Vec<Remembered>,
}

#[derive(Serialize)]
struct Remembered {
    basket: BasketId,
    bank: String,
    payments: usize,
    status: TransactionStatus,
    created_at: Moment,
}

impl Baskets {
    pub(crate) fn of(kept: &[KeptBasket]) -> Self {
        let remembered = kept.iter().map(|kept| Remembered {
            basket: kept.id.clone(),
            bank: kept.whom.bank.to_string(),
            payments: kept.payments.len(),
            status: kept.status.clone(),
            created_at: Moment(kept.created_at),
        });
        Self { baskets: remembered.collect() }
    }
}

impl Answer for Baskets {
    fn text(&self) -> String {
        if self.baskets.is_empty() {
            return "There is no basket yet. Create one: openpayments baskets create PAYMENT PAYMENT …"
                .to_owned();
        }
        let mut shown = table(["Basket", "Payments", "Last seen as"], &[0]);
        for kept in &self.baskets {
            shown.add_row([
                lines([Some(kept.basket.as_str()), Some(&format!("{}, {}", kept.bank, kept.created_at))]),
                words(Some(&kept.payments.to_string())),
                words(Some(&status_words(&kept.status))),
            ]);
        }
        trimmed(&shown)
    }
}

/// A basket as the bank keeps it.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: BasketId,
    basket: Basket,
    request_id: String,
}

impl Shown {
    pub(crate) fn of(id: BasketId, basket: Response<Basket>) -> Self {
        Self { id, request_id: basket.request_id.to_string(), basket: basket.body }
    }
}

impl Answer for Shown {
    fn text(&self) -> String {
        let mut shown = table(["Payments in it"], &[0]);
        for payment in &self.basket.payments {
            shown.add_row([words(Some(payment.as_str()))]);
        }
        let status = status_words(&self.basket.transaction_status);
        format!("Basket {}: {status}\n{}", harmless(self.id.as_str()), trimmed(&shown))
    }
}

/// Where a basket and its payments stand.
#[derive(Serialize)]
pub(crate) struct Status {
    pub(crate) basket: BasketId,
    pub(crate) status: TransactionStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) payments: Vec<PaymentStatus>,
}

/// Where one payment of it stands.
#[derive(Serialize)]
pub(crate) struct PaymentStatus {
    pub(crate) payment: PaymentId,
    pub(crate) status: TransactionStatus,
}

impl Answer for Status {
    fn text(&self) -> String {
        let basket = format!("Basket {}: {}.", harmless(self.basket.as_str()), status_words(&self.status));
        if self.payments.is_empty() {
            return basket;
        }
        let mut shown = table(["Payment", "Status"], &[0]);
        for payment in &self.payments {
            shown.add_row([
                words(Some(payment.payment.as_str())),
                words(Some(&status_words(&payment.status))),
            ]);
        }
        format!("{basket}\n{}", trimmed(&shown))
    }
}

/// A basket that was taken apart.
#[derive(Serialize)]
pub(crate) struct Deleted {
    pub(crate) basket: BasketId,
    pub(crate) deleted: bool,
}

impl Answer for Deleted {
    fn text(&self) -> String {
        format!(
            "Basket {} is taken apart. Its payments are still there, unsigned.",
            harmless(self.basket.as_str())
        )
    }
}
