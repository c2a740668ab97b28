//! Laws of the wire: what is read goes out and comes back the same, whatever banks make of the shape; and no text makes
//! a reader panic. Ten thousand cases for each type.

#![expect(clippy::unwrap_used, reason = "tests")]

mod made_up;

use std::fmt::Debug;

use openpayments_model::account::{
    Account, AccountBalances, AccountReference, AccountReferenceWithGiro, Balance,
};
use openpayments_model::aspsp::{Aspsp, City, Country};
use openpayments_model::authorisation::{ScaMethod, ScaState, SelectedMethod, StartedAuthorisation};
use openpayments_model::basket::{Basket, BasketState, CreatedBasket};
use openpayments_model::consent::{AccountAccess, Consent, CreatedConsent};
use openpayments_model::identifier::{Bankgiro, OcrReference, OrganisationNumber, Plusgiro};
use openpayments_model::link::{Links, RedirectUri};
use openpayments_model::message::{Problem, TppMessage};
use openpayments_model::payment::{CancellationStarted, CreatedPayment, PaymentState, StoredPayment};
use openpayments_model::transaction::{
    ExchangeRate, Transaction, TransactionCreditorAccount, TransactionsPage,
};
use openpayments_model::{Amount, Bban, BicFi, Iban};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::made_up::{Draw, Kind, Odds, object, spoil};

/// Each case draws from a number of its own; a hundred numbers beside each other are one case of proptest's.
const CASES: u32 = 100;
const NEIGHBOURS: u64 = 100;

/// What is in shape is read; what is read, in shape or not, comes back the same.
fn comes_back<T>(members: &[(&str, Kind)])
where
    T: DeserializeOwned + Serialize + PartialEq + Debug,
{
    proptest!(ProptestConfig::with_cases(CASES), |(first in 0..u64::MAX - NEIGHBOURS)| {
        for seed in first..first + NEIGHBOURS {
            let clean = object(&mut Draw::new(seed), Odds(0), members);
            prop_assert!(serde_json::from_str::<T>(&clean).is_ok(), "{}", clean);
            for json in [clean, object(&mut Draw::new(seed), Odds(12), members)] {
                if let Ok(read) = serde_json::from_str::<T>(&json) {
                    let out = serde_json::to_string(&read).unwrap();
                    let again: T = serde_json::from_str(&out).unwrap();
                    prop_assert!(again == read, "{} became {}", json, out);
                }
            }
        }
    });
}

/// Whatever comes, the reader answers.
fn never_panics<T: DeserializeOwned>(members: &[(&str, Kind)]) {
    proptest!(ProptestConfig::with_cases(CASES), |(first in 0..u64::MAX - NEIGHBOURS)| {
        for seed in first..first + NEIGHBOURS {
            let mut draw = Draw::new(seed);
            let json = object(&mut draw, Odds(8), members);
            let _ = serde_json::from_slice::<T>(&spoil(&mut draw, &json));
        }
    });
}

macro_rules! laws {
    ($($name:ident: $type:ty = $members:expr;)+) => {
        $(
            mod $name {
                use super::*;

                #[test]
                fn comes_back_as_it_was() {
                    comes_back::<$type>($members);
                }

                #[test]
                fn never_makes_the_reader_panic() {
                    never_panics::<$type>($members);
                }
            }
        )+
    };
}

laws! {
    account: Account = made_up::ACCOUNT;
    account_reference: AccountReference = made_up::REFERENCE;
    account_reference_with_giro: AccountReferenceWithGiro = made_up::WITH_GIRO;
    balance: Balance = made_up::BALANCE;
    balances: AccountBalances = made_up::BALANCES;
    transaction: Transaction = made_up::TRANSACTION;
    transaction_creditor: TransactionCreditorAccount = made_up::CREDITOR;
    exchange_rate: ExchangeRate = made_up::EXCHANGE;
    page: TransactionsPage = made_up::PAGE;
    access: AccountAccess = made_up::ACCESS;
    consent: Consent = made_up::CONSENT;
    payment: StoredPayment = made_up::PAYMENT;
    payment_state: PaymentState = made_up::STATE;
    basket: Basket = made_up::BASKET;
    basket_state: BasketState = made_up::STATE;
    aspsp: Aspsp = made_up::ASPSP;
    city: City = made_up::CITY;
    country: Country = made_up::COUNTRY;
    sca_method: ScaMethod = made_up::SCA_METHOD;
}

#[test]
fn answers_that_hold_a_secret_never_make_their_readers_panic() {
    never_panics::<CreatedConsent>(made_up::ANSWER);
    never_panics::<CreatedPayment>(made_up::ANSWER);
    never_panics::<CreatedBasket>(made_up::ANSWER);
    never_panics::<CancellationStarted>(made_up::ANSWER);
    never_panics::<StartedAuthorisation>(made_up::ANSWER);
    never_panics::<SelectedMethod>(made_up::ANSWER);
    never_panics::<ScaState>(made_up::ANSWER);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_text_makes_a_reader_of_identifiers_panic(text in "\\PC{0,40}") {
        let _ = Iban::parse(&text);
        let _ = Bban::parse(&text);
        let _ = BicFi::parse(&text);
        let _ = Amount::parse("SEK", &text);
        let _ = Bankgiro::parse(&text);
        let _ = Plusgiro::parse(&text);
        let _ = OcrReference::parse(&text);
        let _ = OcrReference::with_length_digit(&text);
        let _ = OrganisationNumber::parse(&text);
        let _ = RedirectUri::parse(&text);
        let json = serde_json::to_string(&text).unwrap();
        let _ = serde_json::from_str::<Links>(&json);
        let _ = serde_json::from_str::<TppMessage>(&json);
        let _ = serde_json::from_str::<Problem>(&json);
    }
}
