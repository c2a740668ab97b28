//! The calls of the API as a table: what the router, the fault scripts and the description of the wire are made from.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::MethodFilter;

use super::call::{Handler, api};
use super::{accounts, authorisations, baskets, call, consents, directory, kyc, payments, transactions};
use crate::banks::Operation;
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
    use Operation as O;
    let all = "/psd2/consent/v1/consents";
    let one = &format!("{all}/{{consentId}}");
    let mut routes = vec![
        route("createConsent", Method::POST, all, O::CreateConsent, consents::create),
        route("getConsentInformation", Method::GET, one, O::ReadConsent, consents::read),
        route("deleteConsent", Method::DELETE, one, O::DeleteConsent, consents::delete),
        route("getConsentStatus", Method::GET, &format!("{one}/status"), O::ReadConsent, consents::status),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [O::StartConsentAuthorisation, O::ReadConsentAuthorisation, O::ChooseConsentMethod],
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
    let get = |id, rest: &str, handler: Handler| {
        let path = format!("/psd2/accountinformation/v1/accounts{rest}");
        route(id, Method::GET, &path, Operation::ReadAccounts, handler)
    };
    vec![
        get("getAccountList", "", accounts::list),
        get("readAccountDetails", "/{accountId}", accounts::details),
        get("getBalances", "/{accountId}/balances", accounts::balances),
        get("getTransactionList", "/{accountId}/transactions", transactions::list),
        get("getTransactionDetails", "/{accountId}/transactions/{transactionId}", transactions::details),
    ]
}

fn payment_routes(service: Service) -> Vec<Route> {
    use Operation as O;
    let all = &format!("/psd2/paymentinitiation/v1/{}/{{payment-product}}", service.as_str());
    let one = &format!("{all}/{{paymentId}}");
    let create: Handler = match service {
        Service::Single => payments::create_single,
        Service::Periodic => payments::create_periodic,
        Service::Bulk => payments::create_bulk,
    };
    let status = format!("{one}/status");
    let mut routes = vec![
        route("initiatePayment", Method::POST, all, O::CreatePayment, create),
        route("getPaymentInformation", Method::GET, one, O::ReadPayment, payments::read),
        route("cancelPayment", Method::DELETE, one, O::CancelPayment, payments::cancel),
        route("getPaymentInitiationStatus", Method::GET, &status, O::PaymentStatus, payments::status),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [O::StartPaymentAuthorisation, O::ReadPaymentAuthorisation, O::ChoosePaymentMethod],
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
        [O::StartCancellationAuthorisation, O::ReadCancellationAuthorisation, O::ChooseCancellationMethod],
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
    use Operation as O;
    let one = &format!("{}/{{basketId}}", call::BASKETS);
    let mut routes = vec![
        route("createSigningBasket", Method::POST, call::BASKETS, O::CreateBasket, baskets::create),
        route("getSigningBasket", Method::GET, one, O::ReadBasket, baskets::read),
        route("deleteSigningBasket", Method::DELETE, one, O::DeleteBasket, baskets::delete),
        route(
            "getSigningBasketStatus",
            Method::GET,
            &format!("{one}/status"),
            O::ReadBasket,
            baskets::status,
        ),
    ];
    routes.extend(authorisation_routes(
        &format!("{one}/authorisations"),
        "authorisationId",
        [O::StartBasketAuthorisation, O::ReadBasketAuthorisation, O::ChooseBasketMethod],
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
    [start, read, choose]: [Operation; 3],
    [to_start, to_list, to_read, to_choose]: [&'static str; 4],
) -> [Route; 4] {
    let one = &format!("{all}/{{{id}}}");
    [
        route(to_start, Method::POST, all, start, authorisations::start),
        route(to_list, Method::GET, all, read, authorisations::list),
        route(to_read, Method::GET, one, read, authorisations::status),
        route(to_choose, Method::PUT, one, choose, authorisations::choose),
    ]
}
