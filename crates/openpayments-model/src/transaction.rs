//! Transactions of an account.

mod booked_as;
mod creditor;
mod exchange;
mod key;
mod leaf;
mod page;
mod purpose;
mod read_row;
mod row;

pub use self::creditor::TransactionCreditorAccount;
pub use self::exchange::ExchangeRate;
pub use self::key::{TransactionKey, TransactionKeys};
pub use self::page::{AccountReport, ReportList, RowWarning, TransactionsPage, UnreadableRow};
pub use self::purpose::PurposeCode;
pub use self::row::{Transaction, TransactionExtra};

open_enum! {
    /// Which transactions are asked for.
    pub enum BookingStatus {
        /// Booked ones.
        Booked = "booked",
        /// Those not yet booked.
        Pending = "pending",
        /// Both.
        Both = "both",
    }
}
