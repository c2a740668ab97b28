//! What went wrong, as a page that says whether anything happened and what to do now.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openpayments::client::Error;
use openpayments::model::InvalidValue;
use openpayments::sca::{ScaError, StoreError};
use openpayments::store::OnceError;

use crate::app::App;
use crate::pages::{self, Trouble};

#[derive(Debug)]
pub enum Failure {
    NotFound,
    /// Something the customer typed.
    Input(InvalidValue),
    Call(Error),
    Signature(ScaError),
    Store(StoreError),
    Payment(OnceError),
    /// What was to be paid anew is paid already.
    Paid,
    /// An earlier payment may still be signed.
    StillOpen,
}

impl Failure {
    pub fn page(self, app: &App) -> Response {
        let (status, trouble) = match &self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                Trouble::new("There is nothing here", "It may have been here once and be over now."),
            ),
            Self::Input(value) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Trouble::new(
                    "Something in the form is not right",
                    format!("{value}. Nothing was sent to the bank."),
                ),
            ),
            Self::Call(error) => (StatusCode::BAD_GATEWAY, Trouble::of_call(error)),
            Self::Signature(error) => (StatusCode::BAD_GATEWAY, Trouble::of_signature(error)),
            Self::Payment(error) => (StatusCode::BAD_GATEWAY, Trouble::of_payment(error)),
            Self::Paid => (
                StatusCode::CONFLICT,
                Trouble::new(
                    "You have paid already",
                    "You signed the payment before this one, and it went through. Nothing more was begun.",
                ),
            ),
            Self::StillOpen => (
                StatusCode::CONFLICT,
                Trouble::new(
                    "Your first payment can still be signed",
                    "The bank has not cancelled it. Sign it in your app, or refuse it there, and then try again. \
                     Nothing more was begun.",
                ),
            ),
            Self::Store(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                Trouble::new(
                    "We could not write it down",
                    "Nothing was lost at the bank. Try again in a while.",
                ),
            ),
        };
        // One line: operation, kind, request id; never a name, a number or a body.
        tracing::warn!(%status, failure = %self, "answered with a failure");
        (status, pages::show(app, &trouble)).into_response()
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such page"),
            Self::Input(value) => write!(f, "{value}"),
            Self::Call(error) => write!(f, "{error}"),
            Self::Signature(error) => write!(f, "{error}"),
            Self::Store(error) => write!(f, "{error}"),
            Self::Payment(error) => write!(f, "{error}"),
            Self::Paid => f.write_str("the payment before this one is paid"),
            Self::StillOpen => f.write_str("the payment before this one may still be signed"),
        }
    }
}

impl From<InvalidValue> for Failure {
    fn from(value: InvalidValue) -> Self {
        Self::Input(value)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<ScaError> for Failure {
    fn from(error: ScaError) -> Self {
        Self::Signature(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<OnceError> for Failure {
    fn from(error: OnceError) -> Self {
        Self::Payment(error)
    }
}
