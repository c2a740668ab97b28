//! The calls of the API as a table: what the router, the fault scripts and the description of the wire are made from.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::MethodFilter;
use openpayments_banks::Call as C;

use super::call::{Handler, Operation, api};
use super::{accounts, authorisations, baskets, call, consents, directory, kyc, payments, transactions};
use crate::platform::Platform;
use crate::world::payment::Service;

/// Where tokens are asked for: the one call that is not the API's and can still go wrong by script.
pub(crate) const TOKEN: &str = "/connect/token";

/// One call: a method on a path.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Its name; the same call on the three payment services has one name.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// With its ids left as names.
    pub(crate) path: String,
    pub(crate) operation: Operation,
    pub(crate) handler: Handler,
}

/// All of them. Names are those of the vendor's file where it has the call.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(directory_routes());
    routes.extend(consent_routes());
    routes.extend(account_routes());
    routes.extend(Service::ALL.into_iter().flat_map(payment_routes));
    routes.extend(basket_routes());
    routes.extend(kyc_routes());
    routes
}

pub(super) fn router() -> Router<Arc<Platform>> {
    all().into_iter().fold(Router::new(), |router, route| {
        let filter = match route.method {
            Method::POST => MethodFilter::POST,
            Method::PUT => MethodFilter::PUT,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        router.route(&route.path, api(filter, route.operation, route.handler))
    })
}

fn route(id: &'static str, method: Method, path: &str, operation: Operation, handler: Handler) -> Route {
    Route { id, method, path: path.to_owned(), operation, handler }
}

/// A call to a bank.
fn bank(id: &'static str, method: Method, path: &str, call: C, handler: Handler) -> Route {
    route(id, method, path, Operation::Bank(call), handler)
}

fn directory_routes() -> Vec<Route> {
    let get = |id, path: &str, handler: Handler| {
        let path = format!("/psd2/aspspinformation/v1/{path}");
        route(id, Method::GET, &path, Operation::Directory, handler)
    };
    vec![
        get("getCountriesList", "countries", directory::countries),
        get("getCountryDetails", "countries/{isoCountryCode}", directory::country),
        get("getCityList", "cities", directory::cities),
        get("getCityDetails", "cities/{cityId}", directory::city),
        get("getASPSPList", "aspsps", directory::aspsps),
        get("getASPSPDetails", "aspsps/{bicFi}", directory::aspsp),
    ]
}

fn consent_routes() -> Vec<Route> {
    let all = "/psd2/consent/v1/consents";
    let one = &format!("{all}/{{consentId}}");
    let mut routes = vec![
        bank("createConsent", Method::POST, all, C::ConsentCreate, consents::create),
        bank("getConsentInformation", Method::GET, one, C::ConsentGet, consents::read),
        bank("deleteConsent", Method::DELETE, one, C::ConsentDelete, consents::delete),
        bank("getConsentStatus", Method::GET, &format!("{one}/status"), C::ConsentStatus, consents::status),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [
            C::ConsentAuthorisationStart,
            C::ConsentAuthorisationList,
            C::ConsentAuthorisationStatus,
            C::ConsentAuthorisationSelectMethod,
        ],
        [
            "startConsentAuthorisation",
            "getConsentAuthorisation",
            "getConsentScaStatus",
            "updateConsentsPsuData",
        ],
    ));
    routes
}

fn account_routes() -> Vec<Route> {
    let get = |id, rest: &str, call, handler: Handler| {
        let path = format!("/psd2/accountinformation/v1/accounts{rest}");
        bank(id, Method::GET, &path, call, handler)
    };
    let rows = "/{accountId}/transactions";
    vec![
        get("getAccountList", "", C::AccountList, accounts::list),
        get("readAccountDetails", "/{accountId}", C::AccountGet, accounts::details),
        get("getBalances", "/{accountId}/balances", C::AccountBalances, accounts::balances),
        get("getTransactionList", rows, C::TransactionList, transactions::list),
        get(
            "getTransactionDetails",
            &format!("{rows}/{{transactionId}}"),
            C::TransactionGet,
            transactions::details,
        ),
    ]
}

fn payment_routes(service: Service) -> Vec<Route> {
    let all = &format!("/psd2/paymentinitiation/v1/{}/{{payment-product}}", service.as_str());
    let one = &format!("{all}/{{paymentId}}");
    let create: Handler = match service {
        Service::Single => payments::create_single,
        Service::Periodic => payments::create_periodic,
        Service::Bulk => payments::create_bulk,
    };
    let status = format!("{one}/status");
    let mut routes = vec![
        bank("initiatePayment", Method::POST, all, C::PaymentCreate, create),
        bank("getPaymentInformation", Method::GET, one, C::PaymentGet, payments::read),
        bank("cancelPayment", Method::DELETE, one, C::PaymentCancel, payments::cancel),
        bank("getPaymentInitiationStatus", Method::GET, &status, C::PaymentStatus, payments::status),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [
            C::PaymentAuthorisationStart,
            C::PaymentAuthorisationList,
            C::PaymentAuthorisationStatus,
            C::PaymentAuthorisationSelectMethod,
        ],
        [
            "startPaymentAuthorisation",
            "getPaymentInitiationAuthorisation",
            "getPaymentInitiationScaStatus",
            "updatePaymentPsuData",
        ],
    ));
    routes.extend(authorisation_routes(
        &format!("{one}/cancellation-authorisations"),
        "cancellationId",
        [
            C::CancellationAuthorisationStart,
            C::CancellationAuthorisationList,
            C::CancellationAuthorisationStatus,
            C::CancellationAuthorisationSelectMethod,
        ],
        [
            "startPaymentInitiationCancellationAuthorisation",
            "getPaymentInitiationCancellationAuthorisationInformation",
            "getPaymentCancellationScaStatus",
            "updatePaymentCancellationPsuData",
        ],
    ));
    routes
}

fn basket_routes() -> Vec<Route> {
    let one = &format!("{}/{{basketId}}", call::BASKETS);
    let mut routes = vec![
        bank("createSigningBasket", Method::POST, call::BASKETS, C::BasketCreate, baskets::create),
        bank("getSigningBasket", Method::GET, one, C::BasketGet, baskets::read),
        bank("deleteSigningBasket", Method::DELETE, one, C::BasketDelete, baskets::delete),
        bank(
            "getSigningBasketStatus",
            Method::GET,
            &format!("{one}/status"),
            C::BasketStatus,
            baskets::status,
        ),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [
            C::BasketAuthorisationStart,
            C::BasketAuthorisationList,
            C::BasketAuthorisationStatus,
            C::BasketAuthorisationSelectMethod,
        ],
        [
            "startSigningBasketAuthorisation",
            "getSigningBasketAuthorisation",
            "getSigningBasketScaStatus",
            "updateSigningBasketPsuData",
        ],
    ));
    routes
}

fn kyc_routes() -> Vec<Route> {
    const K: Operation = Operation::Kyc;
    vec![
        route("startKyc", Method::POST, "/integration/v1/new/{PSU-Corporate-ID}", K, kyc::start),
        route("getKycStatus", Method::GET, "/integration/v1/status/{PSU-Corporate-ID}", K, kyc::status),
    ]
}

/// The four calls by which a resource is authorised, alike for all: start, list, status, choice of the method.
fn authorisation_routes(
    all: &str,
    id: &str,
    [start, list, read, choose]: [C; 4],
    [to_start, to_list, to_read, to_choose]: [&'static str; 4],
) -> [Route; 4] {
    let one = &format!("{all}/{{{id}}}");
    [
        bank(to_start, Method::POST, all, start, authorisations::start),
        bank(to_list, Method::GET, all, list, authorisations::list),
        bank(to_read, Method::GET, one, read, authorisations::status),
        bank(to_choose, Method::PUT, one, choose, authorisations::choose),
    ]
}
