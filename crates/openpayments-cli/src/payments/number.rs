//! An account's number as people write it: an IBAN, a domestic number, or a giro number with `bg:` or `pg:` before it.

use std::str::FromStr;

use openpayments::model::identifier::{Bankgiro, ClearingNumber, Plusgiro};
use openpayments::model::payment::{DebtorAccount, GiroNumber};
use openpayments::prelude::{AccountReference, Bban, Iban, InvalidValue};

use crate::problem::Problem;

#[derive(Clone, Debug)]
pub(super) enum Number {
    Iban(Iban),
    Bban(Bban),
    Bankgiro(Bankgiro),
    Plusgiro(Plusgiro),
}

impl FromStr for Number {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        if let Some(number) = text.strip_prefix("bg:") {
            return Bankgiro::parse(number).map(Self::Bankgiro);
        }
        if let Some(number) = text.strip_prefix("pg:") {
            return Plusgiro::parse(number).map(Self::Plusgiro);
        }
        if text.len() > 2 && text.bytes().take(2).all(|byte| byte.is_ascii_alphabetic()) {
            return Iban::parse(text).map(Self::Iban);
        }
        Bban::parse(text).map(Self::Bban)
    }
}

impl Number {
    /// As the account that pays.
    pub(super) fn debtor(&self) -> DebtorAccount {
        match self {
            Self::Iban(iban) => DebtorAccount::iban(iban),
            Self::Bban(bban) => DebtorAccount::bban(bban),
            Self::Bankgiro(number) => DebtorAccount::bankgiro(number),
            Self::Plusgiro(number) => DebtorAccount::plusgiro(number),
        }
    }

    /// As an account that is paid, or that pays where giro numbers have no place.
    pub(super) fn account(&self, clearing: Option<&ClearingNumber>) -> Result<AccountReference, Problem> {
        let account = match self {
            Self::Iban(iban) => AccountReference::iban(iban),
            Self::Bban(bban) => AccountReference::bban(bban),
            Self::Bankgiro(_) | Self::Plusgiro(_) => {
                return Err(Problem::usage("a giro number has no place here")
                    .next("pay to it with: openpayments payments create giro"));
            }
        };
        Ok(match clearing {
            Some(number) => account.clearing_number(number),
            None => account,
        })
    }

    /// As a giro that is paid.
    pub(super) fn giro(&self) -> Result<GiroNumber, Problem> {
        match self {
            Self::Bankgiro(number) => Ok(number.clone().into()),
            Self::Plusgiro(number) => Ok(number.clone().into()),
            Self::Iban(_) | Self::Bban(_) => {
                Err(Problem::usage("this is no giro number").next("give bg:5805-6201 or pg:4444-4"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_what_it_looks_like() {
        assert!(matches!("SE45 5000 0000 0583 9825 7466".parse(), Ok(Number::Iban(_))));
        assert!(matches!("41351300039".parse(), Ok(Number::Bban(_))));
        assert!(matches!("bg:5805-6201".parse(), Ok(Number::Bankgiro(_))));
        assert!(
            "SE4550000000058398257467".parse::<Number>().is_err(),
            "a wrong check digit is no other kind"
        );
        assert!("bg:5805-6202".parse::<Number>().is_err());
    }
}
