//! Whatever an answer is, every call reads it or says what is wrong, without a panic and without the bank's words.
//! Ten thousand made-up answers, each read by every call.

#[path = "../../openpayments-model/tests/made_up/mod.rs"]
mod made_up;

use bytes::Bytes;
use http::Response;
use openpayments_api::account::{
    GetAccount, GetBalances, GetTransaction, ListAccounts, ListTransactions, NextTransactions,
};
use openpayments_api::authorisation::{GetScaStatus, ListAuthorisations, SelectMethod, StartAuthorisation};
use openpayments_api::basket::{CreateBasket, DeleteBasket, GetBasket, GetBasketStatus};
use openpayments_api::consent::{CreateConsent, DeleteConsent, GetConsent, GetConsentStatus};
use openpayments_api::directory::{GetAspsp, GetCity, GetCountry, ListAspsps, ListCities, ListCountries};
use openpayments_api::kyc::{GetKycStatus, StartKyc};
use openpayments_api::payment::{CancelPayment, CreatePayment, GetPayment, GetPaymentStatus};
use openpayments_api::raw::{RawRead, RawWrite};
use openpayments_api::token::{AuthorizationCodeGrant, ClientCredentialsGrant};
use openpayments_api::{AnswerHeaders, Operation, warnings};
use openpayments_model::identifier::{BasketId, ConsentId};
use openpayments_model::payment::{CancellationRef, DomesticPayment, PaymentRef};
use proptest::prelude::*;

use crate::made_up::{Draw, Kind, Odds, object, spoil};

fn read<O: Operation>(response: &Response<Bytes>) -> Result<bool, String> {
    match O::response(response) {
        Ok(_) => Ok(true),
        Err(error) => {
            let shown = format!("{error} {error:?}");
            if shown.contains("Made-up") || shown.contains("brandNew") {
                return Err(format!("{} shows {shown}", O::NAME));
            }
            Ok(false)
        }
    }
}

/// The answer is read by every call there is; how many could read it.
fn read_by_all(response: &Response<Bytes>) -> Result<usize, String> {
    let all = [
        read::<ListCountries>,
        read::<GetCountry>,
        read::<ListCities>,
        read::<GetCity>,
        read::<ListAspsps>,
        read::<GetAspsp>,
        read::<CreateConsent>,
        read::<GetConsent>,
        read::<GetConsentStatus>,
        read::<DeleteConsent>,
        read::<StartAuthorisation<ConsentId>>,
        read::<ListAuthorisations<PaymentRef>>,
        read::<SelectMethod<BasketId>>,
        read::<GetScaStatus<CancellationRef>>,
        read::<ListAccounts>,
        read::<GetAccount>,
        read::<GetBalances>,
        read::<ListTransactions>,
        read::<NextTransactions>,
        read::<GetTransaction>,
        read::<CreatePayment<DomesticPayment>>,
        read::<GetPayment>,
        read::<GetPaymentStatus>,
        read::<CancelPayment>,
        read::<CreateBasket>,
        read::<GetBasket>,
        read::<GetBasketStatus>,
        read::<DeleteBasket>,
        read::<StartKyc>,
        read::<GetKycStatus>,
        read::<RawRead>,
        read::<RawWrite>,
        read::<ClientCredentialsGrant<'_>>,
        read::<AuthorizationCodeGrant<'_, ConsentId>>,
    ];
    let mut could = 0;
    for read in all {
        could += usize::from(read(response)?);
    }
    let _ = (warnings(response), AnswerHeaders::of(response));
    Ok(could)
}

fn made_up_answer(seed: u64) -> Response<Bytes> {
    const SHAPES: &[&[(&str, Kind)]] = &[
        made_up::ANSWER,
        made_up::PAGE,
        made_up::BALANCES,
        made_up::STATE,
        made_up::ACCOUNT,
        made_up::TRANSACTION,
        made_up::PAYMENT,
        made_up::CONSENT,
        made_up::ASPSP,
        made_up::BASKET,
    ];
    const TYPES: &[&str] = &[
        "application/json",
        "application/json; charset=utf-8",
        "application/problem+json",
        "text/html",
        "application/json; charset=latin1",
    ];
    let mut draw = Draw::new(seed);
    let shape = *draw.one_of(SHAPES);
    let json = object(&mut draw, Odds(15), shape);
    let body = match draw.below(4) {
        0 => spoil(&mut draw, &json),
        1 => format!("[{json}]").into_bytes(),
        _ => json.into_bytes(),
    };
    let status =
        *draw.one_of(&[200_u16, 200, 201, 201, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503]);
    let location = *draw.one_of(&["/psd2/paymentinitiation/v1/payments/domestic/p-1", "//", "%zz", ""]);
    Response::builder()
        .status(status)
        .header("content-type", *draw.one_of(TYPES))
        .header("location", location)
        .header("aspsp-sca-approach", *draw.one_of(&["REDIRECT", "decoupled", ""]))
        .body(Bytes::from(body))
        .unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_call_reads_every_answer_or_says_why_not(first in 0..u64::MAX - 100) {
        let mut could = 0;
        for seed in first..first + 100 {
            let read = read_by_all(&made_up_answer(seed));
            prop_assert!(read.is_ok(), "{:?}", read);
            could += read.unwrap_or_default();
        }
        prop_assert!(could > 0, "the answers are so odd that none is read");
    }
}
