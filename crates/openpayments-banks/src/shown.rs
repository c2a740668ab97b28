//! Values of statements in words, for people.

use openpayments_model::payment::PaymentProduct;
use openpayments_model::status::TransactionStatus;
use openpayments_model::{Context, CurrencyCode};

use crate::{
    AccountForm, Affiliated, Approach, Baskets, Call, Cancellation, Challenge, History, Method, Remittance,
    RequiredHeader, Search, Settlement, StartWindow, Step, TestAccounts, TransactionFilter, WaitsFor,
    WindowStart,
};

/// Something that can be told in words.
pub(crate) trait Shown {
    fn shown(&self) -> String;
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> String {
        self.iter().map(Shown::shown).collect::<Vec<_>>().join(", ")
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Shown for u32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Context {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for PaymentProduct {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for TransactionStatus {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for CurrencyCode {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for Call {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for AccountForm {
    fn shown(&self) -> String {
        self.words().to_owned()
    }
}

impl Shown for Affiliated {
    fn shown(&self) -> String {
        format!("{} ({})", self.id, self.name)
    }
}

impl Shown for TestAccounts {
    fn shown(&self) -> String {
        let accounts = self.accounts.join(", ");
        match &self.holder {
            Some(holder) => format!("{accounts} of {holder}"),
            None => accounts,
        }
    }
}

impl Shown for Approach {
    fn shown(&self) -> String {
        match self {
            Self::Redirect => "redirect",
            Self::Decoupled => "decoupled",
        }
        .to_owned()
    }
}

impl Shown for Method {
    fn shown(&self) -> String {
        let challenge = match self.challenge {
            Challenge::AutostartToken => "autostart token",
            Challenge::AnimatedQr => "animated QR",
            Challenge::AnimatedQrPicture => "animated QR as a picture",
        };
        format!("{} ({challenge})", self.id)
    }
}

impl Shown for Step {
    fn shown(&self) -> String {
        let waits_for = match self.waits_for {
            WaitsFor::Challenge => "with a challenge",
            WaitsFor::App => "the PSU opens the app himself",
            WaitsFor::Nobody => "passes",
        };
        let recipient = if self.new_recipient { ", for a new recipient" } else { "" };
        format!("{} ({waits_for}{recipient})", self.status)
    }
}

impl Shown for StartWindow {
    fn shown(&self) -> String {
        let from = match self.from {
            WindowStart::Method => "the choice of the method",
            WindowStart::Authorisation => "the start of the authorisation",
        };
        format!("{} s from {from}", self.seconds)
    }
}

impl Shown for RequiredHeader {
    fn shown(&self) -> String {
        format!("{} on {}", self.name, self.calls.shown())
    }
}

impl Shown for Remittance {
    fn shown(&self) -> String {
        match self.most_within_bank {
            Some(within) => {
                format!("{} characters, {within} when creditorAgent is the bank itself", self.most)
            }
            None => format!("{} characters", self.most),
        }
    }
}

impl Shown for Settlement {
    fn shown(&self) -> String {
        match self {
            Self::Seconds => "ACSC may take seconds",
            Self::Minutes => "ACSC may take minutes",
        }
        .to_owned()
    }
}

impl Shown for Cancellation {
    fn shown(&self) -> String {
        match self {
            Self::None => "not offered",
            Self::Outright => "at once",
            Self::Signed => "by another signature",
        }
        .to_owned()
    }
}

impl Shown for Baskets {
    fn shown(&self) -> String {
        match self.limit {
            0 => "not offered".to_owned(),
            limit => format!("up to {limit} payments"),
        }
    }
}

impl Shown for History {
    fn shown(&self) -> String {
        let span = match (self.months, self.days) {
            (Some(months), _) => format!("{months} months"),
            (None, days) => format!("{} days", days.unwrap_or_default()),
        };
        let currency = self.currency.map(|currency| format!(" in {}", currency.as_str()));
        let fresh =
            self.after_sca.map(|it| format!("; {} days for {} minutes after SCA", it.days, it.minutes));
        [Some(span), currency, fresh].into_iter().flatten().collect()
    }
}

impl Shown for TransactionFilter {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for Search {
    fn shown(&self) -> String {
        match self.days {
            Some(days) => format!("{} transactions, for periods of at most {days} day(s)", self.rows),
            None => format!("{} transactions", self.rows),
        }
    }
}
