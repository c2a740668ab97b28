//! OP in Finland: OAuth redirect, SEPA only, private only; wants the address of a creditor outside Finland (bank page, 2021).

use std::time::Duration;

use super::{AccountForm, Approach, Cancellation, Challenge, Method, Profile};

/// Its own app. No source names the method ids of Finnish banks: this one is the sandbox's own.
const APP: &[Method] =
    &[Method { id: "op_app", kind: "PUSH_OTP", name: "OP app", challenge: Challenge::AutostartToken }];

pub(super) const PROFILE: Profile = Profile {
    bic: "OKOYFIHH",
    name: "OP",
    country: "FI",
    city: "Helsinki",
    street: "Gebhardinaukio 1",
    postal_code: "00510",
    website: "https://www.op.fi",
    corporate: false,
    currency: "EUR",
    iban_code: "5",
    bban_digits: 14,
    documented_accounts: &[],
    affiliated: &[],
    approaches: &[Approach::Redirect],
    methods: APP,
    consent_steps: &[],
    payment_steps: &[],
    approves_at_start: false,
    preference_sticks: false,
    psu_id_required: false,
    required_headers: &[],
    consent_days: 180,
    zero_frequency: true,
    transaction_details: false,
    delta_lists: false,
    products: &["sepa-credit-transfers"],
    debtor_forms: &[AccountForm::Iban],
    corporate_debtor_forms: &[],
    creditor_forms: &[AccountForm::Iban],
    foreign_creditor_needs_address: true,
    created_status: "RCVD",
    settles_after: Duration::from_secs(2),
    reads_payments: true,
    cancellation: Cancellation::Outright,
    basket_limit: None,
};
