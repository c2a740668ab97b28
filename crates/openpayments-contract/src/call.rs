//! Every call that the client knows: its type, the facade's method, the command.

use std::any::type_name;

use bytes::Bytes;
use openpayments::api::{
    Operation, Resend, account, authorisation, basket, consent, directory, kyc, payment, raw, token,
};
use openpayments::model::identifier::{BasketId, ConsentId};
use openpayments::model::payment::{CancellationRef, DomesticPayment, PaymentRef};
use serde::Serialize;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Its name, such as `consent.create`.
    pub operation: &'static str,
    /// The verb.
    pub method: String,
    /// Its path with placeholders.
    pub path: &'static str,
    /// The type in `openpayments-api`.
    pub api_type: String,
    /// The facade's method.
    pub facade: &'static str,
    /// The command, without `openpayments` before it; none where there is no command of its own.
    pub command: Option<&'static str>,
    /// Whether it may be sent again when no answer came.
    pub resend: &'static str,
}

impl Call {
    /// All of them.
    pub fn all() -> Vec<Self> {
        use authorisation::{GetScaStatus, ListAuthorisations, SelectMethod, StartAuthorisation};
        let mut calls = vec![
            of::<directory::ListCountries>("Directory::countries", None),
            of::<directory::GetCountry>("Directory::country", None),
            of::<directory::ListCities>("Directory::cities", None),
            of::<directory::GetCity>("Directory::city", None),
            of::<directory::ListAspsps>("Directory::banks", Some("banks list")),
            of::<directory::GetAspsp>("Directory::bank", Some("banks show")),
            of::<consent::CreateConsent>("Bank::create_consent", Some("consents create")),
            of::<consent::GetConsent>("Bank::consent", Some("consents show")),
            of::<consent::GetConsentStatus>("Bank::consent_status", Some("consents status")),
            of::<consent::DeleteConsent>("Bank::delete_consent", Some("consents revoke")),
            of::<account::ListAccounts>("Bank::accounts", Some("accounts list")),
            of::<account::GetAccount>("Bank::account", Some("accounts show")),
            of::<account::GetBalances>("Bank::balances", Some("accounts balances")),
            of::<account::ListTransactions>("Bank::transactions", Some("transactions list")),
            of::<account::NextTransactions>("Bank::transactions_from", Some("transactions list")),
            of::<account::GetTransaction>("Bank::transaction", None),
            of::<payment::CreatePayment<DomesticPayment>>("Bank::create_payment", Some("payments create")),
            of::<payment::GetPayment>("Bank::payment", None),
            of::<payment::GetPaymentStatus>("Bank::payment_status", Some("payments status")),
            of::<payment::CancelPayment>("Bank::cancel_payment", Some("payments cancel")),
            of::<basket::CreateBasket>("Bank::create_basket", Some("baskets create")),
            of::<basket::GetBasket>("Bank::basket", Some("baskets show")),
            of::<basket::GetBasketStatus>("Bank::basket_status", Some("baskets status")),
            of::<basket::DeleteBasket>("Bank::delete_basket", Some("baskets delete")),
        ];
        macro_rules! signed {
            ($($resource:ty),+) => {$(
                calls.extend([
                    of::<StartAuthorisation<$resource>>("Bank::authorise", None),
                    of::<ListAuthorisations<$resource>>("Bank::authorisations", None),
                    of::<SelectMethod<$resource>>("Bank::authorise", None),
                    of::<GetScaStatus<$resource>>("Bank::authorise", None),
                ]);
            )+};
        }
        signed!(ConsentId, PaymentRef, CancellationRef, BasketId);
        calls.extend([
            of::<kyc::StartKyc>("Client::start_kyc", Some("kyc start")),
            of::<kyc::GetKycStatus>("Client::kyc_status", Some("kyc status")),
            of::<raw::RawRead>("Bank::call", Some("call")),
            of::<raw::RawWrite>("Bank::call", Some("call")),
            of::<token::ClientCredentialsGrant<'_>>("Client::ensure_token", Some("token")),
            of::<token::AuthorizationCodeGrant<'_, ConsentId>>("Bank::authorise", None),
        ]);
        calls
    }

    /// Which call a request is: the one whose path fits with the fewest placeholders.
    pub(crate) fn of<'a>(calls: &'a [Self], request: &http::Request<Bytes>) -> Option<&'a Self> {
        let path = request.uri().path();
        let fitting =
            calls.iter().filter(|call| call.method == request.method().as_str() && fits(call.path, path));
        // Both grants have one path, and the pages of a list have that of the list.
        let told_apart = fitting.filter(|call| match call.operation {
            "token.client_credentials" => names(request, "grant_type=client_credentials"),
            "token.authorization_code" => names(request, "grant_type=authorization_code"),
            "transaction.next" => request.uri().query().is_some_and(|query| query.contains("cursor=")),
            _ => true,
        });
        // The later of two that fit alike was told apart by more than its path.
        told_apart.rev().min_by_key(|call| call.path.matches('{').count())
    }

    /// Whether it is for calls that the client has no type for.
    pub(crate) fn takes_any_path(&self) -> bool {
        self.operation.starts_with("raw.")
    }
}

fn of<O: Operation>(facade: &'static str, command: Option<&'static str>) -> Call {
    let name = type_name::<O>();
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    let mut modules = name.rsplit("::");
    let (own, module) = (modules.next().unwrap_or(name), modules.next().unwrap_or_default());
    Call {
        operation: O::NAME,
        method: O::METHOD.to_string(),
        path: O::PATH,
        api_type: format!("{module}::{own}"),
        facade,
        command,
        resend: match O::RESEND {
            Resend::Read => "yes",
            Resend::SafeWrite => "yes, may leave something unused",
            Resend::Never => "never",
        },
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut steps) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), steps.next()) {
            (None, None) => return true,
            (Some(wanted), Some(step)) if wanted.starts_with('{') || wanted == step => {}
            _ => return false,
        }
    }
}

/// Whether the body of a form has this field with this value.
fn names(request: &http::Request<Bytes>, field: &str) -> bool {
    request.body().split(|byte| *byte == b'&').any(|pair| pair == field.as_bytes())
}

/// What the mock is sent instead of a body that two branches of the file allow. It would answer with a refusal, and it is
/// its answer that is to be read; the true body is judged on its way to the sandbox.
pub(crate) fn body_without_ambiguity(operation: &str) -> Option<&'static str> {
    operation.ends_with("select_method").then_some("{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: &str, path: &str, body: &'static str) -> Option<&'static str> {
        let request =
            http::Request::builder().method(method).uri(path).body(Bytes::from_static(body.as_bytes()));
        Call::of(&Call::all(), &request.unwrap()).map(|call| call.operation)
    }

    #[test]
    fn a_request_is_told_by_its_path_and_where_that_does_not_do_by_more() {
        let payments = "/psd2/paymentinitiation/v1";
        assert_eq!(
            told("GET", &format!("{payments}/payments/domestic/1/status"), ""),
            Some("payment.status")
        );
        assert_eq!(told("GET", &format!("{payments}/signing-baskets/1/status"), ""), Some("basket.status"));
        let list = "/psd2/accountinformation/v1/accounts/1/transactions";
        assert_eq!(told("GET", list, ""), Some("transaction.list"));
        assert_eq!(told("GET", &format!("{list}?cursor=x"), ""), Some("transaction.next"));
        let grant = "grant_type=authorization_code&code=x";
        assert_eq!(told("POST", "/connect/token", grant), Some("token.authorization_code"));
        assert_eq!(told("GET", "/connect/authorize", ""), None);
    }

    #[test]
    fn every_call_is_listed_once() {
        let mut names: Vec<_> = Call::all().into_iter().map(|call| call.operation).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
