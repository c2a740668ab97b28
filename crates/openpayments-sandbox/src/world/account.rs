//! Accounts that a holder has at a bank: made up from the seed, always the same for the same holder.

use jiff::civil::Date;
use openpayments_model::Context;
use rust_decimal::Decimal;

use super::history::{Entry, entries_of};
use super::mint::{Mint, number};
use super::payment::Booking;
use super::scenario::DEFAULT_PSU;
use crate::banks::Bank;

/// One account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) iban: String,
    /// The bank's own number.
    pub(crate) bban: String,
    pub(crate) plusgiro: Option<String>,
    pub(crate) currency: String,
    pub(crate) name: &'static str,
    pub(crate) product: &'static str,
    /// ISO 20022 account type.
    pub(crate) kind: Kind,
    pub(crate) owner_name: String,
    pub(crate) corporate: bool,
    /// The first day of its history.
    pub(crate) opened: Date,
    pub(crate) opening_balance: Decimal,
    /// From which its history is drawn.
    pub(crate) dice: u64,
}

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Current,
    Savings,
}

impl Kind {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Current => "CACC",
            Self::Savings => "SVGS",
        }
    }
}

/// How many days of history an account has when the sandbox starts.
const HISTORY_DAYS: i64 = 400;

impl Account {
    /// Whether `text` is one of its numbers.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.iban == text || self.bban == text || self.plusgiro.as_deref() == Some(text)
    }

    /// What is booked on it: everything before `today`, and today's payments.
    pub(crate) fn booked_balance(&self, bookings: &[Booking], today: Date) -> Decimal {
        let history: Decimal = self.booked_history(today).iter().map(|entry| entry.amount).sum();
        let paid: Decimal = self.movements(bookings).map(|(_, amount)| amount).sum();
        self.opening_balance + history + paid
    }

    /// What can be spent: booked less what is pending to go out.
    pub(crate) fn available(&self, bookings: &[Booking], today: Date) -> Decimal {
        self.booked_balance(bookings, today) + self.pending_out(today)
    }

    /// What is pending to go out; not above zero.
    pub(crate) fn pending_out(&self, today: Date) -> Decimal {
        entries_of(self, today, today).iter().map(|entry| entry.amount.min(Decimal::ZERO)).sum()
    }

    /// The made-up entries that are booked: those of all days before `today`.
    pub(crate) fn booked_history(&self, today: Date) -> Vec<Entry> {
        match today.yesterday() {
            Ok(yesterday) => entries_of(self, self.opened, yesterday),
            Err(_) => Vec::new(),
        }
    }

    /// Bookings that touch it, with the signed amount.
    pub(crate) fn movements<'a>(
        &'a self,
        bookings: &'a [Booking],
    ) -> impl Iterator<Item = (&'a Booking, Decimal)> {
        bookings.iter().flat_map(move |booking| {
            let out = self.is(&booking.debtor).then_some((booking, -booking.debited));
            let received = super::payment::exchanged(&booking.amount, &self.currency);
            let into = self.is(&booking.creditor).then_some((booking, received));
            out.into_iter().chain(into)
        })
    }
}

/// The accounts of `holder` at `bank`: a current account first, then savings.
pub(crate) fn accounts_of(
    mint: &Mint,
    bank: &Bank,
    context: Context,
    holder: &str,
    started: Date,
) -> Vec<Account> {
    let corporate = context == Context::Corporate;
    let numbers = bank.documented_accounts(holder, holder == DEFAULT_PSU);
    let opened = started.checked_sub(jiff::Span::new().days(HISTORY_DAYS)).unwrap_or(started);
    let make = |at: usize, kind: Kind| {
        let dice = number(&mint.derive(&["account", bank.bic(), holder, kind.code()]));
        let (iban, bban) = numbers_of(bank, numbers.get(at).map(String::as_str), dice);
        Account {
            iban,
            bban,
            plusgiro: corporate.then(|| format!("{}-{}", 100_000 + dice % 899_999, dice % 10)),
            currency: bank.account_currency().to_owned(),
            name: match (kind, corporate) {
                (Kind::Current, false) => "Låtsaskonto",
                (Kind::Savings, false) => "Påhittat sparkonto",
                (Kind::Current, true) => "Låtsat företagskonto",
                (Kind::Savings, true) => "Påhittad buffert",
            },
            product: match kind {
                Kind::Current => "Lönekonto",
                Kind::Savings => "Sparkonto",
            },
            kind,
            owner_name: if corporate { company_name(holder) } else { person_name(mint, holder) },
            corporate,
            opened,
            opening_balance: match kind {
                Kind::Current => Decimal::new(1_850_000, 2),
                Kind::Savings => Decimal::new(7_400_000, 2),
            },
            dice,
        }
    };
    vec![make(0, Kind::Current), make(1, Kind::Savings)]
}

/// The account's IBAN and the bank's own number, around a documented number where there is one.
fn numbers_of(bank: &Bank, documented: Option<&str>, dice: u64) -> (String, String) {
    if let Some(iban) = documented.filter(|text| text.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let own = iban.get(iban.len().saturating_sub(bank.seat.bban_digits)..).unwrap_or_default();
        return (iban.to_owned(), own.to_owned());
    }
    let digits = bank.seat.bban_digits;
    let made_up = format!("{dice:0>20}");
    let made_up = made_up.get(20_usize.saturating_sub(digits)..).unwrap_or_default();
    let bban = documented.unwrap_or(made_up).to_owned();
    let iban = match bank.seat.iban_code {
        code if code.len() > 3 => {
            let tail = bban.get(bban.len().saturating_sub(8)..).unwrap_or_default();
            with_check_digits("GB", &format!("{code}{tail}"))
        }
        code if bank.country() == "FI" => {
            let rest = 14_usize.saturating_sub(code.len());
            let tail = bban.get(bban.len().saturating_sub(rest)..).unwrap_or_default();
            with_check_digits("FI", &format!("{code}{tail:0>rest$}"))
        }
        code => with_check_digits("SE", &format!("{code}{bban:0>17}")),
    };
    (iban, bban)
}

/// An IBAN from country and account part, by ISO 7064 mod 97-10.
fn with_check_digits(country: &str, account: &str) -> String {
    let remainder = format!("{account}{country}00").chars().fold(0_u32, |rest, c| match c.to_digit(36) {
        Some(value) if value > 9 => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    format!("{country}{:02}{account}", 98 - remainder)
}

fn person_name(mint: &Mint, holder: &str) -> String {
    const FIRST: [&str; 6] = ["Testa", "Provia", "Fiktiv", "Låtsas", "Exempla", "Hitte"];
    const LAST: [&str; 6] = ["Påhittsson", "Exempelgren", "Sandlåda", "Testström", "Låtsasdotter", "Provén"];
    let dice = number(&mint.derive(&["name", holder]));
    let pick = |names: [&'static str; 6], by: u64| {
        let at = usize::try_from(by % 6).unwrap_or_default();
        names.get(at).copied().unwrap_or("Testa")
    };
    format!("{} {}", pick(FIRST, dice), pick(LAST, dice / 6))
}

fn company_name(holder: &str) -> String {
    let tail = holder.get(holder.len().saturating_sub(4)..).unwrap_or_default();
    format!("Påhittade Bolaget {tail} AB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::Banks;
    use openpayments_banks::Profiles;
    use openpayments_model::Iban;

    #[test]
    fn every_made_up_iban_is_valid() {
        let mint = Mint::new(1);
        let day = jiff::civil::date(2026, 3, 2);
        for bank in Banks::of(&Profiles::built_in()).iter() {
            for holder in ["198301014882", "99990101000", "9999999990"] {
                for account in accounts_of(&mint, bank, Context::Private, holder, day) {
                    assert!(Iban::parse(&account.iban).is_ok(), "{} {}", bank.bic(), account.iban);
                    assert_eq!(account.bban.len(), bank.seat.bban_digits, "{}", bank.bic());
                }
            }
        }
    }

    #[test]
    fn documented_accounts_belong_to_their_documented_holder() {
        let accounts = accounts_of(
            &Mint::new(1),
            Banks::of(&Profiles::built_in()).find("ESSESESS").unwrap(),
            Context::Private,
            "199002092386",
            jiff::civil::date(2026, 3, 2),
        );
        assert_eq!(accounts[0].iban, "SE4550000000058398257466");
    }
}
